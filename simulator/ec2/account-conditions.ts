/**
 * What tests and the fault simulation set about the simulated account: what it lacks, what becomes of launches, what
 * hangs. Nothing of it goes through EC2's API.
 */
import { setCapacity, setVcpuQuota, type Pool } from './instances/capacity';
import { planFailure } from './instances/planned-failures';
import { checkProtection } from './instances/launch-refusals';
import { setQuota, setShortage } from './instances/quotas';
import type { Simulation } from './ec2-state';
import type { Impairment, Instance, LaunchSelector, LifeCycle, NetworkInterface, StateReason } from './world';

export interface LaunchFailure extends LaunchSelector {
  /** EC2's own, like `Client.InternalError` and `Client.InternalError: Client error on launch`. */
  readonly stateReason: StateReason;
  /** How many launches fail; those after it live. @default Infinity */
  readonly count?: number;
}

export abstract class AccountConditions {
  protected abstract readonly simulation: Simulation;

  /** How many instances a pool has room for at the same time; those alive stay. Infinity: any number. */
  setCapacity(pool: Pool, count: number): void {
    setCapacity(this.simulation.world, pool, count);
  }

  /** The account's quota of vCPUs for a life cycle. Infinity: none. */
  setVcpuQuota(lifeCycle: LifeCycle, vcpus: number): void {
    setVcpuQuota(this.simulation.world, lifeCycle, vcpus);
  }

  /** Interfaces per Region, those of instances included. Infinity: any number. */
  setNetworkInterfaceQuota(count: number): void {
    setQuota(this.simulation.world, 'network-interfaces', count);
  }

  /** The storage of all volumes of the Region, in GiB. Infinity: any size. */
  setVolumeQuota(gib: number): void {
    setQuota(this.simulation.world, 'volume-gib', gib);
  }

  /** Whether a zone has room for more volumes; without it, no instance with a volume launches there. */
  setVolumeCapacity(availabilityZone: string, hasRoom: boolean): void {
    setShortage(this.simulation.world, `volumes/${availabilityZone}`, !hasRoom);
  }

  /** Whether EC2 has public addresses to allocate. */
  setAddressCapacity(hasRoom: boolean): void {
    setShortage(this.simulation.world, 'addresses', !hasRoom);
  }

  /** As `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com` does. */
  createSpotServiceLinkedRole(): void {
    this.simulation.world.hasSpotRole = true;
  }

  /** From now on only the profiles that were added exist. */
  addInstanceProfile(name: string): void {
    this.simulation.world.instanceProfiles.set(name, true);
  }

  /**
   * The next launches that match are accepted and die: pending, shutting-down, terminated, with this reason. They die
   * when they would have run.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
   */
  failLaunches({ stateReason, count = Infinity, ...selector }: LaunchFailure): void {
    planFailure(this.simulation, selector, { kind: 'dies-pending', stateReason }, count);
  }

  /**
   * The next launches that match run, and their guest shuts them down after so many milliseconds. That terminates a
   * Spot Instance and stops an on-demand one, with the reason `Client.InstanceInitiatedShutdown`.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingInstanceInitiatedShutdownBehavior.html
   * @param count how many launches it concerns; Infinity: all of them
   */
  endAfterRunning(afterMs: number, count = Infinity, selector: LaunchSelector = {}): void {
    planFailure(this.simulation, selector, { kind: 'ends-running', afterMs }, count);
  }

  /** Takes back `failLaunches` and `endAfterRunning`, for launches that are still to come. */
  spareLaunches(): void {
    this.simulation.world.plannedFailures.clear();
  }

  /**
   * Switches the protection of a living instance, as ModifyInstanceAttribute does.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
   * @throws UnsupportedOperation for a Spot Instance, which takes no protection
   */
  protectFromTermination(instanceId: string, isProtected: boolean): void {
    const instance = this.instance(instanceId);
    checkProtection(instance.lifeCycle, isProtected);
    instance.isTerminationProtected = isProtected;
  }

  /**
   * From now on the interface takes this long to become available; undefined ends it. Force is quick still.
   * @param durationMs Infinity: it hangs, until it is forced off or its instance ends
   */
  slowRelease(interfaceId: string, durationMs: number | undefined): void {
    const networkInterface = this.networkInterface(interfaceId);
    if (durationMs === undefined) delete networkInterface.releaseDelayMs;
    // JSON, which the world is kept in, has no Infinity.
    else networkInterface.releaseDelayMs = durationMs === Infinity ? 'for-ever' : durationMs;
  }

  /**
   * When its instance ends, the interface stays attached to it, until it is detached. It sticks once.
   * Source: https://github.com/rebuy-de/aws-nuke/pull/607
   * @param until `forced`: a detachment without Force begins and hangs
   */
  stickInterface(interfaceId: string, until: 'detached' | 'forced' = 'detached'): void {
    this.networkInterface(interfaceId).sticksUntil = until;
  }

  /** A status check of the instance does not pass any more; no event tells of it. Without more: the guest hangs. */
  impairInstance(instanceId: string, how: Partial<Omit<Impairment, 'since'>> = {}): void {
    const since = this.simulation.now();
    this.instance(instanceId).impairment = { check: 'instance', status: 'impaired', ...how, since };
  }

  /** The status checks pass again. */
  healInstance(instanceId: string): void {
    delete this.instance(instanceId).impairment;
  }

  private instance(instanceId: string): Instance {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance === undefined) throw new Error(`There is no instance ${instanceId}`);
    return instance;
  }

  private networkInterface(interfaceId: string): NetworkInterface {
    const networkInterface = this.simulation.world.networkInterfaces.get(interfaceId);
    if (networkInterface === undefined) throw new Error(`There is no interface ${interfaceId}`);
    return networkInterface;
  }
}
