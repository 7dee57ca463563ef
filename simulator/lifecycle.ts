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
import type { Attachments } from './attachments';
import { claimCapacity } from './capacity';
import { ec2Error } from './ec2-error';
import type { ElasticIps } from './elastic-ips';
import { INTERRUPTION_NOTICE_MS, interruptionWarning, rebalanceRecommendation, stateChange } from './events';
import { isTerminationProtected } from './instance-attributes';
import type { InterruptionAction } from './events';
import { find } from './lookup';
import type { NetworkInterfaces } from './network-interfaces';
import { allowOnly, required } from './parameters';
import type { Simulation } from './simulation';
import type { Volumes } from './volumes';
import type { Instance, InstanceState } from './world';

/** How long a terminated instance is still described: about an hour. */
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

export interface LifecycleParts {
  readonly interfaces: NetworkInterfaces;
  readonly attachments: Attachments;
  readonly elasticIps: ElasticIps;
  readonly volumes: Volumes;
  /** Whether a retained interface keeps its Elastic IP when its instance is terminated: not documented. */
  readonly elasticIpSurvivesTermination: boolean;
}

export class Lifecycle {
  constructor(
    private readonly simulation: Simulation,
    private readonly parts: LifecycleParts,
  ) {}

  /** Announces a new or started instance and lets it boot. Answers the milliseconds until it runs. */
  begin(instance: Instance, from: 'none' | 'stopped' = 'none'): number {
    this.announce(instance, from);
    const bootMs = this.simulation.latencyMs('instanceRunning');
    this.simulation.after(bootMs, { kind: 'instance-running', instanceId: instance.id });
    return bootMs;
  }

  /** @throws where one of the ids names nothing; none is terminated then. Idempotent. */
  terminate(input: TerminateInstancesRequest): { TerminatingInstances: InstanceStateChange[] } {
    allowOnly('TerminateInstances', input, ['DryRun', 'Force', 'InstanceIds', 'SkipOsShutdown']);
    const instances = this.findAll(input.InstanceIds);
    const kept = instances.find(isTerminationProtected);
    if (kept !== undefined) {
      throw ec2Error(
        'OperationNotPermitted',
        `The instance '${kept.id}' may not be terminated: see disableApiTermination`,
      );
    }
    const reason = {
      code: 'Client.UserInitiatedShutdown',
      message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    };
    return {
      TerminatingInstances: instances.map((instance) =>
        changeOf(instance, () => this.shutDown(instance, reason, input.SkipOsShutdown ?? false)),
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
    return { StoppingInstances: instances.map((instance) => changeOf(instance, () => this.beginStop(instance))) };
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
    claimCapacity(this.simulation.world, instance, type, 1, 1);
  }

  /** An instance that is up, or on its way up, is left alone. */
  private restart(instance: Instance): void {
    if (instance.state !== 'stopped') return;
    instance.state = 'pending';
    instance.launchedAt = this.simulation.now();
    delete instance.stateReason;
    delete instance.impairment;
    const interfaces = this.parts.attachments.of(instance.id);
    const [primary] = interfaces;
    // With a second interface EC2 gives a restarted instance no public address of its own.
    if (primary?.wantsPublicIp && interfaces.length === 1) this.parts.interfaces.assignPublicIp(primary);
    this.begin(instance, 'stopped');
  }

  private beginStop(instance: Instance): void {
    if (instance.state !== 'running') return;
    this.enter(instance, 'stopping');
    const takesMs = this.simulation.latencyMs('instanceStopped');
    this.simulation.after(takesMs, { kind: 'instance-stopped', instanceId: instance.id });
  }

  private shutDown(instance: Instance, reason: { code: string; message: string }, skipOsShutdown: boolean): void {
    if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
    instance.stateReason = reason;
    this.enter(instance, 'shutting-down');
    const takesMs = this.simulation.latencyMs(skipOsShutdown ? 'instanceTerminatedAbruptly' : 'instanceTerminated');
    this.simulation.after(takesMs, { kind: 'instance-terminated', instanceId: instance.id });
  }

  /** Warns now; ends the instance 120 s later, if it is still there. */
  interrupt(instanceId: string, action: InterruptionAction): void {
    const instance = this.spotInstance(instanceId);
    this.simulation.emit(interruptionWarning(this.subject(instance), action));
    this.reclaim(instanceId, action);
  }

  /** Ends the instance 120 s from now, if it is still there. */
  reclaim(instanceId: string, action: InterruptionAction): void {
    const { id } = this.spotInstance(instanceId);
    this.simulation.after(INTERRUPTION_NOTICE_MS, { kind: 'instance-interrupted', instanceId: id, action });
  }

  recommendRebalance(instanceId: string): void {
    this.simulation.emit(rebalanceRecommendation(this.subject(this.spotInstance(instanceId))));
  }

  completeBoot(instanceId: string): void {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance?.state !== 'pending') return;
    instance.reachableAt = this.simulation.now() + this.simulation.latencyMs('instanceReachable');
    this.enter(instance, 'running');
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
    this.simulation.after(TERMINATED_VISIBLE_MS, { kind: 'instance-forgotten', instanceId });
  }

  completeInterruption(instanceId: string, action: InterruptionAction): void {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance === undefined) return;
    const message = 'Server.SpotInstanceTermination: Spot instance termination';
    if (action === 'terminate') this.shutDown(instance, { code: 'Server.SpotInstanceTermination', message }, false);
    else this.beginStop(instance);
  }

  forget(instanceId: string): void {
    this.simulation.world.instances.delete(instanceId);
  }

  /** An interface that is being detached meanwhile is no longer the instance's, and keeps its address. */
  private takeElasticIpsOff(instanceId: string): void {
    for (const { id, attachment } of this.parts.attachments.of(instanceId)) {
      if (attachment.status !== 'detaching') this.parts.elasticIps.disassociateFrom(id);
    }
  }

  private enter(instance: Instance, state: InstanceState): void {
    const from = instance.state;
    instance.state = state;
    this.announce(instance, from);
  }

  private announce(instance: Instance, from: string): void {
    this.simulation.changed(instance.id, 'instance', from, instance.state);
    this.simulation.emit(stateChange(this.subject(instance), instance.state));
  }

  private spotInstance(instanceId: string): Instance {
    const instance = this.simulation.world.instances.get(instanceId);
    if (instance?.lifeCycle !== 'spot') throw new Error(`${instanceId} is no Spot instance of this simulated EC2`);
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

function changeOf(instance: Instance, change: () => void): InstanceStateChange {
  const before = instance.state;
  change();
  return {
    InstanceId: instance.id,
    PreviousState: { Name: before, Code: STATE_CODES[before] },
    CurrentState: { Name: instance.state, Code: STATE_CODES[instance.state] },
  };
}
