/** Those who make things happen: people with an API client, people at the console, and EC2 itself. */
import type { StatefulNode } from '../domain/stateful-node';
import type { Stage } from '../local/stage';
import { ApiClient, type Answer } from './api-client';
import type { CauseKind } from './causes';
import type { Chronicle } from './chronicle';
import { documentOf, nodeName, patchOf, type Surroundings } from './documents';
import type { EventFaults } from './event-faults';
import type { Facts, Wish } from './facts';
import type { FaultDesk } from './fault-desk';
import { meddle } from './meddling';
import type { PhaseTracker } from './phases';
import {
  kindOf,
  type ActionHappening,
  type CapacityLoss,
  type Happening,
  type InstanceHappening,
  type Scenario,
} from './scenario';

export interface Props {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly surroundings: Surroundings;
  readonly facts: Facts;
  readonly nodes: ReadonlyMap<string, StatefulNode>;
  readonly phases: PhaseTracker;
  readonly desk: FaultDesk;
  readonly eventFaults: EventFaults;
  readonly chronicle: Chronicle;
  /** Is told of what nobody should have to catch. */
  readonly failed: (error: unknown) => void;
  /** Counts a happening with the phase that it met. */
  readonly meets: (kind: string, phase: string) => void;
}

export class Players {
  private readonly api: ApiClient;
  private underWay = 0;
  /** By the node's index, its id once it is created. */
  private readonly ids = new Map<number, string>();

  constructor(private readonly props: Props) {
    this.api = new ApiClient(props.stage);
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
      const answer = await this.api.create(documentOf(scenario.nodes[index]!, index, surroundings));
      // Whoever is not answered looks whether it is there.
      const id = answer.kind === 'done' ? answer.items[0]?.id : this.find(nodeName(index));
      chronicle.tell('!', `create ${nodeName(index)}: ${describe(answer)} ${id ?? ''}`);
      if (id === undefined) return;
      this.ids.set(index, id);
      facts.created(index, id);
    });
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
    const { facts, stage } = this.props;
    const kind = CAUSE_OF[happening.kind];
    if (kind !== undefined) facts.causes.add(kind, node?.id, stage.clock.now(), untilMs(happening, stage.clock.now()));
  }

  /** Faults cease, and what was taken is there again. */
  cease(): void {
    const { desk, eventFaults, stage, facts } = this.props;
    desk.disarm();
    eventFaults.disarm();
    for (const { id, releaseDelayMs } of stage.ec2.world.networkInterfaces.values()) {
      // What has begun to come free takes as long as it was to.
      if (typeof releaseDelayMs === 'number') facts.keep(id, stage.clock.now() + releaseDelayMs);
      stage.ec2.slowRelease(id, undefined);
    }
  }

  private perform(happening: Happening, node: StatefulNode): Promise<string> {
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
      default:
        return this.trouble(happening, node);
    }
  }

  private async ask(happening: Happening & ActionHappening, node: StatefulNode): Promise<string> {
    switch (happening.kind) {
      case 'pause':
        return this.wish(node.id, 'paused', () => this.api.act(node.id, 'pause'));
      case 'resume':
      case 'recycle':
        return this.wish(node.id, 'running', () => this.api.act(node.id, happening.kind));
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
        return this.takeCapacity(happening);
      case 'meddle':
        return this.meddle(happening.how, node);
    }
  }

  private slowDown({ identity: { interfaceId } }: StatefulNode, seconds: number): string {
    const { stage, facts } = this.props;
    const { ec2, clock } = stage;
    if (interfaceId === undefined || !ec2.world.networkInterfaces.has(interfaceId)) return 'there is none';
    ec2.slowRelease(interfaceId, seconds * 1000);
    facts.keep(interfaceId, clock.now() + seconds * 1000);
    return interfaceId;
  }

  private async wish(nodeId: string, wish: Wish, ask: () => Promise<Answer>): Promise<string> {
    const answer = await ask();
    if (answer.kind !== 'refused') this.props.facts.wished(nodeId, wish, answer.kind === 'done');
    return describe(answer);
  }

  private async wishForAll(kind: 'pause-all' | 'resume-all'): Promise<string> {
    const ids = [...this.ids.values()].filter(
      (id) => this.props.nodes.get(id)?.deletion === undefined && this.props.nodes.has(id),
    );
    if (ids.length === 0) return 'there are none';
    const answer = await this.api.actOnAll(ids, kind === 'pause-all' ? 'PAUSE' : 'RESUME');
    // A refusal of one says nothing about the others.
    for (const id of ids)
      this.props.facts.wished(id, kind === 'pause-all' ? 'paused' : 'running', answer.kind === 'done');
    return describe(answer);
  }

  private async delete(nodeId: string, instance: boolean, interfaces: boolean): Promise<string> {
    const facts = this.props.facts.nodes.get(nodeId);
    if (facts) facts.deletion = { shouldTerminateInstance: instance, shouldDeleteNetworkInterfaces: interfaces };
    return this.wish(nodeId, 'deleted', () => this.api.delete(nodeId, instance, interfaces));
  }

  private async takeBack(happening: InstanceHappening, node: StatefulNode): Promise<string> {
    const { clock, ec2 } = this.props.stage;
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
    const { ec2 } = this.props.stage;
    if (instance === undefined || ec2.world.instances.get(instance.id)?.state !== 'running') return 'none runs';
    ec2.impairInstance(instance.id, { check });
    return instance.id;
  }

  private abort({ operation }: StatefulNode): string {
    if (operation === undefined) return 'none runs';
    const { plane } = this.props.stage;
    const running = plane
      .executions()
      .find(({ arn, status }) => status === 'RUNNING' && arn.endsWith(operation.executionId));
    if (running === undefined) return 'none runs';
    plane.abort(running.arn);
    return `${operation.kind} operation ${operation.generation}`;
  }

  private takeCapacity({ of, seconds }: CapacityLoss): string {
    const { ec2, clock } = this.props.stage;
    const { availabilityZones } = this.props.surroundings.account;
    const pools = availabilityZones.flatMap((availabilityZone) =>
      POOLS[of].map((pool) => ({ ...pool, availabilityZone })),
    );
    const fromMs = clock.now();
    this.props.facts.capacity.push({ of, fromMs, untilMs: fromMs + seconds * 1000 });
    for (const pool of pools) ec2.setCapacity(pool, 0);
    clock.setTimeout(() => this.giveBack(), seconds * 1000);
    return `for ${seconds} s`;
  }

  /** Losses overlap: a pool has capacity again once the last one that concerns it is over. */
  private giveBack(): void {
    const { facts, stage, surroundings } = this.props;
    const now = stage.clock.now();
    const lasting = new Set(facts.capacity.filter(({ untilMs }) => untilMs > now).flatMap(({ of }) => POOLS[of]));
    for (const availabilityZone of surroundings.account.availabilityZones) {
      for (const pool of POOLS.all) {
        if (!lasting.has(pool)) stage.ec2.setCapacity({ ...pool, availabilityZone }, Infinity);
      }
    }
  }

  private async meddle(how: Parameters<typeof meddle>[1], node: StatefulNode): Promise<string> {
    const { stage, surroundings, facts } = this.props;
    const { ec2, clock } = stage;
    const touch = (id: string) => facts.keep(id, clock.now());
    const planted = (id: string) => facts.abandoned.add(id);
    try {
      return (
        (await meddle({ ec2: ec2.personClient, world: ec2.world, surroundings, touch, planted }, how, node)) ??
        'there is nothing to do it to'
      );
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

/** The ordinary replacement of an instance is none. */
const CAUSE_OF: Readonly<Partial<Record<Happening['kind'], CauseKind>>> = {
  'abort-execution': 'abort',
  meddle: 'meddling',
  'slow-interface': 'interface',
  'no-capacity': 'capacity',
  'interrupt-replacement': 'instance',
  reclaim: 'instance',
  impair: 'instance',
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
      return nowMs + happening.seconds * 1000;
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

const SPOT_FIRST = { instanceType: 'm7g.large', lifeCycle: 'spot' } as const;
const SPOT_SECOND = { instanceType: 'm6g.large', lifeCycle: 'spot' } as const;
const ON_DEMAND_FIRST = { instanceType: 'm7g.large', lifeCycle: 'on_demand' } as const;
const ON_DEMAND_SECOND = { instanceType: 'm6g.large', lifeCycle: 'on_demand' } as const;

type PoolPart = typeof SPOT_FIRST | typeof SPOT_SECOND | typeof ON_DEMAND_FIRST | typeof ON_DEMAND_SECOND;

const POOLS: Readonly<Record<CapacityLoss['of'], readonly PoolPart[]>> = {
  preferred: [SPOT_FIRST],
  spot: [SPOT_FIRST, SPOT_SECOND],
  all: [SPOT_FIRST, SPOT_SECOND, ON_DEMAND_FIRST, ON_DEMAND_SECOND],
};

function describe(answer: Answer): string {
  return answer.kind === 'refused' ? `refused: ${answer.why}` : answer.kind;
}
