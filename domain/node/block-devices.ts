/**
 * The volumes that a configuration asks for: what EC2 refuses of a mapping by itself, and in an account.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
 */
import type { Fault } from '../config/validation';
import type { NodeConfig } from '../config/node-config';
import type { SeenAccount } from './observations';

type Mapping = NonNullable<NodeConfig['compute']['launchSpecification']['blockDeviceMappings']>[number];
type Ebs = NonNullable<Mapping['ebs']>;
type VolumeType = NonNullable<Ebs['volumeType']>;

/** The least and the most. */
type Range = readonly [number, number];

interface VolumeLimits {
  readonly sizeGib: Range;
  /** Absent: the type takes no `iops`. */
  readonly iops?: Range;
  readonly mustHaveIops?: true;
  /** The most IOPS for each GiB. */
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

/** Whatever the size, a gp3 volume has these. */
const GP3_BASE_IOPS = 3_000;
/** MiB/s of a gp3 volume for each of its IOPS. */
const GP3_THROUGHPUT_PER_IOPS = 0.25;

const FIELD = 'compute.launchSpecification.blockDeviceMappings';

/** What is wrong with the mappings by themselves. */
export function blockDeviceFaults(config: NodeConfig): readonly Fault[] {
  const mappings = mappingsOf(config);
  return mappings.flatMap((mapping, index) => {
    const first = mappings.findIndex(({ deviceName }) => deviceName === mapping.deviceName);
    const { deviceName, ebs, virtualName, noDevice } = mapping;
    return [
      ...(first < index
        ? [fault(index, '.deviceName', `${deviceName} is mapped at index ${first} already: remove one of the two`)]
        : []),
      ...(ebs === undefined && virtualName === undefined && noDevice === undefined
        ? [fault(index, '', 'needs ebs, virtualName or noDevice')]
        : []),
      ...volumeOf(mapping).flatMap((volume) => volumeFaults(volume, index)),
    ];
  });
}

/** What is wrong with them in this account. */
export function blockDeviceAccountFaults(config: NodeConfig, seen: SeenAccount): readonly Fault[] {
  const { imageId } = config.compute.launchSpecification;
  return mappingsOf(config).flatMap((mapping, index) =>
    volumeOf(mapping).flatMap(({ snapshotId, volumeSize }) => {
      if (snapshotId !== undefined) return snapshotFaults({ snapshotId, volumeSize }, seen, index);
      const { deviceName } = mapping;
      // A mapping of one of the image's own devices changes only what it names.
      const isOfImage = seen.image === undefined || seen.image.deviceNames.includes(deviceName);
      if (volumeSize !== undefined || isOfImage) return [];
      const reason = `${imageId} has no volume for ${deviceName} that it could be made like`;
      return [fault(index, '.ebs', `needs a volumeSize or a snapshotId: ${reason}`)];
    }),
  );
}

/** The snapshots that volumes are made of, each once. */
export function snapshotIdsOf(config: NodeConfig): readonly string[] {
  const ids = mappingsOf(config)
    .flatMap(volumeOf)
    .map(({ snapshotId }) => snapshotId);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

function mappingsOf({ compute }: NodeConfig): readonly Mapping[] {
  return compute.launchSpecification.blockDeviceMappings ?? [];
}

/** The volume that comes of a mapping, if one does. */
function volumeOf({ ebs, noDevice }: Mapping): readonly Ebs[] {
  return ebs === undefined || noDevice !== undefined ? [] : [ebs];
}

function volumeFaults(volume: Ebs, index: number): readonly Fault[] {
  const { volumeType: type } = volume;
  if (type === undefined) {
    const given = (['iops', 'throughput'] as const).filter((key) => volume[key] !== undefined);
    return given.map((key) =>
      fault(index, `.ebs.${key}`, 'needs ebs.volumeType, which says how much of it there may be'),
    );
  }
  const limits = LIMITS[type];
  return [
    ...rangeFaults('volumeSize', volume.volumeSize, limits.sizeGib, type, index),
    ...(limits.mustHaveIops === true && volume.iops === undefined
      ? [fault(index, '.ebs.iops', `is required for the volume type ${type}`)]
      : []),
    ...rangeFaults('iops', volume.iops, limits.iops, type, index),
    ...rangeFaults('throughput', volume.throughput, limits.throughput, type, index),
    ...ratioFaults(volume, limits, index),
  ];
}

function rangeFaults(
  key: 'volumeSize' | 'iops' | 'throughput',
  value: number | undefined,
  range: Range | undefined,
  type: VolumeType,
  index: number,
): readonly Fault[] {
  if (value === undefined) return [];
  if (range === undefined) return [fault(index, `.ebs.${key}`, `cannot be set for the volume type ${type}: remove it`)];
  const [least, most] = range;
  return value >= least && value <= most
    ? []
    : [fault(index, `.ebs.${key}`, `must be from ${least} to ${most} for the volume type ${type}`)];
}

function ratioFaults({ volumeType, volumeSize, iops, throughput }: Ebs, limits: VolumeLimits, index: number) {
  const base = volumeType === 'gp3' ? GP3_BASE_IOPS : 0;
  const mostIops = Math.max(base, (volumeSize ?? Infinity) * (limits.iopsPerGib ?? Infinity));
  const mostThroughput = limits.throughput === undefined ? Infinity : (iops ?? base) * GP3_THROUGHPUT_PER_IOPS;
  return [
    ...((iops ?? 0) > mostIops
      ? [
          fault(
            index,
            '.ebs.iops',
            `must be at most ${mostIops} for ${volumeSize} GiB of the volume type ${volumeType}`,
          ),
        ]
      : []),
    ...((throughput ?? 0) > mostThroughput
      ? [fault(index, '.ebs.throughput', `must be at most ${mostThroughput} for ${iops ?? base} IOPS: set ebs.iops`)]
      : []),
  ];
}

function snapshotFaults(
  { snapshotId, volumeSize }: { readonly snapshotId: string; readonly volumeSize: number | undefined },
  { region, snapshots }: SeenAccount,
  index: number,
): readonly Fault[] {
  const snapshot = snapshots.find(({ id }) => id === snapshotId);
  if (snapshot === undefined) {
    const message = `${snapshotId} does not exist in ${region}, or not for this account: give one that does`;
    return [fault(index, '.ebs.snapshotId', message)];
  }
  const { state, sizeGib } = snapshot;
  return [
    ...(state === 'completed'
      ? []
      : [fault(index, '.ebs.snapshotId', `${snapshotId} is ${state}: give a snapshot that is completed`)]),
    ...((volumeSize ?? sizeGib) < sizeGib
      ? [fault(index, '.ebs.volumeSize', `must be at least ${sizeGib} GiB, the size of ${snapshotId}`)]
      : []),
  ];
}

function fault(index: number, place: string, message: string): Fault {
  return { field: `${FIELD}.${index}${place}`, message };
}
