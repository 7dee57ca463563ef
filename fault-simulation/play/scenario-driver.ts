/** Drives a scenario: creates its nodes and starts its happenings, as API users, as console users and as EC2. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Sandbox } from '../../local/sandbox';
import type { Execution } from '../../simulator/step-functions/step-functions';
import { ApiClient, type ApiResult } from './api-client';
import { CapacityLosses } from './capacity-losses';
import { causeOf } from '../facts/happening-causes';
import { documentOf, nodeName, patchOf, type AccountResources } from '../scenario/documents';
import type { EventFaults } from './event-faults';
import type { Facts, DesiredState } from '../facts/known-facts';
import type { CallFaults } from './call-faults';
import { refusalOf, type ActionFaults } from './action-faults';
import { launchUnmanaged } from './imported-instances';
import { changeByHand, type ConsoleContext } from './console-users';
import type { LostTable } from './lost-table';
import { isOfStorm, Storms, type OrdinaryHappening } from './storms';
import type { Trace } from '../facts/trace';
import type { PhaseTracker } from '../scenario/phases';
import {
  kindOf,
  type ActionHappening,
  type Happening,
  type ImportPlan,
  type InstanceHappening,
  type LaunchFault,
  type ManualChange,
  type Scenario,
  type TableFault,
  type Timing,
} from '../scenario/scenario';

export interface Props {
  readonly scenario: Scenario;
  readonly sandbox: Sandbox;
  readonly resources: AccountResources;
  readonly facts: Facts;
  readonly nodes: ReadonlyMap<string, StatefulNode>;
  readonly phases: PhaseTracker;
  readonly callFaults: CallFaults;
  readonly actionFaults: ActionFaults;
  readonly table: LostTable;
  readonly eventFaults: EventFaults;
  readonly trace: Trace;
  /** Called with an error that a happening throws. It is a violation. */
  readonly failed: (error: unknown) => void;
  /** Called with a happening's kind and the phase in which it occurs. */
  readonly onHappening: (kind: string, phase: string) => void;
}

export class ScenarioDriver {
  private readonly api: ApiClient;
  private readonly capacity: CapacityLosses;
  private readonly storms: Storms;
  private running = 0;
  /** By the node's index, its id once it is created. */
  private readonly ids = new Map<number, string>();

  constructor(private readonly props: Props) {
    this.api = new ApiClient(props.sandbox);
    this.capacity = new CapacityLosses(props);
    this.storms = new Storms(props);
  }

  /** Whether a happening is still running. */
  isBusy(): boolean {
    return this.running > 0;
  }

  /** The id of the scenario's node; undefined before it is created. */
  idOf(index: number): string | undefined {
    return this.ids.get(index);
  }

  /** Whether the node is the scenario's. The record names it a moment before the API has returned its id. */
  isNode(index: number, nodeId: string): boolean {
    return (this.idOf(index) ?? this.find(nodeName(index))) === nodeId;
  }

  create(index: number): void {
    this.runInBackground(async () => {
      const { scenario, resources, facts, trace } = this.props;
      const plan = scenario.nodes[index]!;
      const result =
        plan.importing === undefined
          ? await this.api.create(documentOf(plan, index, resources))
          : await this.import(index, plan.importing, plan.attachment);
      const [item] = result.kind === 'done' ? result.items : [];
      // A client without a response checks whether the node exists.
      const id = item?.managedInstanceId ?? item?.id ?? this.find(nodeName(index));
      const how = plan.importing === undefined ? 'create' : 'import';
      trace.add('!', `${how} ${nodeName(index)}: ${describe(result)} ${id ?? ''}`);
      if (id === undefined) return;
      this.ids.set(index, id);
      facts.created(index, id);
    });
  }

  /** Launches an instance without Holdfast, and requests its import once it runs. */
  private async import(index: number, plan: ImportPlan, eniAttachment: 'cold' | 'hot'): Promise<ApiResult> {
    const { sandbox, resources, facts } = this.props;
    const originalInstanceId = await launchUnmanaged(sandbox, resources.account);
    const result = await this.api.import({
      originalInstanceId,
      eniAttachment,
      region: 'us-east-1',
      managedInstanceName: nodeName(index),
      ...plan,
    });
    facts.imports.set(originalInstanceId, plan);
    return result;
  }

  start(happening: Happening): void {
    this.runInBackground(async () => {
      const { trace } = this.props;
      const node = 'node' in happening ? this.node(happening.node) : undefined;
      if ('node' in happening && node === undefined) return;
      if (node !== undefined) this.props.onHappening(kindOf(happening), this.props.phases.of(node.id));
      this.recordCause(happening, node);
      const outcome = await (isOfStorm(happening) ? this.storms.begin(happening) : this.perform(happening, node!));
      const who = 'node' in happening ? ` ${nodeName(happening.node)}` : '';
      trace.add('!', `${kindOf(happening)}${who}: ${outcome}`);
    });
  }

  /** Records the happening as a cause. Call and event faults are recorded when they hit a call or an event. */
  private recordCause(happening: Happening, node: StatefulNode | undefined): void {
    const { facts, sandbox } = this.props;
    const nowMs = sandbox.clock.now();
    const cause = causeOf(happening, nowMs);
    if (cause === undefined) return;
    facts.causes.add(cause.kind, cause.affectsAllNodes ? undefined : node?.id, nowMs, cause.untilMs);
  }

  /** Stops all faults, and restores what they took away. */
  stopFaults(): void {
    const { callFaults, eventFaults, sandbox, facts, actionFaults } = this.props;
    const now = sandbox.clock.now();
    callFaults.disarm();
    eventFaults.disarm();
    actionFaults.clear();
    sandbox.ec2.spareLaunches();
    facts.causes.endLasting(now + LASTING_EFFECTS_MS);
    for (const refusal of facts.refusals) refusal.untilMs = Math.min(refusal.untilMs, now);
    for (const { id, isTerminationProtected } of sandbox.ec2.world.instances.values()) {
      if (isTerminationProtected) sandbox.ec2.protectFromTermination(id, false);
    }
    for (const { id, releaseDelayMs } of sandbox.ec2.world.networkInterfaces.values()) {
      // A detachment that has begun keeps its delay.
      if (typeof releaseDelayMs === 'number') facts.noteExternalChange(id, sandbox.clock.now() + releaseDelayMs);
      sandbox.ec2.slowRelease(id, undefined);
    }
  }

  /** Recovers from a lost table as the runbook says. */
  async recover(): Promise<void> {
    const { table, trace } = this.props;
    if (!table.isLost) return;
    const result = await this.api.rebuild(false, table.configurations(await this.refusedIds()));
    trace.add('!', `rebuild: ${describe(result)}`);
    table.recovered();
  }

  /** The nodes of which EC2 does not show enough: without an instance, it shows no image and no instance type. */
  private async refusedIds(): Promise<readonly string[]> {
    const shown = await this.api.rebuild(true);
    if (shown.kind !== 'done') return [];
    const rebuilt = shown.items as readonly { managedInstanceId: string; outcome: string }[];
    return rebuilt.filter(({ outcome }) => outcome === 'refused').map(({ managedInstanceId }) => managedInstanceId);
  }

  private async perform(happening: OrdinaryHappening, node: StatefulNode): Promise<string> {
    switch (happening.kind) {
      case 'pause':
      case 'resume':
      case 'recycle':
      case 'pause-all':
      case 'resume-all':
      case 'update':
      case 'delete':
        return this.request(happening, node);
      case 'interrupt':
      case 'interrupt-twice':
      case 'interrupt-replacement':
      case 'reclaim':
      case 'rebalance':
        return this.interruptInstance(happening, node);
      case 'impair':
        return this.impair(node, happening.check);
      case 'protect':
        return this.protect(node);
      default:
        return this.injectFault(happening, node);
    }
  }

  private async request(happening: Happening & ActionHappening, node: StatefulNode): Promise<string> {
    switch (happening.kind) {
      case 'pause':
        return this.requestState(node.id, 'paused', () => this.api.act(node.id, 'pause'));
      case 'resume':
        return this.requestState(node.id, 'running', () => this.api.act(node.id, 'resume'));
      case 'recycle':
        return this.recycle(node.id);
      case 'pause-all':
      case 'resume-all':
        return this.requestStateOfAll(happening.kind);
      case 'update':
        return describe(
          await this.api.update(node.id, patchOf(happening.change, happening.node, this.props.resources)),
        );
      case 'delete':
        return this.delete(node.id, happening.instance, happening.interfaces);
    }
  }

  private async injectFault(
    happening: Exclude<OrdinaryHappening, ActionHappening | InstanceHappening>,
    node: StatefulNode,
  ): Promise<string> {
    switch (happening.kind) {
      case 'call-fault':
        this.props.callFaults.arm(happening);
        return `armed for call ${happening.nth}${happening.step === undefined ? '' : ` in ${happening.step}`}`;
      case 'event-fault':
        this.props.eventFaults.arm(happening);
        return `armed for ${happening.count}`;
      case 'abort-execution':
        return this.abort(node);
      case 'take-over':
        return this.takeOver(node);
      case 'slow-interface':
        return this.slowDown(node, happening.seconds);
      case 'no-capacity':
        return this.capacity.begin(happening);
      case 'launch-deaths':
      case 'crash-loop':
        return this.failNextLaunches(happening);
      case 'table':
        return this.loseTable(happening);
      case 'refusal':
        this.props.actionFaults.refuse(happening.action);
        this.props.facts.refusals.push({
          sentence: refusalOf(happening.action),
          fromMs: this.props.sandbox.clock.now(),
          untilMs: Infinity,
        });
        return 'until the faults stop';
      case 'throttled':
        this.props.actionFaults.throttle(happening.actions, happening.seconds * 1000);
        return `for ${happening.seconds} s`;
      case 'manual-change':
        return this.changeByHand(happening.how, node);
    }
  }

  private slowDown({ identity: { interfaceId } }: StatefulNode, seconds: number): string {
    const { sandbox, facts } = this.props;
    const { ec2, clock } = sandbox;
    if (interfaceId === undefined || !ec2.world.networkInterfaces.has(interfaceId)) return 'there is none';
    ec2.slowRelease(interfaceId, seconds * 1000);
    facts.noteExternalChange(interfaceId, clock.now() + seconds * 1000);
    return interfaceId;
  }

  private protect({ instance }: StatefulNode): string {
    const { ec2 } = this.props.sandbox;
    const seen = ec2.world.instances.get(instance?.id ?? '');
    if (seen === undefined || seen.lifeCycle === 'spot' || seen.state === 'terminated') return 'it cannot be protected';
    ec2.protectFromTermination(seen.id, true);
    return seen.id;
  }

  private failNextLaunches(happening: LaunchFault): string {
    const { ec2 } = this.props.sandbox;
    const { count } = happening;
    if (happening.kind === 'launch-deaths') ec2.failLaunches({ stateReason: LAUNCH_FAILURE, count });
    else ec2.endAfterRunning(happening.afterSeconds * 1000, count);
    return `the next ${count}`;
  }

  private async loseTable(happening: TableFault & Timing): Promise<string> {
    await this.props.table.lose(happening);
    return 'the records are in doubt';
  }

  private async requestState(nodeId: string, state: DesiredState, send: () => Promise<ApiResult>): Promise<string> {
    const { facts, sandbox } = this.props;
    const noteTime = () => state !== 'running' && facts.requestedAt.set(nodeId, sandbox.clock.now());
    // A function may see the request at any time between the two.
    noteTime();
    const result = await send();
    noteTime();
    if (result.kind !== 'refused') this.props.facts.stateRequested(nodeId, state, result.kind === 'done');
    return describe(result);
  }

  private async recycle(nodeId: string): Promise<string> {
    const { facts, sandbox } = this.props;
    const send = async (): Promise<ApiResult> => {
      facts.requestedAt.set(nodeId, sandbox.clock.now());
      const result = await this.api.act(nodeId, 'recycle');
      facts.requestedAt.set(nodeId, sandbox.clock.now());
      return result;
    };
    return this.requestState(nodeId, 'running', send);
  }

  private async requestStateOfAll(kind: 'pause-all' | 'resume-all'): Promise<string> {
    const ids = [...this.ids.values()].filter(
      (id) => this.props.nodes.get(id)?.deletion === undefined && this.props.nodes.has(id),
    );
    if (ids.length === 0) return 'there are none';
    const result = await this.api.actOnAll(ids, kind === 'pause-all' ? 'PAUSE' : 'RESUME');
    // A refusal for one node does not mean that the others were refused.
    for (const id of ids) {
      if (kind === 'pause-all') this.props.facts.requestedAt.set(id, this.props.sandbox.clock.now());
      this.props.facts.stateRequested(id, kind === 'pause-all' ? 'paused' : 'running', result.kind === 'done');
    }
    return describe(result);
  }

  private async delete(nodeId: string, instance: boolean, interfaces: boolean): Promise<string> {
    const facts = this.props.facts.nodes.get(nodeId);
    if (facts) facts.deletion = { shouldTerminateInstance: instance, shouldDeleteNetworkInterfaces: interfaces };
    return this.requestState(nodeId, 'deleted', () => this.api.delete(nodeId, instance, interfaces));
  }

  private async interruptInstance(happening: InstanceHappening, node: StatefulNode): Promise<string> {
    const { clock, ec2 } = this.props.sandbox;
    const id = happening.kind === 'interrupt-replacement' ? node.operation?.launch?.instanceId : node.instance?.id;
    const instance = ec2.world.instances.get(id ?? '');
    if (instance?.lifeCycle !== 'spot' || instance.state === 'terminated') return 'there is no Spot Instance';
    if (requiresReplacement(happening, node)) this.props.facts.announced.set(instance.id, clock.now());
    if (happening.kind === 'reclaim') ec2.reclaimSpotInstance(instance.id);
    else if (happening.kind === 'rebalance') ec2.recommendRebalance(instance.id);
    else ec2.interruptSpotInstance(instance.id);
    if (happening.kind === 'interrupt-twice') {
      await clock.sleep(happening.afterSeconds * 1000);
      if (ec2.world.instances.has(instance.id)) ec2.interruptSpotInstance(instance.id);
    }
    return instance.id;
  }

  private async impair({ instance }: StatefulNode, check: 'instance' | 'system'): Promise<string> {
    const { ec2 } = this.props.sandbox;
    if (instance === undefined || ec2.world.instances.get(instance.id)?.state !== 'running') return 'none runs';
    ec2.impairInstance(instance.id, { check });
    return instance.id;
  }

  private abort({ operation }: StatefulNode): string {
    const running = this.runningExecution(operation);
    if (operation === undefined || running === undefined) return 'none runs';
    this.props.sandbox.plane.abort(running.arn);
    return `${operation.kind} operation ${operation.generation}`;
  }

  private takeOver({ id, operation }: StatefulNode): string {
    const running = this.runningExecution(operation);
    if (operation === undefined || running === undefined) return 'none runs';
    const { kind, generation, reason } = operation;
    const input = { nodeId: id, reason: `${reason} (taken over)`, takesOver: generation };
    this.props.facts.takenOver.set(id, generation);
    this.props.sandbox.plane.stepFunctions.start(running.stateMachineArn, input);
    return `${kind} operation ${generation}`;
  }

  private runningExecution(operation: StatefulNode['operation']): Execution | undefined {
    if (operation === undefined) return undefined;
    const executions = this.props.sandbox.plane.executions();
    return executions.find(({ arn, status }) => status === 'RUNNING' && arn.endsWith(operation.executionId));
  }

  private async changeByHand(how: ManualChange['how'], node: StatefulNode): Promise<string> {
    const { sandbox, resources, facts } = this.props;
    const { ec2, clock } = sandbox;
    const { world } = ec2;
    const context: ConsoleContext = {
      ec2: ec2.personClient,
      world,
      resources,
      onChange: (id) => facts.noteExternalChange(id, clock.now()),
      onLookalike: (id) => facts.lookalikes.add(id),
      hang: (id) => {
        ec2.slowRelease(id, Infinity);
        facts.causes.add('interface', node.id, clock.now(), Infinity);
      },
      stick: (id) => {
        ec2.stickInterface(id, 'forced');
        facts.causes.add('interface', node.id, clock.now(), Infinity);
      },
      waitUntilFree: (id) => this.waitUntil(() => world.networkInterfaces.get(id)?.status === 'available'),
      waitUntilRunning: (id) => this.waitUntil(() => world.instances.get(id)?.state === 'running'),
    };
    try {
      return (await changeByHand(context, how, node)) ?? 'it does not apply';
    } catch (error) {
      return `refused by EC2: ${String(error)}`;
    }
  }

  private async waitUntil(isSo: () => boolean): Promise<boolean> {
    const { clock } = this.props.sandbox;
    for (let waited = 0; waited < USER_WAITS_MS && !isSo(); waited += USER_POLL_MS) await clock.sleep(USER_POLL_MS);
    return isSo();
  }

  private node(index: number): StatefulNode | undefined {
    return this.props.nodes.get(this.ids.get(index) ?? '');
  }

  private find(name: string): string | undefined {
    return [...this.props.nodes.values()].find(({ config }) => config.name === name)?.id;
  }

  private runInBackground(task: () => Promise<void>): void {
    this.running += 1;
    void task()
      .catch((error: unknown) => this.props.failed(error))
      .finally(() => (this.running -= 1));
  }
}

/** How long the effects of a lasting fault show after the faults have stopped, such as a slow detachment. */
const LASTING_EFFECTS_MS = 100_000;

/** How long a console user waits for a detachment or a launch, and how often the user checks. */
const USER_WAITS_MS = 20_000;
const USER_POLL_MS = 500;

/** The state reason of a launch that fails while it is pending, for example for a volume key that Spot may not use. */
const LAUNCH_FAILURE = { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' };

/** Whether Holdfast must replace the instance. */
function requiresReplacement({ kind }: InstanceHappening, { config }: StatefulNode): boolean {
  return kind === 'rebalance' ? config.strategy?.rebalanceRecommendation === 'replace' : kind !== 'reclaim';
}

function describe(result: ApiResult): string {
  return result.kind === 'refused' ? `refused: ${result.why}` : result.kind;
}
