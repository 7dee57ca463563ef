/** Plays a scenario on the real definitions, functions and wiring, and answers what went wrong. */
import { allocateElasticIp, openSandbox, type Sandbox } from '../local/sandbox';
import { readTemplate } from '../simulator/cloudformation/template';
import { VirtualClock } from '../simulator/time/clock';
import { DEFAULT_LATENCIES, type Distribution, type Latencies } from '../simulator/ec2/latencies';
import { Random } from '../simulator/time/random';
import { orphansIn } from './checks/rest-invariants';
import { Chronicle } from './play/trace';
import type { Surroundings } from './scenario/documents';
import { Ec2Troubles } from './play/ec2-troubles';
import { EventFaults } from './play/event-faults';
import { Facts } from './play/known-facts';
import { FaultDesk } from './play/call-faults';
import { InstrumentedFunctions } from './play/instrumented-functions';
import type { View, Violation } from './checks/invariants';
import { LostTable } from './play/lost-table';
import { Monitor } from './checks/monitor';
import { CoverageCounter, phasesOf, PhaseTracker, waitsOf, type Coverage } from './scenario/phases';
import { Players } from './play/players';
import { kindOf, type Happening, type Phase, type Scenario, type WorldPlan } from './scenario/scenario';
import { TableMirror } from './play/table-mirror';
import { WATCH_EVERY_MS } from './checks/timing-invariants';

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  readonly coverage: Coverage;
  /** How long the world lived, in seconds of its own time. */
  readonly virtualSeconds: number;
}

/** How long what waits for a phase, or for a call, may wait after the last happening that goes by the clock. */
const PATIENCE_SECONDS = 180;
/** Longer than it takes an interruption to come to its end, and the reconciler to look thrice. */
const CALM_MS = 200_000;
/** Whatever is not at rest so long after the last fault never will be. */
const REST_WITHIN_MS = 3 * 60 * 60_000;
/** Two a node, of a crowd. */
const ELASTIC_IP_QUOTA = 60;
/** A table that takes as long shows in how long an address is away. */
const SLOW_TABLE_MS = 500;
/** Instead of the measured few in a hundred. */
const SHARE_OF_TAILS = 0.25;

/** @param template of the CDK app, as `synthesize()` makes it; made once, for all scenarios */
export async function runScenario(scenario: Scenario, template: unknown): Promise<Outcome> {
  const run = await Run.open(scenario, template);
  try {
    return await run.play();
  } finally {
    await run.close();
  }
}

class Run {
  private readonly clock = new VirtualClock();
  private readonly startedAt = this.clock.now();
  private readonly facts = new Facts();
  private readonly counter = new CoverageCounter();
  private readonly chronicle = new Chronicle(() => this.clock.now(), this.startedAt);
  private readonly monitor: Monitor;
  private readonly mirror = new TableMirror((write) => this.monitor.wrote(write));
  private readonly phases: PhaseTracker;
  private readonly desk: FaultDesk;
  private readonly eventFaults: EventFaults;
  private readonly troubles = new Ec2Troubles(() => this.clock.now());
  private readonly table = new LostTable(() => this.sandbox, this.mirror, this.facts);
  /** Those that wait for a phase. */
  private waiting: Happening[] = [];
  private ceasedAt = Infinity;
  private sandbox!: Sandbox;
  private players!: Players;

  private constructor(
    private readonly scenario: Scenario,
    private readonly template: unknown,
  ) {
    const { stateMachines } = readTemplate(template);
    this.monitor = new Monitor(this.startedAt, this.chronicle, () => this.view(), waitsOf(stateMachines));
    this.phases = new PhaseTracker(phasesOf(stateMachines), this.mirror.nodes);
    this.desk = new FaultDesk((fault, { actor, nodeId }, command) => {
      this.facts.causes.add('call', nodeId, this.clock.now());
      this.counter.count(kindOf({ ...fault, atSeconds: 0 }), actor);
      this.chronicle.tell('x', `${kindOf({ ...fault, atSeconds: 0 })} strikes ${command} in ${actor}`);
    });
    this.eventFaults = new EventFaults(
      scenario.world.promptEvents,
      new Random(`${scenario.seed}/deliveries`),
      (fault, event) => {
        const { detail } = event as { detail: { 'instance-id': string; state?: string } };
        const id = detail['instance-id'];
        const node = [...this.mirror.nodes.values()].find(
          ({ instance, operation }) => instance?.id === id || operation?.launch?.instanceId === id,
        );
        const phase = node === undefined ? 'at-rest' : this.phases.of(node.id);
        this.facts.causes.add('event', node?.id, this.clock.now());
        this.counter.count(kindOf({ ...fault, atSeconds: 0 }), phase);
        this.chronicle.tell('x', `${kindOf({ ...fault, atSeconds: 0 })}: ${id} ${detail.state ?? ''}`.trimEnd());
      },
    );
  }

  static async open(scenario: Scenario, template: unknown): Promise<Run> {
    const run = new Run(scenario, template);
    run.sandbox = await run.openSandbox();
    const surroundings = await run.makeSurroundings();
    run.players = new Players({
      scenario,
      surroundings,
      sandbox: run.sandbox,
      facts: run.facts,
      nodes: run.mirror.nodes,
      phases: run.phases,
      desk: run.desk,
      eventFaults: run.eventFaults,
      troubles: run.troubles,
      table: run.table,
      chronicle: run.chronicle,
      failed: (error) => run.monitor.report('nothing is thrown', [String(error)]),
      meets: (kind, phase) => run.counter.count(kind, phase),
    });
    return run;
  }

  async play(): Promise<Outcome> {
    const { nodes, happenings } = this.scenario;
    this.keepLooking();
    for (const [index, { atSeconds }] of nodes.entries()) this.at(atSeconds, () => this.players.create(index));
    for (const happening of happenings) {
      this.at(happening.atSeconds, () => this.begin(happening));
      if (happening.kind === 'table' && happening.how === 'rolled-back') {
        const { atSeconds, backSeconds } = happening;
        this.at(Math.max(0, atSeconds - backSeconds), () => void this.table.back(atSeconds));
      }
    }
    const last = Math.max(0, ...[...nodes, ...happenings].map(({ atSeconds }) => atSeconds));
    await this.clock.advance((last + 1) * 1000);
    await this.clock.run(() => this.waiting.length === 0 && this.desk.isIdle(), PATIENCE_SECONDS * 1000);
    await this.untilCapacityIsBack();
    const lasts = Math.max(0, ...happenings.map(({ kind }) => LASTS_SECONDS[kind] ?? 0));
    await this.clock.advance(lasts * 1000);
    this.waiting = [];
    this.ceasedAt = this.clock.now();
    this.players.cease();
    this.chronicle.tell('!', 'from now on nothing goes wrong');
    await this.settle(this.players.recover());
    await this.untilAtRest();
    this.monitor.atRest();
    const virtualSeconds = (this.clock.now() - this.startedAt) / 1000;
    const { violations } = this.monitor;
    return { violations, trace: this.chronicle.lines(), coverage: this.counter.coverage(), virtualSeconds };
  }

  close(): Promise<void> {
    return this.sandbox.plane.stop();
  }

  private openSandbox(): Promise<Sandbox> {
    const { seed, world } = this.scenario;
    const functions = new InstrumentedFunctions({
      clock: this.clock,
      random: new Random(`${seed}/functions`),
      world,
      desk: this.desk,
      mirror: this.mirror,
    });
    return openSandbox({
      clock: this.clock,
      seed,
      ec2: {
        elasticIpSurvivesTermination: world.elasticIpSurvivesTermination,
        interfaceInUseCode: world.interfaceInUseCode,
        elasticIpQuota: ELASTIC_IP_QUOTA,
        latencies: world.latencies === 'quick' && world.describeLagMs > 0 ? QUICK_AND_LATE : LATENCIES[world.latencies],
        shortPageShare: world.shortPageShare,
        trail: world.trail,
        describeLagMs: lagOf(world),
        shuffleAnswers: world.shuffledAnswers,
        faults: this.troubles.faults,
        onCall: (call) => this.monitor.call(call),
        onTransition: (transition) => this.monitor.transition(transition),
      },
      template: this.template,
      controlPlane: {
        directTables: true,
        coldStarts: world.coldStarts,
        loadEntry: functions.load,
        deliver: this.eventFaults.deliver,
        onHistory: (execution, entry) => {
          this.monitor.entered(execution, entry, this.phases.nodeOf(execution));
          if (entry.type !== 'entered') return;
          const begun = this.phases.entered(execution, entry);
          if (begun !== undefined) this.phaseBegan(begun.phase, begun.nodeId);
        },
        onExecution: (execution) => {
          if (execution.status === 'RUNNING') this.monitor.began(this.phases.nodeOf(execution));
          else this.phases.ended(execution);
        },
      },
    });
  }

  private async makeSurroundings(): Promise<Surroundings> {
    const { sandbox, scenario } = this;
    const { account, ec2 } = sandbox;
    const otherSecurityGroupId = ec2.addSecurityGroup({ vpcId: account.vpcId, name: 'others' });
    const elasticIps: { own: string; other: string }[] = [];
    for (const _node of scenario.nodes) {
      const own = await this.settle(allocateElasticIp(sandbox));
      elasticIps.push({ own, other: await this.settle(allocateElasticIp(sandbox)) });
    }
    return { account, otherSecurityGroupId, elasticIps };
  }

  private at(seconds: number, callback: () => void): void {
    this.clock.setTimeout(callback, this.startedAt + seconds * 1000 - this.clock.now());
  }

  private keepLooking(): void {
    this.monitor.look();
    this.clock.setTimeout(() => this.keepLooking(), WATCH_EVERY_MS);
  }

  private begin(happening: Happening): void {
    if (happening.during === undefined) this.players.makeHappen(happening);
    else if (happening.during === 'at-rest' && this.isAtRest(happening)) this.players.makeHappen(happening);
    else this.waiting.push(happening);
  }

  private isAtRest(happening: Happening): boolean {
    const id = 'node' in happening ? this.players.idOf(happening.node) : undefined;
    return id !== undefined && this.phases.of(id) === 'at-rest';
  }

  private phaseBegan(phase: Phase, nodeId: string | undefined): void {
    const isMeant = (each: Happening): boolean =>
      each.during === phase && (!('node' in each) || this.players.idOf(each.node) === nodeId);
    const begun = this.waiting.filter(isMeant);
    this.waiting = this.waiting.filter((each) => !isMeant(each));
    for (const each of begun) this.clock.setTimeout(() => this.players.makeHappen(each), each.afterMs ?? 0);
  }

  private async untilCapacityIsBack(): Promise<void> {
    const back = Math.max(this.clock.now(), ...this.facts.capacity.map(({ untilMs }) => untilMs));
    await this.clock.advance(back - this.clock.now());
  }

  /** At rest is what stays so while nothing but the reconciler runs. */
  private async untilAtRest(): Promise<void> {
    const from = this.clock.now();
    for (;;) {
      const leftMs = from + REST_WITHIN_MS - this.clock.now();
      const ended = leftMs > 0 ? await this.clock.run(() => this.isQuiet(), leftMs) : 'limit';
      if (ended !== 'done') {
        this.monitor.report('everything comes to rest', [this.whyNotQuiet()]);
        return;
      }
      const before = this.versions();
      await this.clock.advance(CALM_MS);
      if (this.isQuiet() && this.versions() === before) return;
    }
  }

  private isQuiet(): boolean {
    return !this.players.isBusy() && !this.sandbox.plane.isBusy() && this.unsettled() === undefined;
  }

  /** A failure from before all was well has to be tried again; one since then has a reason of its own. */
  private unsettled(): string | undefined {
    const ceasedAt = new Date(this.ceasedAt).toISOString();
    const node = [...this.mirror.nodes.values()].find(
      ({ operation, failure, updatedAt }) =>
        operation !== undefined || (failure?.nextTryAt !== undefined && updatedAt < ceasedAt),
    );
    if (node !== undefined) return `${node.id} (${node.operation?.kind ?? node.failure?.operation})`;
    const kept = [...this.mirror.nodes.values()].find(({ givenUp = [] }) => givenUp.length > 0);
    return kept?.id ?? orphansIn(this.sandbox.ec2.world, this.mirror.nodes, this.facts)[0]?.id;
  }

  private whyNotQuiet(): string {
    const running = this.sandbox.plane.executions().filter(({ status }) => status === 'RUNNING');
    const names = running.map(({ stateMachineName, history }) => `${stateMachineName} in ${history.at(-1)?.state}`);
    return `after ${REST_WITHIN_MS / 60_000} minutes: ${[...names, this.unsettled() ?? ''].join(', ')}`;
  }

  private versions(): string {
    // What fails for a reason that lasts is tried again and again.
    const settled = [...this.mirror.nodes.values()].filter(({ failure }) => failure?.nextTryAt === undefined);
    return settled.map(({ id, version }) => `${id}:${version}`).join();
  }

  private view(): View {
    return {
      nowMs: this.clock.now(),
      world: this.sandbox.ec2.world,
      nodes: this.mirror.nodes,
      claims: this.mirror.claims,
      logs: this.mirror.logs,
      facts: this.facts,
      phaseOf: (nodeId) => this.phases.of(nodeId),
      running: this.sandbox.plane.executions().filter(({ status }) => status === 'RUNNING'),
      clockErrorMs: this.scenario.world.clockErrorMs,
      isSteady: isSteady(this.scenario.world),
    };
  }

  private async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = () => (isSettled = true);
    promise.then(settled, settled);
    await this.clock.run(() => isSettled);
    return promise;
  }
}

/** Up to so long. Every change is shown late by a draw of its own. */
function lagOf({ describeLagMs }: WorldPlan): number | Distribution {
  return describeLagMs === 0 ? 0 : { typicalMs: [0, describeLagMs], tailMs: describeLagMs, tailShare: 0 };
}

/** What lasts until faults cease, and for how long at the least: a node has to say why by then, or to slow down. */
const LASTS_SECONDS: Readonly<Partial<Record<Happening['kind'], number>>> = {
  refusal: 1_200,
  'crash-loop': 2_400,
  'launch-deaths': 1_200,
  protect: 1_200,
  table: 1_200,
};

function isSteady(world: WorldPlan): boolean {
  const { latencies, coldStarts, tableLatencyMs, clockErrorMs, describeLagMs } = world;
  if (describeLagMs > 0) return false;
  const isQuick = latencies === 'steady' || latencies === 'quick';
  return isQuick && !coldStarts && tableLatencyMs < SLOW_TABLE_MS && clockErrorMs < SLOW_TABLE_MS;
}

function withTails(tailShare: number): Partial<Latencies> {
  const entries = Object.entries(DEFAULT_LATENCIES).map(([name, latency]) => [name, { ...latency, tailShare }]);
  return Object.fromEntries(entries) as Partial<Latencies>;
}

/** Instances that come to their state at about the time at which somebody looks whether they have. */
const QUICK: Partial<Latencies> = {
  ...withTails(0),
  newResourceVisible: 0,
  instanceRunning: { typicalMs: [400, 1_600], tailMs: 1_600, tailShare: 0 },
  instanceTerminated: { typicalMs: [100, 800], tailMs: 800, tailShare: 0 },
  interfaceAttachedAtLaunch: { typicalMs: [100, 200], tailMs: 200, tailShare: 0 },
};

/** Where answers lag, no instance runs before its launch is answered: its event would be about one that nobody knows. */
const QUICK_AND_LATE: Partial<Latencies> = {
  ...QUICK,
  instanceRunning: { typicalMs: [1_200, 3_000], tailMs: 3_000, tailShare: 0 },
};

const LATENCIES: Readonly<Record<WorldPlan['latencies'], Partial<Latencies>>> = {
  measured: {},
  tails: withTails(SHARE_OF_TAILS),
  steady: withTails(0),
  quick: QUICK,
};
