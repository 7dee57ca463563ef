/**
 * An instance's states, and what moves it from one to the next.
 *
 *   pending -> running -> stopping -> stopped -> pending ...
 *   any of them -> shutting-down -> terminated -> forgotten
 *
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
 */
import type {
  InstanceStateChange,
  StartInstancesRequest,
  StopInstancesRequest,
  TerminateInstancesRequest,
} from '@aws-sdk/client-ec2';
import type { Attachments } from '../network/attachments';
import { claimCapacity } from './capacity';
import { ec2Error } from '../requests/ec2-error';
import type { ElasticIps } from '../network/elastic-ips';
import { INTERRUPTION_NOTICE_MS, interruptionWarning, rebalanceRecommendation, stateChange } from '../../events';
import type { InterruptionAction } from '../../events';
import { noteInstance } from '../lateness';
import { find } from '../requests/lookup';
import type { NetworkInterfaces } from '../network/network-interfaces';
import { allowOnly, required } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import type { Volumes } from './volumes';
import type { Instance, InstanceState, StateReason } from '../world';

/** How long describe calls still show a terminated instance: about an hour. */
const TERMINATED_VISIBLE_MS = 60 * 60 * 1000;

/** The low byte of EC2's numeric states. */
export const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
const REASONS = {
  user: reason('Client.UserInitiatedShutdown', 'User initiated shutdown'),
  guest: reason('Client.InstanceInitiatedShutdown', 'Instance initiated shutdown'),
  spotEnd: reason('Server.SpotInstanceTermination', 'Spot instance termination'),
  spotStop: reason('Server.SpotInstanceShutdown', 'Spot instance shutdown'),
} as const;

export interface LifecycleParts {
  readonly interfaces: NetworkInterfaces;
  readonly attachments: Attachments;
  readonly elasticIps: ElasticIps;
  readonly volumes: Volumes;
  /** Whether a retained interface keeps its Elastic IP when its instance is terminated. AWS does not document it. */
  readonly elasticIpSurvivesTermination: boolean;
}

export class Lifecycle {
  constructor(
    private readonly simulation: Simulation,
    private readonly parts: LifecycleParts,
  ) {}

  /** Announces a new or started instance and boots it. Returns the milliseconds until it runs. */
  begin(instance: Instance, from: 'none' | 'stopped' = 'none'): number {
    this.announce(instance, from);
    const bootMs = this.simulation.latencyMs('instanceRunning');
    this.simulation.after(bootMs, { kind: 'instance-running', instanceId: instance.id });
    return bootMs;
  }

  /** Idempotent. @throws if one of the ids is unknown. No instance is terminated then. */
  terminate(input: TerminateInstancesRequest): { TerminatingInstances: InstanceStateChange[] } {
    allowOnly('TerminateInstances', input, ['DryRun', 'Force', 'InstanceIds', 'SkipOsShutdown']);
    const instances = this.findAll(input.InstanceIds);
    const protectedInstance = instances.find(({ isTerminationProtected }) => isTerminationProtected);
    if (protectedInstance !== undefined) {
      throw ec2Error(
        'OperationNotPermitted',
        `The instance '${protectedInstance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
      );
    }
    return {
      TerminatingInstances: instances.map((instance) =>
        changeOf(instance, () => this.shutDown(instance, REASONS.user, input.SkipOsShutdown ?? false)),
      ),
    };
  }

  stop(input: StopInstancesRequest): { StoppingInstances: InstanceStateChange[] } {
    allowOnly('StopInstances', input, ['DryRun', 'Force', 'InstanceIds']);
    const instances = this.findAll(input.InstanceIds);
    for (const { id, state, lifeCycle } of instances) {
      if (lifeCycle === 'spot') {
        throw ec2Error(
          'UnsupportedOperation',
          `Instance '${id}' belongs to a one-time Spot request and cannot be stopped`,
        );
      }
      if (!['running', 'stopping', 'stopped'].includes(state)) {
        throw ec2Error('IncorrectInstanceState', `Instance '${id}' is '${state}' and cannot be stopped`);
      }
    }
    return {
      StoppingInstances: instances.map((instance) => changeOf(instance, () => this.beginStop(instance, REASONS.user))),
    };
  }

  start(input: StartInstancesRequest): { StartingInstances: InstanceStateChange[] } {
    allowOnly('StartInstances', input, ['DryRun', 'InstanceIds']);
    const instances = this.findAll(input.InstanceIds);
    for (const instance of instances) this.checkStart(instance);
    return { StartingInstances: instances.map((instance) => changeOf(instance, () => this.restart(instance))) };
  }

  private checkStart(instance: Instance): void {
    const { id, state, lifeCycle } = instance;
    if (lifeCycle === 'spot') throw ec2Error('IncorrectSpotRequestState', `The Spot request of '${id}' is not stopped`);
    if (!['pending', 'running', 'stopped'].includes(state)) {
      throw ec2Error('IncorrectInstanceState', `The instance '${id}' is '${state}' and cannot be started`);
    }
    if (state !== 'stopped') return;
    const type = find(this.simulation, 'instanceTypes', instance.instanceType);
    claimCapacity(this.simulation, instance, type, 1, 1);
  }

  /** Starts a stopped instance. A pending or running one is left as it is. */
  private restart(instance: Instance): void {
    if (instance.state !== 'stopped') return;
    noteInstance(this.simulation, instance);
    instance.state = 'pending';
    instance.launchedAt = this.simulation.now();
    delete instance.stateReason;
    delete instance.impairment;
    const interfaces = this.parts.attachments.of(instance.id);
    const [primary] = interfaces;
    // A restarted instance with a second interface gets no public address from EC2.
    if (primary?.wantsPublicIp && interfaces.length === 1) this.parts.interfaces.assignPublicIp(primary);
    this.begin(instance, 'stopped');
  }

  private beginStop(instance: Instance, cause: StateReason): void {
    if (instance.state !== 'running') return;
    this.enter(instance, 'stopping', cause);
    const takesMs = this.simulation.latencyMs('instanceStopped');
    this.simulation.after(takesMs, { kind: 'instance-stopped', instanceId: instance.id });
  }

  private shutDown(instance: Instance, cause: StateReason, skipOsShutdown: boolean): void {
    if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
    this.enter(instance, 'shutting-down', cause);
    const takesMs = this.simulation.latencyMs(skipOsShutdown ? 'instanceTerminatedAbruptly' : 'instanceTerminated');
    this.simulation.after(takesMs, { kind: 'instance-terminated', instanceId: instance.id });
  }

  /** Sends the warning now, and ends the instance 120 s later if it still exists. */
  interrupt(instanceId: string, action: InterruptionAction): void {
    const instance = this.spotInstance(instanceId);
    this.simulation.emit(interruptionWarning(this.subject(instance), action));
    this.reclaim(instanceId, action);
  }

  /** Ends the instance 120 s from now if it still exists. */
  reclaim(instanceId: string, action: InterruptionAction): void {
    const { id } = this.spotInstance(instanceId);
    this.simulation.after(INTERRUPTION_NOTICE_MS, { kind: 'instance-interrupted', instanceId: id, action });
  }

  recommendRebalance(instanceId: string): void {
    this.simulation.emit(rebalanceRecommendation(this.subject(this.spotInstance(instanceId))));
  }

  /** A launch that is planned to fail does so when it would have become running. */
  completeBoot(instanceId: string): void {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance?.state !== 'pending') return;
    const failure = instance.plannedFailure;
    delete instance.plannedFailure;
    if (failure?.kind === 'fails-pending') {
      this.shutDown(instance, failure.stateReason, true);
      return;
    }
    if (failure?.kind === 'ends-running')
      this.simulation.after(failure.afterMs, { kind: 'guest-shut-down', instanceId });
    instance.reachableAt = this.simulation.now() + this.simulation.latencyMs('instanceReachable');
    this.enter(instance, 'running');
  }

  /**
   * The guest shuts itself down. An on-demand instance stops. An instance of a one-time Spot request cannot stop, so it
   * is terminated.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingInstanceInitiatedShutdownBehavior.html
   */
  guestShutDown(instanceId: string): void {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance?.state !== 'running') return;
    if (instance.lifeCycle === 'spot') this.shutDown(instance, REASONS.guest, true);
    else this.beginStop(instance, REASONS.guest);
  }

  completeStop(instanceId: string): void {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance?.state !== 'stopping') return;
    for (const networkInterface of this.parts.attachments.of(instanceId)) delete networkInterface.autoAssignedPublicIp;
    instance.blockedDeviceIndexes = [];
    this.enter(instance, 'stopped');
  }

  completeTermination(instanceId: string): void {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance?.state !== 'shutting-down') return;
    if (!this.parts.elasticIpSurvivesTermination) this.takeElasticIpsOff(instanceId);
    this.parts.attachments.instanceTerminated(instanceId);
    this.parts.volumes.instanceTerminated(instanceId);
    this.enter(instance, 'terminated');
    const now = this.simulation.now();
    instance.quotaHeldUntil = now + this.simulation.lateMs('quotaLagMs');
    instance.tags.goneAt = now + this.simulation.latencyMs('tagsGone');
    this.simulation.after(TERMINATED_VISIBLE_MS, { kind: 'instance-forgotten', instanceId });
  }

  completeInterruption(instanceId: string, action: InterruptionAction): void {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance === undefined) return;
    if (action === 'terminate') this.shutDown(instance, REASONS.spotEnd, false);
    else this.beginStop(instance, REASONS.spotStop);
  }

  forget(instanceId: string): void {
    this.simulation.world.instances.delete(instanceId);
  }

  /** An interface that is already being detached no longer belongs to the instance, and keeps its address. */
  private takeElasticIpsOff(instanceId: string): void {
    for (const { id, attachment } of this.parts.attachments.of(instanceId)) {
      if (attachment.status !== 'detaching') this.parts.elasticIps.disassociateFrom(id);
    }
  }

  private enter(instance: Instance, state: InstanceState, cause?: StateReason): void {
    const from = instance.state;
    noteInstance(this.simulation, instance);
    instance.state = state;
    if (cause !== undefined) instance.stateReason = { ...cause, at: this.simulation.now() };
    this.announce(instance, from);
  }

  private announce(instance: Instance, from: string): void {
    this.simulation.changed(instance.id, 'instance', from, instance.state);
    this.simulation.emit(stateChange(this.subject(instance), instance.state));
  }

  private spotInstance(instanceId: string): Instance {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance?.lifeCycle !== 'spot') throw new Error(`${instanceId} is not a Spot instance of this simulated EC2`);
    return instance;
  }

  private findAll(ids: readonly string[] | undefined): Instance[] {
    return required(ids, 'InstanceId').map((id) => find(this.simulation, 'instances', id));
  }

  private subject({ id, availabilityZone }: Instance) {
    const { region, accountId } = this.simulation.world;
    return { instanceId: id, availabilityZone, region, accountId };
  }
}

/**
 * The short form of why an instance stopped or ended: a call with its time, any other cause by its code.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
 */
export function stateTransitionReason({ stateReason }: Instance): string {
  if (stateReason === undefined) return '';
  if (stateReason.code !== REASONS.user.code) return stateReason.code;
  const time = new Date(stateReason.at).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ');
  return `User initiated (${time} GMT)`;
}

function reason(code: string, message: string): StateReason {
  return { code, message: `${code}: ${message}` };
}

function changeOf(instance: Instance, change: () => void): InstanceStateChange {
  const before = instance.state;
  change();
  return {
    InstanceId: instance.id,
    PreviousState: { Name: before, Code: STATE_CODES[before] },
    CurrentState: { Name: instance.state, Code: STATE_CODES[instance.state] },
  };
}
