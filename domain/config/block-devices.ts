/**
 * The configured volumes, and the rules of EC2 that can be checked without the account.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
 */
import type { FieldError } from './validation';
import { inLowerCase } from './any-case';
import { VOLUME_TYPES, type NodeDocument } from './node-config';

type Mapping = NonNullable<NodeDocument['compute']['launchSpecification']['blockDeviceMappings']>[number];
type Ebs = NonNullable<Mapping['ebs']>;
type VolumeType = (typeof VOLUME_TYPES)[number];

/** The minimum and the maximum. */
type Range = readonly [number, number];

interface VolumeLimits {
  readonly sizeGib: Range;
  /** Absent: the type takes no `iops`. */
  readonly iops?: Range;
  readonly mustHaveIops?: true;
  /** The maximum IOPS for each GiB. */
  readonly iopsPerGib?: number;
  /** MiB/s. Absent: the type takes no `throughput`. */
  readonly throughput?: Range;
}

/** The ratios: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
const LIMITS: Readonly<Record<VolumeType, VolumeLimits>> = {
  standard: { sizeGib: [1, 1_024] },
  st1: { sizeGib: [125, 16_384] },
  sc1: { sizeGib: [125, 16_384] },
  gp2: { sizeGib: [1, 16_384] },
  gp3: { sizeGib: [1, 65_536], iops: [3_000, 80_000], iopsPerGib: 500, throughput: [125, 2_000] },
  io1: { sizeGib: [4, 16_384], iops: [100, 64_000], mustHaveIops: true, iopsPerGib: 50 },
  io2: { sizeGib: [4, 65_536], iops: [100, 256_000], mustHaveIops: true, iopsPerGib: 1_000 },
};

/** A gp3 volume of any size has these. */
const GP3_BASE_IOPS = 3_000;
/** MiB/s of a gp3 volume for each of its IOPS. */
const GP3_THROUGHPUT_PER_IOPS = 0.25;

const FIELD = 'compute.launchSpecification.blockDeviceMappings';

/** The field errors that can be found without the account. */
export function blockDeviceErrors(config: NodeDocument): readonly FieldError[] {
  const mappings = mappingsOf(config);
  return mappings.flatMap((mapping, index) => {
    const first = mappings.findIndex(({ deviceName }) => deviceName === mapping.deviceName);
    const { deviceName, ebs, virtualName, noDevice } = mapping;
    return [
      ...(first < index
        ? [
            mappingError(
              index,
              '.deviceName',
              `${deviceName} is mapped at index ${first} already: remove one of the two`,
            ),
          ]
        : []),
      ...(ebs === undefined && virtualName === undefined && noDevice === undefined
        ? [mappingError(index, '', 'needs ebs, virtualName or noDevice')]
        : []),
      ...volumeOf(mapping).flatMap((volume) => volumeErrors(volume, index)),
    ];
  });
}

/** The snapshots that volumes are made from, each once. */
export function snapshotIdsOf(config: NodeDocument): readonly string[] {
  const ids = mappingsOf(config)
    .flatMap(volumeOf)
    .map(({ snapshotId }) => snapshotId);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** The names of the devices whose volumes outlive the instance. */
export function keptDevicesOf(config: NodeDocument): readonly string[] {
  return mappingsOf(config).flatMap((mapping) =>
    volumeOf(mapping).some(({ deleteOnTermination }) => deleteOnTermination === false) ? [mapping.deviceName] : [],
  );
}

export function mappingsOf({ compute }: NodeDocument): readonly Mapping[] {
  return compute.launchSpecification.blockDeviceMappings ?? [];
}

/** The volume that a mapping makes, as a list of one or none. */
export function volumeOf({ ebs, noDevice }: Mapping): readonly Ebs[] {
  return ebs === undefined || noDevice !== undefined ? [] : [ebs];
}

function volumeErrors(volume: Ebs, index: number): readonly FieldError[] {
  const type = inLowerCase(VOLUME_TYPES, volume.volumeType);
  if (type === undefined) {
    const given = (['iops', 'throughput'] as const).filter((key) => volume[key] !== undefined);
    return given.map((key) =>
      mappingError(index, `.ebs.${key}`, 'needs ebs.volumeType, which says how much of it there may be'),
    );
  }
  const limits = LIMITS[type];
  return [
    ...rangeErrors('volumeSize', volume.volumeSize, limits.sizeGib, type, index),
    ...(limits.mustHaveIops === true && volume.iops === undefined
      ? [mappingError(index, '.ebs.iops', `is required for the volume type ${type}`)]
      : []),
    ...rangeErrors('iops', volume.iops, limits.iops, type, index),
    ...rangeErrors('throughput', volume.throughput, limits.throughput, type, index),
    ...ratioErrors(volume, type, index),
  ];
}

function rangeErrors(
  key: 'volumeSize' | 'iops' | 'throughput',
  value: number | undefined,
  range: Range | undefined,
  type: VolumeType,
  index: number,
): readonly FieldError[] {
  if (value === undefined) return [];
  if (range === undefined)
    return [mappingError(index, `.ebs.${key}`, `cannot be set for the volume type ${type}: remove it`)];
  const [least, most] = range;
  return value >= least && value <= most
    ? []
    : [mappingError(index, `.ebs.${key}`, `must be from ${least} to ${most} for the volume type ${type}`)];
}

function ratioErrors({ volumeSize, iops, throughput }: Ebs, type: VolumeType, index: number) {
  const limits = LIMITS[type];
  const base = type === 'gp3' ? GP3_BASE_IOPS : 0;
  const mostIops = Math.max(base, (volumeSize ?? Infinity) * (limits.iopsPerGib ?? Infinity));
  const mostThroughput = limits.throughput === undefined ? Infinity : (iops ?? base) * GP3_THROUGHPUT_PER_IOPS;
  return [
    ...((iops ?? 0) > mostIops
      ? [
          mappingError(
            index,
            '.ebs.iops',
            `must be at most ${mostIops} for ${volumeSize} GiB of the volume type ${type}`,
          ),
        ]
      : []),
    ...((throughput ?? 0) > mostThroughput
      ? [
          mappingError(
            index,
            '.ebs.throughput',
            `must be at most ${mostThroughput} for ${iops ?? base} IOPS: set ebs.iops`,
          ),
        ]
      : []),
  ];
}

export function mappingError(index: number, place: string, message: string): FieldError {
  return { field: `${FIELD}.${index}${place}`, message };
}
