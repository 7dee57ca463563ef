/**
 * Capacity per pool (instance type, zone, Spot or on-demand) and vCPU quotas.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { ec2Error } from '../requests/ec2-error';
import type { Simulation } from '../ec2-state';
import type { Instance, InstanceType, LifeCycle, World } from '../world';

export interface Pool {
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly lifeCycle: LifeCycle;
}

/** @param count instances alive at a time; Infinity: no limit */
export function setCapacity(world: World, pool: Pool, count: number): void {
  if (count === Infinity) world.capacity.delete(poolKey(pool));
  else world.capacity.set(poolKey(pool), count);
}

export function setVcpuQuota(world: World, lifeCycle: LifeCycle, vcpus: number): void {
  if (vcpus === Infinity) world.vcpuQuota.delete(lifeCycle);
  else world.vcpuQuota.set(lifeCycle, vcpus);
}

/**
 * Returns how many instances can launch, from `least` to `most`.
 * @throws MaxSpotInstanceCountExceeded or VcpuLimitExceeded if the account's quota allows fewer than `least`
 * @throws InsufficientInstanceCapacity if the pool has room for fewer than `least`
 */
export function claimCapacity(
  simulation: Simulation,
  pool: Pool,
  type: InstanceType,
  least: number,
  most: number,
): number {
  const { world } = simulation;
  const withinQuota = Math.min(most, Math.floor(freeVcpus(world, pool.lifeCycle, simulation.now()) / type.vcpus));
  if (withinQuota < least) throw quotaExceeded(pool.lifeCycle);
  const available = Math.min(withinQuota, freePlaces(world, pool));
  if (available < least) {
    throw ec2Error(
      'InsufficientInstanceCapacity',
      `There is currently not enough ${pool.instanceType} capacity in ${pool.availabilityZone}`,
    );
  }
  return available;
}

function freePlaces(world: World, pool: Pool): number {
  const room = world.capacity.get(poolKey(pool)) ?? Infinity;
  return room - occupants(world).filter((instance) => poolKey(instance) === poolKey(pool)).length;
}

/** A terminated instance still counts towards the quota until `quotaHeldUntil`. */
function freeVcpus(world: World, lifeCycle: LifeCycle, now: number): number {
  const late = [...world.instances.values()].filter(({ quotaHeldUntil = 0 }) => quotaHeldUntil > now);
  const used = [...occupants(world), ...late]
    .filter((instance) => instance.lifeCycle === lifeCycle)
    .map(({ instanceType }) => world.instanceTypes.get(instanceType)?.vcpus ?? 0);
  return (world.vcpuQuota.get(lifeCycle) ?? Infinity) - used.reduce((sum, vcpus) => sum + vcpus, 0);
}

/** An instance uses capacity until it is stopped or terminated. */
function occupants(world: World): Instance[] {
  return [...world.instances.values()].filter(({ state }) => state !== 'stopped' && state !== 'terminated');
}

function quotaExceeded(lifeCycle: LifeCycle): Error {
  return lifeCycle === 'spot'
    ? ec2Error('MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded')
    : ec2Error('VcpuLimitExceeded', 'You have requested more vCPU capacity than your current vCPU limit allows');
}

function poolKey({ instanceType, availabilityZone, lifeCycle }: Pool): string {
  return `${instanceType} ${availabilityZone} ${lifeCycle}`;
}
