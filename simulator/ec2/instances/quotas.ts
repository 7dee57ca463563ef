/**
 * Quotas and shortages of resources other than instances. By default nothing is limited.
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

/** @throws NetworkInterfaceLimitExceeded if `more` interfaces exceed the Region's quota */
export function checkNetworkInterfaceQuota(world: World, more: number): void {
  if (world.networkInterfaces.size + more > (world.quotas.get('network-interfaces') ?? Infinity)) {
    throw ec2Error('NetworkInterfaceLimitExceeded', 'The maximum number of network interfaces has been reached.');
  }
}

/**
 * @throws VolumeLimitExceeded if the storage exceeds the Region's quota
 * @throws InsufficientVolumeCapacity if the zone has no room for volumes
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

/** @throws InsufficientAddressCapacity if EC2 has no public address to allocate */
export function checkAddresses(world: World): void {
  if (!world.shortages.has('addresses')) return;
  throw ec2Error('InsufficientAddressCapacity', 'Not enough available addresses to satisfy your minimum request.');
}
