/**
 * What an account may have besides instances, and what EC2 runs out of besides instances. Nothing is limited unless a
 * test says so.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (the codes),
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (interfaces),
 * https://docs.aws.amazon.com/general/latest/gr/ebs-service.html (storage)
 */
import { ec2Error } from '../requests/ec2-error';
import type { Quota, Shortage, World } from '../world';

/** @param most Infinity: no limit */
export function setQuota(world: World, quota: Quota, most: number): void {
  if (most === Infinity) world.quotas.delete(quota);
  else world.quotas.set(quota, most);
}

export function setShortage(world: World, shortage: Shortage, isShort: boolean): void {
  if (isShort) world.shortages.set(shortage, true);
  else world.shortages.delete(shortage);
}

/** @throws NetworkInterfaceLimitExceeded where `more` interfaces are more than the Region's quota leaves */
export function checkNetworkInterfaceQuota(world: World, more: number): void {
  if (world.networkInterfaces.size + more > (world.quotas.get('network-interfaces') ?? Infinity)) {
    throw ec2Error('NetworkInterfaceLimitExceeded', 'The maximum number of network interfaces has been reached.');
  }
}

/**
 * @throws VolumeLimitExceeded where the storage is more than the Region's quota leaves
 * @throws InsufficientVolumeCapacity where the zone has no room for volumes
 */
export function checkVolumes(world: World, availabilityZone: string, moreGib: number): void {
  if (moreGib === 0) return;
  const usedGib = [...world.volumes.values()].reduce((sum, { sizeGib }) => sum + sizeGib, 0);
  if (usedGib + moreGib > (world.quotas.get('volume-gib') ?? Infinity)) {
    throw ec2Error('VolumeLimitExceeded', 'You have exceeded the maximum storage for volumes in this Region.');
  }
  if (world.shortages.has(`volumes/${availabilityZone}`)) {
    throw ec2Error('InsufficientVolumeCapacity', `There is not enough capacity for volumes in ${availabilityZone}.`);
  }
}

/** @throws InsufficientAddressCapacity where EC2 has no public address to give */
export function checkAddresses(world: World): void {
  if (!world.shortages.has('addresses')) return;
  throw ec2Error('InsufficientAddressCapacity', 'Not enough available addresses to satisfy your minimum request.');
}
