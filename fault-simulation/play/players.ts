/** Those who make things happen: people with an API client, people at the console, and EC2 itself. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Sandbox } from '../../local/sandbox';
import { ApiClient, type Answer } from './api-client';
import { CapacityLosses } from './capacity-losses';
import type { CauseKind } from './injected-causes';
import type { Chronicle } from './trace';
import { documentOf, nodeName, patchOf, type Surroundings } from '../scenario/documents';
import type { EventFaults } from './event-faults';
import type { Facts, Wish } from './known-facts';
import type { FaultDesk } from './call-faults';
import { refusalOf, type Ec2Troubles } from './ec2-troubles';
import { launchPlain } from './imported-instances';
import { meddle, type Scene } from './console-users';
import type { LostTable } from './lost-table';
import type { PhaseTracker } from '../scenario/phases';
import {
  kindOf,
  type ActionHappening,
  type Happening,
  type ImportPlan,
  type InstanceHappening,
  type LaunchTrouble,
  type Scenario,
  type TableTrouble,
  type Timing,
} from '../scenario/scenario';

export interface Props {
  readonly scenario: Scenario;
  readonly sandbox: Sandbox;
  readonly surroundings: Surroundings;
  readonly facts: Facts;
  readonly nodes: ReadonlyMap<string, StatefulNode>;
  readonly phases: PhaseTracker;
  readonly desk: FaultDesk;
  readonly troubles: Ec2Troubles;
  readonly table: LostTable;
  readonly eventFaults: EventFaults;
  readonly chronicle: Chronicle;
  /** Is told of what nobody should have to catch. */
  readonly failed: (error: unknown) => void;
  /** Counts a happening with the phase that it met. */
  readonly meets: (kind: string, phase: string) => void;
}

export class Players {
  private readonly api: ApiClient;
  private readonly capacity: CapacityLosses;
  private underWay = 0;
  /** By the node's index, its id once it is created. */
  private readonly ids = new Map<number, string>();

  constructor(private readonly props: Props) {
    this.api = new ApiClient(props.sandbox);
    this.capacity = new CapacityLosses(props);
  }

  isBusy(): boolean {
    return this.underWay > 0;
  }

  /** The id of the scenario's node; undefined before it is created. */
  idOf(index: number): string | undefined {
    return this.ids.get(index);
  }

  create(index: number): void {
    this.work(async () => {
      const { scenario, surroundings, facts, chronicle } = this.props;
      const plan = scenario.nodes[index]!;
      const answer =
        plan.importing === undefined
          ? await this.api.create(documentOf(plan, index, surroundings))
          : await this.import(index, plan.importing, plan.attachment);
      const [item] = answer.kind === 'done' ? answer.items : [];
      // A client that is not answered looks whether it is there.
      const id = item?.managedInstanceId ?? item?.id ?? this.find(nodeName(index));
      const how = plan.importing === undefined ? 'create' : 'import';
      chronicle.tell('!', `${how} ${nodeName(index)}: ${describe(answer)} ${id ?? ''}`);
      if (id === undefined) return;
      this.ids.set(index, id);
      facts.created(index, id);
    });
  }

  /** Launches an instance as anybody would, and asks for its import once it runs. */
  private async import(index: number, plan: ImportPlan, eniAttachment: 'cold' | 'hot'): Promise<Answer> {
    const { sandbox, surroundings, facts } = this.props;
    const originalInstanceId = await launchPlain(sandbox, surroundings.account);
    const answer = await this.api.import({
      ...{ originalInstanceId, eniAttachment, region: 'us-east-1', managedInstanceName: nodeName(index) },
      ...plan,
    });
    facts.originals.set(originalInstanceId, plan);
    return answer;
  }

  makeHappen(happening: Happening): void {
    this.work(async () => {
      const { chronicle } = this.props;
      const node = 'node' in happening ? this.node(happening.node) : undefined;
      if ('node' in happening && node === undefined) return;
      if (node !== undefined) this.props.meets(kindOf(happening), this.props.phases.of(node.id));
      this.note(happening, node);
      const outcome = await this.perform(happening, node!);
      const who = 'node' in happening ? ` ${nodeName(happening.node)}` : '';
      chronicle.tell('!', `${kindOf(happening)}${who}: ${outcome}`);
    });
  }

  /** What has happened may excuse what follows. Faults are noted when they strike. */
  private note(happening: Happening, node: StatefulNode | undefined): void {
    const { facts, sandbox } = this.props;
    const kind = CAUSE_OF[happening.kind];
    // What befalls EC2's actions, or the next launches, befalls every node.
    const nodeId = AFFECTS_ALL.includes(happening.kind) ? undefined : node?.id;
    if (kind !== undefined)
      facts.causes.add(kind, nodeId, sandbox.clock.now(), untilMs(happening, sandbox.clock.now()));
  }

  /** Faults cease, and what was taken is there again. */
  cease(): void {
    const { desk, eventFaults, sandbox, facts, troubles } = this.props;
    const now = sandbox.clock.now();
    desk.disarm();
    eventFaults.disarm();
    troubles.cease();
    sandbox.ec2.spareLaunches();
    facts.causes.cease(now + LASTING_MS);
    for (const refusal of facts.refusals) refusal.untilMs = Math.min(refusal.untilMs, now);
    for (const { id, isTerminationProtected } of sandbox.ec2.world.instances.values()) {
      if (isTerminationProtected) sandbox.ec2.protectFromTermination(id, false);
    }
    for (const { id, releaseDelayMs } of sandbox.ec2.world.networkInterfaces.values()) {
      // What has begun to come free takes as long as it was to.
      if (typeof releaseDelayMs === 'number') facts.keep(id, sandbox.clock.now() + releaseDelayMs);
      sandbox.ec2.slowRelease(id, undefined);
    }
  }

  /** What the runbook has a person do whose table was lost. */
  async recover(): Promise<void> {
    const { table, chronicle } = this.props;
    if (!table.isLost) return;
    const answer = await this.api.rebuild(false, table.configurations(await this.refusedIds()));
    chronicle.tell('!', `rebuild: ${describe(answer)}`);
    table.recovered();
  }

  /** The nodes of which EC2 does not show enough: what runs no instance has no image and no type. */
  private async refusedIds(): Promise<readonly string[]> {
    const shown = await this.api.rebuild(true);
    if (shown.kind !== 'done') return [];
    const rebuilt = shown.items as readonly { managedInstanceId: string; outcome: string }[];
    return rebuilt.filter(({ outcome }) => outcome === 'refused').map(({ managedInstanceId }) => managedInstanceId);
  }

  private async perform(happening: Happening, node: StatefulNode): Promise<string> {
    switch (happening.kind) {
      case 'pause':
      case 'resume':
      case 'recycle':
      case 'pause-all':
      case 'resume-all':
      case 'update':
      case 'delete':
        return this.ask(happening, node);
      case 'interrupt':
      case 'interrupt-twice':
      case 'interrupt-replacement':
      case 'reclaim':
      case 'rebalance':
        return this.takeBack(happening, node);
      case 'impair':
        return this.impair(node, happening.check);
      case 'protect':
        return this.protect(node);
      default:
        return this.trouble(happening, node);
    }
  }

  private async ask(happening: Happening & ActionHappening, node: StatefulNode): Promise<string> {
    switch (happening.kind) {
      case 'pause':
        return this.wish(node.id, 'paused', () => this.api.act(node.id, 'pause'));
      case 'resume':
        return this.wish(node.id, 'running', () => this.api.act(node.id, 'resume'));
      case 'recycle':
        return this.recycle(node.id);
      case 'pause-all':
      case 'resume-all':
        return this.wishForAll(happening.kind);
      case 'update':
        return describe(
          await this.api.update(node.id, patchOf(happening.change, happening.node, this.props.surroundings)),
        );
      case 'delete':
        return this.delete(node.id, happening.instance, happening.interfaces);
    }
  }

  private async trouble(
    happening: Exclude<Happening, ActionHappening | InstanceHappening>,
    node: StatefulNode,
  ): Promise<string> {
    switch (happening.kind) {
      case 'call-fault':
        this.props.desk.arm(happening);
        return `armed for call ${happening.nth}${happening.step === undefined ? '' : ` in ${happening.step}`}`;
      case 'event-fault':
        this.props.eventFaults.arm(happening);
        return `armed for ${happening.count}`;
      case 'abort-execution':
        return this.abort(node);
      case 'slow-interface':
        return this.slowDown(node, happening.seconds);
      case 'no-capacity':
        return this.capacity.take(happening);
      case 'launch-deaths':
      case 'crash-loop':
        return this.doom(happening);
      case 'table':
        return this.loseTable(happening);
      case 'refusal':
        this.props.troubles.refuse(happening.action);
        this.props.facts.refusals.push({
          ...{ sentence: refusalOf(happening.action), fromMs: this.props.sandbox.clock.now(), untilMs: Infinity },
        });
        return 'until faults cease';
      case 'throttled':
        this.props.troubles.throttle(happening.actions, happening.seconds * 1000);
        return `for ${happening.seconds} s`;
      case 'meddle':
        return this.meddle(happening.how, node);
    }
  }

  private slowDown({ identity: { interfaceId } }: StatefulNode, seconds: number): string {
    const { sandbox, facts } = this.props;
    const { ec2, clock } = sandbox;
    if (interfaceId === undefined || !ec2.world.networkInterfaces.has(interfaceId)) return 'there is none';
    ec2.slowRelease(interfaceId, seconds * 1000);
    facts.keep(interfaceId, clock.now() + seconds * 1000);
    return interfaceId;
  }

  private protect({ instance }: StatefulNode): string {
    const { ec2 } = this.props.sandbox;
    const seen = ec2.world.instances.get(instance?.id ?? '');
    if (seen === undefined || seen.lifeCycle === 'spot' || seen.state === 'terminated') return 'it takes no protection';
    ec2.protectFromTermination(seen.id, true);
    return seen.id;
  }

  private doom(happening: LaunchTrouble): string {
    const { ec2 } = this.props.sandbox;
    const { count } = happening;
    if (happening.kind === 'launch-deaths') ec2.failLaunches({ stateReason: DEATH, count });
    else ec2.endAfterRunning(happening.afterSeconds * 1000, count);
    return `the next ${count}`;
  }

  private async loseTable(happening: TableTrouble & Timing): Promise<string> {
    await this.props.table.lose(happening);
    return 'nothing of it is to be touched';
  }

  private async wish(nodeId: string, wish: Wish, ask: () => Promise<Answer>): Promise<string> {
    const { facts, sandbox } = this.props;
    const note = () => wish !== 'running' && facts.askedAt.set(nodeId, sandbox.clock.now());
    note();
    const answer = await ask();
    note();
    if (answer.kind !== 'refused') this.props.facts.wished(nodeId, wish, answer.kind === 'done');
    return describe(answer);
  }

  private async recycle(nodeId: string): Promise<string> {
    const { facts, sandbox } = this.props;
    const ask = async (): Promise<Answer> => {
      facts.askedAt.set(nodeId, sandbox.clock.now());
      const answer = await this.api.act(nodeId, 'recycle');
      facts.askedAt.set(nodeId, sandbox.clock.now());
      return answer;
    };
    return this.wish(nodeId, 'running', ask);
  }

  private async wishForAll(kind: 'pause-all' | 'resume-all'): Promise<string> {
    const ids = [...this.ids.values()].filter(
      (id) => this.props.nodes.get(id)?.deletion === undefined && this.props.nodes.has(id),
    );
    if (ids.length === 0) return 'there are none';
    const answer = await this.api.actOnAll(ids, kind === 'pause-all' ? 'PAUSE' : 'RESUME');
    // A refusal of one says nothing about the others.
    for (const id of ids) {
      if (kind === 'pause-all') this.props.facts.askedAt.set(id, this.props.sandbox.clock.now());
      this.props.facts.wished(id, kind === 'pause-all' ? 'paused' : 'running', answer.kind === 'done');
    }
    return describe(answer);
  }

  private async delete(nodeId: string, instance: boolean, interfaces: boolean): Promise<string> {
    const facts = this.props.facts.nodes.get(nodeId);
    if (facts) facts.deletion = { shouldTerminateInstance: instance, shouldDeleteNetworkInterfaces: interfaces };
    return this.wish(nodeId, 'deleted', () => this.api.delete(nodeId, instance, interfaces));
  }

  private async takeBack(happening: InstanceHappening, node: StatefulNode): Promise<string> {
    const { clock, ec2 } = this.props.sandbox;
    const id = happening.kind === 'interrupt-replacement' ? node.operation?.launch?.instanceId : node.instance?.id;
    const instance = ec2.world.instances.get(id ?? '');
    if (instance?.lifeCycle !== 'spot' || instance.state === 'terminated') return 'there is no Spot Instance';
    if (isAnswered(happening, node)) this.props.facts.announced.set(instance.id, clock.now());
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
    if (operation === undefined) return 'none runs';
    const { plane } = this.props.sandbox;
    const running = plane
      .executions()
      .find(({ arn, status }) => status === 'RUNNING' && arn.endsWith(operation.executionId));
    if (running === undefined) return 'none runs';
    plane.abort(running.arn);
    return `${operation.kind} operation ${operation.generation}`;
  }

  private async meddle(how: Parameters<typeof meddle>[1], node: StatefulNode): Promise<string> {
    const { sandbox, surroundings, facts } = this.props;
    const { ec2, clock } = sandbox;
    const { world } = ec2;
    const scene: Scene = {
      ...{ ec2: ec2.personClient, world, surroundings },
      touch: (id) => facts.keep(id, clock.now()),
      planted: (id) => facts.strangers.add(id),
      hang: (id) => {
        ec2.slowRelease(id, Infinity);
        facts.causes.add('interface', node.id, clock.now(), Infinity);
      },
      stick: (id) => {
        ec2.stickInterface(id, 'forced');
        facts.causes.add('interface', node.id, clock.now(), Infinity);
      },
      untilFree: async (id) => {
        const isFree = () => world.networkInterfaces.get(id)?.status === 'available';
        for (let waited = 0; waited < FREE_WITHIN_MS && !isFree(); waited += FREE_POLL_MS)
          await clock.sleep(FREE_POLL_MS);
        return isFree();
      },
    };
    try {
      return (await meddle(scene, how, node)) ?? 'there is nothing to do it to';
    } catch (error) {
      return `refused by EC2: ${String(error)}`;
    }
  }

  private node(index: number): StatefulNode | undefined {
    return this.props.nodes.get(this.ids.get(index) ?? '');
  }

  private find(name: string): string | undefined {
    return [...this.props.nodes.values()].find(({ config }) => config.name === name)?.id;
  }

  private work(task: () => Promise<void>): void {
    this.underWay += 1;
    void task()
      .catch((error: unknown) => this.props.failed(error))
      .finally(() => (this.underWay -= 1));
  }
}

/** What goes on until faults cease shows for so long: an instance that crashes ends, an interface comes free. */
const LASTING_MS = 100_000;

/** How long a person waits for an interface to come off an instance, looking so often. */
const FREE_WITHIN_MS = 20_000;
const FREE_POLL_MS = 500;

/** As an AMI or a key does it that Spot may not use. */
const DEATH = { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' };

const AFFECTS_ALL: readonly Happening['kind'][] = ['refusal', 'throttled', 'launch-deaths', 'crash-loop', 'table'];

/** The ordinary replacement of an instance is none. */
const CAUSE_OF: Readonly<Partial<Record<Happening['kind'], CauseKind>>> = {
  'abort-execution': 'abort',
  meddle: 'meddling',
  'slow-interface': 'interface',
  'no-capacity': 'capacity',
  'interrupt-replacement': 'instance',
  reclaim: 'instance',
  impair: 'instance',
  protect: 'instance',
  refusal: 'call',
  throttled: 'call',
  'launch-deaths': 'launch',
  'crash-loop': 'launch',
  table: 'table',
};

/** Two minutes for the checks to count, one for the next run of the reconciler, and the replacement. */
const IMPAIRED_MS = 6 * 60_000;

/** EC2 takes an instance two minutes after it has said so, and what answers its end takes a moment to begin. */
const ENDED_MS = 140_000;

function untilMs(happening: Happening, nowMs: number): number {
  switch (happening.kind) {
    case 'impair':
      return nowMs + IMPAIRED_MS;
    case 'reclaim':
    case 'interrupt-replacement':
      return nowMs + ENDED_MS;
    case 'no-capacity':
    case 'throttled':
      return nowMs + happening.seconds * 1000;
    case 'refusal':
    case 'protect':
    case 'launch-deaths':
    case 'crash-loop':
    case 'table':
    case 'slow-interface':
      // Whenever it is taken off something, until faults cease.
      return Infinity;
    default:
      return nowMs;
  }
}

/** Whether a replacement is to follow. */
function isAnswered({ kind }: InstanceHappening, { config }: StatefulNode): boolean {
  return kind === 'rebalance' ? config.strategy?.rebalanceRecommendation === 'replace' : kind !== 'reclaim';
}

function describe(answer: Answer): string {
  return answer.kind === 'refused' ? `refused: ${answer.why}` : answer.kind;
}
