/**
 * Reads and checks the block device mappings of a launch, and plans its volumes.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html,
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html (sizes, IOPS and throughput by type),
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html
 */
import type { BlockDeviceMapping, EbsBlockDevice } from '@aws-sdk/client-ec2';
import { ec2Error } from '../requests/ec2-error';
import { find } from '../requests/lookup';
import { allowOnly, badValue, combination, required } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import type { VolumeTypeName } from '../world';

/** A volume to create. All its properties have been checked. */
export interface PlannedVolume {
  readonly deviceName: string;
  readonly sizeGib: number;
  readonly volumeType: VolumeTypeName;
  readonly deleteOnTermination: boolean;
  readonly snapshotId?: string;
  readonly iops?: number;
  /** In MiB/s. */
  readonly throughput?: number;
}

type Range = readonly [least: number, most: number];

interface VolumeType {
  readonly sizeGib: Range;
  /** Absent: the type does not support it. */
  readonly iops?: {
    readonly range: Range;
    readonly mostPerGib: number;
    /** The default of the type. Absent: the caller must give a value. */
    readonly baseline?: number;
  };
  /** In MiB/s. Absent: the type does not support it. */
  readonly throughput?: { readonly range: Range; readonly mostPerIops: number; readonly baseline: number };
}

const VOLUME_TYPES: Readonly<Record<VolumeTypeName, VolumeType>> = {
  gp3: {
    sizeGib: [1, 65_536],
    iops: { range: [3_000, 80_000], mostPerGib: 500, baseline: 3_000 },
    throughput: { range: [125, 2_000], mostPerIops: 0.25, baseline: 125 },
  },
  gp2: { sizeGib: [1, 16_384] },
  io1: { sizeGib: [4, 16_384], iops: { range: [100, 64_000], mostPerGib: 50 } },
  io2: { sizeGib: [4, 65_536], iops: { range: [100, 256_000], mostPerGib: 1_000 } },
  st1: { sizeGib: [125, 16_384] },
  sc1: { sizeGib: [125, 16_384] },
  standard: { sizeGib: [1, 1_024] },
};

/** The root device of every simulated image. The size is that of its snapshot. */
export const ROOT_DEVICE = { deviceName: '/dev/xvda', sizeGib: 8, volumeType: 'gp3' } as const;

/** EC2's default if neither the mapping nor the image names a type. */
const DEFAULT_TYPE: VolumeTypeName = 'gp2';

/** Plans one instance's volumes: the image's root device and the mappings. A mapping may change or drop the root. */
export function planVolumes(simulation: Simulation, mappings: readonly BlockDeviceMapping[] = []): PlannedVolume[] {
  const given = new Map<string, BlockDeviceMapping>([[ROOT_DEVICE.deviceName, { Ebs: {} }]]);
  for (const mapping of mappings) {
    allowOnly('RunInstances.BlockDeviceMappings', mapping, ['DeviceName', 'Ebs', 'NoDevice', 'VirtualName']);
    given.set(required(mapping.DeviceName, 'DeviceName'), mapping);
  }
  return [...given].flatMap(([deviceName, { Ebs: ebs, NoDevice: noDevice }]) =>
    ebs === undefined || noDevice !== undefined ? [] : [planVolume(simulation, deviceName, ebs)],
  );
}

function planVolume(simulation: Simulation, deviceName: string, ebs: EbsBlockDevice): PlannedVolume {
  allowOnly('RunInstances.BlockDeviceMappings.Ebs', ebs, [
    'DeleteOnTermination',
    'Encrypted',
    'Iops',
    'KmsKeyId',
    'SnapshotId',
    'Throughput',
    'VolumeSize',
    'VolumeType',
  ]);
  const isRoot = deviceName === ROOT_DEVICE.deviceName;
  const volumeType: string = ebs.VolumeType ?? (isRoot ? ROOT_DEVICE.volumeType : DEFAULT_TYPE);
  if (!isVolumeType(volumeType)) throw ec2Error('UnknownVolumeType', `Unsupported volume type '${volumeType}'`);
  const sizeGib = sizeOf(simulation, isRoot, ebs);
  const iops = ebs.Iops ?? VOLUME_TYPES[volumeType].iops?.baseline;
  const throughput = ebs.Throughput ?? VOLUME_TYPES[volumeType].throughput?.baseline;
  checkSize(volumeType, sizeGib);
  checkIops(volumeType, sizeGib, iops);
  checkThroughput(volumeType, throughput, iops);
  return {
    deviceName,
    sizeGib,
    volumeType,
    deleteOnTermination: ebs.DeleteOnTermination ?? true,
    ...(ebs.SnapshotId !== undefined && { snapshotId: ebs.SnapshotId }),
    ...(iops !== undefined && { iops }),
    ...(throughput !== undefined && { throughput }),
  };
}

/** The root device has the image's snapshot. Any other volume needs a size or a snapshot. */
function sizeOf(simulation: Simulation, isRoot: boolean, { VolumeSize: size, SnapshotId: snapshotId }: EbsBlockDevice) {
  if (snapshotId === undefined && !isRoot && size === undefined) {
    throw ec2Error('MissingParameter', 'The request must contain the parameter size or snapshotId');
  }
  const snapshotGib = snapshotId === undefined ? imageGib(isRoot) : snapshotGibOf(simulation, snapshotId);
  if (size !== undefined && size < snapshotGib) {
    const snapshot = snapshotId ?? 'of the image';
    throw ec2Error(
      'InvalidBlockDeviceMapping',
      `Volume of size ${size}GB is smaller than snapshot '${snapshot}', expect size >= ${snapshotGib}GB`,
    );
  }
  return size ?? snapshotGib;
}

function imageGib(isRoot: boolean): number {
  return isRoot ? ROOT_DEVICE.sizeGib : 0;
}

function snapshotGibOf(simulation: Simulation, snapshotId: string): number {
  return find(simulation, 'snapshots', snapshotId).sizeGib;
}

function checkSize(name: VolumeTypeName, sizeGib: number): void {
  const [least, most] = VOLUME_TYPES[name].sizeGib;
  if (sizeGib < least) throw badValue(`Volume of ${sizeGib}GiB is too small for ${name}; minimum is ${least}GiB.`);
  if (sizeGib > most) throw badValue(`Volume of ${sizeGib}GiB is too large for ${name}; maximum is ${most}GiB.`);
}

function checkIops(name: VolumeTypeName, sizeGib: number, iops: number | undefined): void {
  const rule = VOLUME_TYPES[name].iops;
  if (rule === undefined) {
    if (iops !== undefined) throw combination(`The parameter iops is not supported for ${name} volumes.`);
    return;
  }
  const wanted = required(iops, 'iops');
  const [least, most] = rule.range;
  if (wanted < least) throw badValue(`Volume iops of ${wanted} is too low; minimum is ${least}.`);
  if (wanted > most) throw badValue(`Volume iops of ${wanted} is too high; maximum is ${most}.`);
  const ratio = wanted / sizeGib;
  if (ratio > rule.mostPerGib && wanted !== rule.baseline) {
    throw badValue(`Iops to volume size ratio of ${ratio.toFixed(6)} is too high; maximum is ${rule.mostPerGib}`);
  }
}

function checkThroughput(name: VolumeTypeName, throughput: number | undefined, iops = Infinity): void {
  if (throughput === undefined) return;
  const rule = VOLUME_TYPES[name].throughput;
  if (rule === undefined) throw combination(`The parameter throughput is not supported for ${name} volumes.`);
  const [least, most] = rule.range;
  if (throughput < least) throw badValue(`Volume throughput of ${throughput} is too low; minimum is ${least}.`);
  if (throughput > most) throw badValue(`Volume throughput of ${throughput} is too high; maximum is ${most}.`);
  const ratio = throughput / iops;
  if (ratio > rule.mostPerIops) {
    throw badValue(
      `Throughput (MiBps) to iops ratio of ${ratio.toFixed(6)} is too high; maximum is ${rule.mostPerIops.toFixed(6)} MiBps per iops`,
    );
  }
}

function isVolumeType(name: string): name is VolumeTypeName {
  return Object.hasOwn(VOLUME_TYPES, name);
}
