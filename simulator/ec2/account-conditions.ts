/**
 * Conditions that tests and the fault simulation set for the simulated account: capacity, quotas, launches that fail,
 * interfaces that hang, impaired instances. None of them goes through EC2's API.
 */
import { setCapacity, setVcpuQuota, type Pool } from './instances/capacity';
import { planFailure } from './instances/planned-failures';
import { checkProtection } from './instances/launch-refusals';
import { setQuota, setShortage } from './instances/quotas';
import type { Simulation } from './ec2-state';
import type { Impairment, Instance, LaunchSelector, LifeCycle, NetworkInterface, StateReason } from './world';

export interface LaunchFailure extends LaunchSelector {
  /** EC2's own code and message, like `Client.InternalError` and `Client.InternalError: Client error on launch`. */
  readonly stateReason: StateReason;
  /** How many launches fail. Later ones succeed. @default Infinity */
  readonly count?: number;
}

export abstract class AccountConditions {
  protected abstract readonly simulation: Simulation;

  /** How many instances a pool has room for at a time. Living instances are kept. Infinity: any number. */
  setCapacity(pool: Pool, count: number): void {
    setCapacity(this.simulation.world, pool, count);
  }

  /** The account's vCPU quota for a life cycle. Infinity: no quota. */
  setVcpuQuota(lifeCycle: LifeCycle, vcpus: number): void {
    setVcpuQuota(this.simulation.world, lifeCycle, vcpus);
  }

  /** Interfaces per Region, including those of instances. Infinity: any number. */
  setNetworkInterfaceQuota(count: number): void {
    setQuota(this.simulation.world, 'network-interfaces', count);
  }

  /** The storage of all volumes of the Region, in GiB. Infinity: any size. */
  setVolumeQuota(gib: number): void {
    setQuota(this.simulation.world, 'volume-gib', gib);
  }

  /** Whether a zone has room for more volumes. Without room, no instance with a volume launches there. */
  setVolumeCapacity(availabilityZone: string, hasRoom: boolean): void {
    setShortage(this.simulation.world, `volumes/${availabilityZone}`, !hasRoom);
  }

  /** Whether EC2 has public addresses to allocate. */
  setAddressCapacity(hasRoom: boolean): void {
    setShortage(this.simulation.world, 'addresses', !hasRoom);
  }

  /** Does what `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com` does. */
  createSpotServiceLinkedRole(): void {
    this.simulation.world.hasSpotRole = true;
  }

  /** From now on, only profiles added here exist. */
  addInstanceProfile(name: string): void {
    this.simulation.world.instanceProfiles.set(name, true);
  }

  /**
   * The next matching launches are accepted, and their instances fail when they would have become running: pending,
   * shutting-down, terminated, with this reason.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
   */
  failLaunches({ stateReason, count = Infinity, ...selector }: LaunchFailure): void {
    planFailure(this.simulation, selector, { kind: 'fails-pending', stateReason }, count);
  }

  /**
   * The instances of the next matching launches run, and their guest shuts them down after this many milliseconds. That
   * terminates a Spot Instance and stops an on-demand one, with the reason `Client.InstanceInitiatedShutdown`.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingInstanceInitiatedShutdownBehavior.html
   * @param count how many launches it applies to; Infinity: all of them
   */
  endAfterRunning(afterMs: number, count = Infinity, selector: LaunchSelector = {}): void {
    planFailure(this.simulation, selector, { kind: 'ends-running', afterMs }, count);
  }

  /** Revokes `failLaunches` and `endAfterRunning` for later launches. */
  spareLaunches(): void {
    this.simulation.world.plannedFailures.clear();
  }

  /**
   * Sets the termination protection of a living instance, as ModifyInstanceAttribute does.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
   * @throws UnsupportedOperation for a Spot Instance, which takes no protection
   */
  protectFromTermination(instanceId: string, isProtected: boolean): void {
    const instance = this.instance(instanceId);
    checkProtection(instance.lifeCycle, isProtected);
    instance.isTerminationProtected = isProtected;
  }

  /**
   * From now on the interface takes this long to become available. Undefined revokes that. A forced detachment is still
   * quick.
   * @param durationMs Infinity: the detachment hangs until it is forced or the instance ends
   */
  slowRelease(interfaceId: string, durationMs: number | undefined): void {
    const networkInterface = this.networkInterface(interfaceId);
    if (durationMs === undefined) delete networkInterface.releaseDelayMs;
    // The world is stored as JSON, which has no Infinity.
    else networkInterface.releaseDelayMs = durationMs === Infinity ? 'for-ever' : durationMs;
  }

  /**
   * When its instance ends, the interface stays attached until it is detached. This happens once.
   * Source: https://github.com/rebuy-de/aws-nuke/pull/607
   * @param until `forced`: a detachment without Force hangs
   */
  stickInterface(interfaceId: string, until: 'detached' | 'forced' = 'detached'): void {
    this.networkInterface(interfaceId).sticksUntil = until;
  }

  /** Makes a status check of the instance fail; EC2 sends no event for that. Default: the guest hangs. */
  impairInstance(instanceId: string, how: Partial<Omit<Impairment, 'since'>> = {}): void {
    const since = this.simulation.now();
    this.instance(instanceId).impairment = { check: 'instance', status: 'impaired', ...how, since };
  }

  /** Makes the status checks pass again. */
  healInstance(instanceId: string): void {
    delete this.instance(instanceId).impairment;
  }

  private instance(instanceId: string): Instance {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance === undefined) throw new Error(`The simulated account has no instance ${instanceId}`);
    return instance;
  }

  private networkInterface(interfaceId: string): NetworkInterface {
    const networkInterface = this.simulation.world.networkInterfaces.get(interfaceId);
    if (networkInterface === undefined) throw new Error(`The simulated account has no interface ${interfaceId}`);
    return networkInterface;
  }
}
