/** Runs a scenario on the real state machines, functions and wiring, and returns the violations. */
import { allocateElasticIp, openSandbox, type Sandbox } from '../local/sandbox';
import { readTemplate } from '../simulator/cloudformation/template';
import type { Execution } from '../simulator/step-functions/step-functions';
import { VirtualClock } from '../simulator/time/clock';
import { Random } from '../simulator/time/random';
import { orphansIn } from './checks/rest-invariants';
import type { AccountResources } from './scenario/documents';
import { ActionFaults } from './play/action-faults';
import { EventFaults } from './play/event-faults';
import { callingInvocation } from './facts/invocation';
import { Facts } from './facts/known-facts';
import { CallFaults } from './play/call-faults';
import { InstrumentedFunctions } from './play/instrumented-functions';
import type { View, Violation } from './checks/invariants';
import { LostTable } from './play/lost-table';
import { Monitor } from './checks/monitor';
import { CoverageCounter, phasesOf, PhaseTracker, waitsOf, type Coverage } from './scenario/phases';
import { ScenarioDriver } from './play/scenario-driver';
import { isSteady, lagOf, latenciesOf } from './play/world-settings';
import { kindOf, type Happening, type Phase, type Scenario } from './scenario/scenario';
import { impossiblyTaken } from './scenario/transition-plan';
import { machineOf, TransitionCounter } from './scenario/transitions';
import { TableMirror } from './facts/table-mirror';
import { Trace } from './facts/trace';
import { TIMING_CHECK_INTERVAL_MS } from './checks/timing-invariants';

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  readonly coverage: Coverage;
  /** How often executions took each transition: by machine, then by the transition's name. */
  readonly transitions: Coverage;
  /** How long the run took, in seconds of virtual time. */
  readonly virtualSeconds: number;
}

/** How long happenings may wait for their phase, and faults for their call, after the last scheduled time. */
const PHASE_WAIT_SECONDS = 180;
/** The same for a state: an operation may have to fail first, which takes minutes. */
const STATE_WAIT_SECONDS = 900;
/**
 * The run must stay quiet for this long: longer than an interruption's two minutes and three runs of the reconciler.
 */
const QUIET_FOR_MS = 200_000;
/** A run that is not at rest this long after the last fault is stuck. */
const REST_WITHIN_MS = 3 * 60 * 60_000;
const ALLOCATION_PAUSE_MS = 1_000;
/** Its own, and another one to change to. */
const ELASTIC_IPS_A_NODE = 2;

/**
 * @param template of the CDK app, from `synthesize()`. One template serves all scenarios, because making it is slow.
 */
export async function runScenario(scenario: Scenario, template: unknown): Promise<Outcome> {
  const run = await Run.open(scenario, template);
  try {
    return await run.execute();
  } finally {
    await run.close();
  }
}

class Run {
  private readonly clock = new VirtualClock();
  private readonly startedAt = this.clock.now();
  private readonly facts = new Facts();
  private readonly counter = new CoverageCounter();
  private readonly transitions = new TransitionCounter();
  private readonly trace = new Trace(() => this.clock.now(), this.startedAt);
  private readonly monitor: Monitor;
  private readonly mirror = new TableMirror({
    wrote: (write) => this.monitor.wrote(write),
    turnsMoved: (turns, nodeId) => this.monitor.turnsMoved(turns, nodeId),
  });
  private readonly phases: PhaseTracker;
  private readonly callFaults: CallFaults;
  private readonly eventFaults: EventFaults;
  private readonly actionFaults = new ActionFaults(() => this.clock.now());
  private readonly table = new LostTable(() => this.sandbox, this.mirror, this.facts);
  /** Happenings that wait for their phase. */
  private waiting: Happening[] = [];
  /** How many happenings have met their phase and start a little later. */
  private starting = 0;
  private faultsStoppedAt = Infinity;
  private sandbox!: Sandbox;
  private driver!: ScenarioDriver;

  private constructor(
    private readonly scenario: Scenario,
    private readonly template: unknown,
  ) {
    const { stateMachines } = readTemplate(template);
    this.monitor = new Monitor(this.startedAt, this.trace, () => this.view(), waitsOf(stateMachines));
    this.phases = new PhaseTracker(phasesOf(stateMachines), this.mirror.nodes);
    this.callFaults = new CallFaults(this.clock, (fault, { actor, nodeId }, command) => {
      // A function that crashes or hangs does not go on without the pacer.
      const isWithoutPacer =
        fault.service === 'dynamodb' && actor === 'launch-instance' && !/crash|hang/.test(fault.fault);
      if (isWithoutPacer && nodeId !== undefined) this.facts.withoutPacer.add(nodeId);
      this.facts.causes.add('call', nodeId, this.clock.now());
      this.facts.callsFaulted += 1;
      this.counter.count(kindOf({ ...fault, atSeconds: 0 }), actor);
      this.trace.add('x', `${kindOf({ ...fault, atSeconds: 0 })} hits ${command} in ${actor}`);
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
        this.trace.add('x', `${kindOf({ ...fault, atSeconds: 0 })}: ${id} ${detail.state ?? ''}`.trimEnd());
      },
    );
  }

  static async open(scenario: Scenario, template: unknown): Promise<Run> {
    const run = new Run(scenario, template);
    run.sandbox = await run.openSandbox();
    const resources = await run.createResources();
    run.driver = new ScenarioDriver({
      scenario,
      resources,
      sandbox: run.sandbox,
      facts: run.facts,
      nodes: run.mirror.nodes,
      phases: run.phases,
      callFaults: run.callFaults,
      eventFaults: run.eventFaults,
      actionFaults: run.actionFaults,
      table: run.table,
      trace: run.trace,
      failed: (error) => run.monitor.report('nothing is thrown', [String(error)]),
      onHappening: (kind, phase) => run.counter.count(kind, phase),
    });
    return run;
  }

  async execute(): Promise<Outcome> {
    const { nodes, happenings } = this.scenario;
    this.checkTimingRegularly();
    for (const [index, { atSeconds }] of nodes.entries()) this.at(atSeconds, () => this.driver.create(index));
    for (const happening of happenings) {
      this.at(happening.atSeconds, () => this.begin(happening));
      if (happening.kind === 'table' && happening.how === 'rolled-back') {
        const { atSeconds, backSeconds } = happening;
        this.at(Math.max(0, atSeconds - backSeconds), () => void this.table.takeSnapshot(atSeconds));
      }
    }
    const last = Math.max(0, ...[...nodes, ...happenings].map(({ atSeconds }) => atSeconds));
    await this.clock.advance((last + 1) * 1000);
    const isAwaitingState = happenings.some(({ entering }) => entering !== undefined);
    const waitSeconds = isAwaitingState ? STATE_WAIT_SECONDS : PHASE_WAIT_SECONDS;
    await this.clock.run(() => this.hasAllStarted(), waitSeconds * 1000);
    await this.waitForCapacity();
    const lasts = Math.max(0, ...happenings.map(({ kind }) => LASTS_SECONDS[kind] ?? 0));
    await this.clock.advance(lasts * 1000);
    this.waiting = [];
    this.faultsStoppedAt = this.clock.now();
    this.driver.stopFaults();
    this.trace.add('!', 'no more faults from here on');
    await this.clock.settle(this.driver.recover());
    await this.waitForRest();
    this.monitor.atRest();
    const taken = this.transitions.counts();
    this.monitor.report('no execution takes a transition that counts as impossible', impossiblyTaken(taken));
    const virtualSeconds = (this.clock.now() - this.startedAt) / 1000;
    const { violations } = this.monitor;
    return {
      violations,
      trace: this.trace.lines(),
      coverage: this.counter.coverage(),
      transitions: taken,
      virtualSeconds,
    };
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
      callFaults: this.callFaults,
      onEc2Request: (command, by) => this.monitor.requested(command, by),
      faultsOfStates: this.scenario.happenings.some(({ entering }) => entering !== undefined),
    });
    return openSandbox({
      clock: this.clock,
      seed,
      ec2: {
        elasticIpSurvivesTermination: world.elasticIpSurvivesTermination,
        interfaceInUseCode: world.interfaceInUseCode,
        elasticIpQuota: ELASTIC_IPS_A_NODE * this.scenario.nodes.length,
        latencies: latenciesOf(world),
        shortPageShare: world.shortPageShare,
        trail: world.trail,
        describeLagMs: lagOf(world),
        shuffleAnswers: world.shuffledLists,
        faults: this.actionFaults.faults,
        onCall: (call) => this.monitor.call(call),
        onTransition: (transition) => this.monitor.transition(transition),
      },
      template: this.template,
      controlPlane: {
        coldStarts: world.coldStarts,
        modelledTime: world.modelledTime,
        onTableCall: (command, output) => this.mirror.performed(command, output, callingInvocation()),
        loadEntry: functions.load,
        deliver: this.eventFaults.deliver,
        onHistory: (execution, entry) => {
          this.monitor.entered(execution, entry, this.phases.nodeOf(execution));
          this.transitions.add(execution, entry);
          if (entry.type !== 'entered') return;
          this.stateEntered(execution, entry.state);
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

  private async createResources(): Promise<AccountResources> {
    const { sandbox, scenario } = this;
    const { account, ec2 } = sandbox;
    const otherSecurityGroupId = ec2.addSecurityGroup({ vpcId: account.vpcId, name: 'others' });
    const elasticIps: { own: string; other: string }[] = [];
    for (const _node of scenario.nodes) {
      elasticIps.push({ own: await this.allocateElasticIp(), other: await this.allocateElasticIp() });
    }
    return { account, otherSecurityGroupId, elasticIps };
  }

  /** EC2 allows 50 allocations at once, and then five a second. */
  private async allocateElasticIp(): Promise<string> {
    for (;;) {
      try {
        return await this.clock.settle(allocateElasticIp(this.sandbox));
      } catch (error) {
        if ((error as Error).name !== 'RequestLimitExceeded') throw error;
        await this.clock.advance(ALLOCATION_PAUSE_MS);
      }
    }
  }

  private at(seconds: number, callback: () => void): void {
    this.clock.setTimeout(callback, this.startedAt + seconds * 1000 - this.clock.now());
  }

  private checkTimingRegularly(): void {
    this.monitor.checkTiming();
    this.clock.setTimeout(() => this.checkTimingRegularly(), TIMING_CHECK_INTERVAL_MS);
  }

  private begin(happening: Happening): void {
    if (happening.entering !== undefined) this.waiting.push(happening);
    else if (happening.during === undefined) this.driver.start(happening);
    else if (happening.during === 'at-rest' && this.isAtRest(happening)) this.driver.start(happening);
    else this.waiting.push(happening);
  }

  private isAtRest(happening: Happening): boolean {
    const id = 'node' in happening ? this.driver.idOf(happening.node) : undefined;
    return id !== undefined && this.phases.of(id) === 'at-rest';
  }

  private phaseBegan(phase: Phase, nodeId: string | undefined): void {
    const isOf = (each: Happening): boolean => !('node' in each) || this.driver.idOf(each.node) === nodeId;
    this.startWaiting((each) => each.during === phase && isOf(each));
  }

  private stateEntered(execution: Execution, state: string): void {
    const machine = machineOf(execution);
    const nodeId = this.phases.nodeOf(execution);
    const isOf = (each: Happening): boolean =>
      !('node' in each) || (nodeId !== undefined && this.driver.isNode(each.node, nodeId));
    this.startWaiting(
      ({ entering, ...each }) => entering?.machine === machine && entering?.state === state && isOf(each),
    );
  }

  private startWaiting(isDue: (happening: Happening) => boolean): void {
    const begun = this.waiting.filter(isDue);
    this.waiting = this.waiting.filter((each) => !begun.includes(each));
    for (const each of begun) {
      // The first call of a state's step is made at the time when the state is entered.
      if (each.entering !== undefined && (each.afterMs ?? 0) === 0) this.driver.start(each);
      else this.startLater(each);
    }
  }

  private startLater(happening: Happening): void {
    this.starting += 1;
    const start = (): void => {
      this.starting -= 1;
      this.driver.start(happening);
    };
    this.clock.setTimeout(start, happening.afterMs ?? 0);
  }

  private hasAllStarted(): boolean {
    return this.waiting.length === 0 && this.starting === 0 && this.callFaults.isIdle();
  }

  private async waitForCapacity(): Promise<void> {
    const back = Math.max(this.clock.now(), ...this.facts.capacity.map(({ untilMs }) => untilMs));
    await this.clock.advance(back - this.clock.now());
  }

  /** The run is at rest when its records stay unchanged while only the reconciler runs. */
  private async waitForRest(): Promise<void> {
    const from = this.clock.now();
    for (;;) {
      const leftMs = from + REST_WITHIN_MS - this.clock.now();
      const ended = leftMs > 0 ? await this.clock.run(() => this.isQuiet(), leftMs) : 'limit';
      if (ended !== 'done') {
        this.monitor.report('everything comes to rest', [this.whyNotQuiet()]);
        return;
      }
      const before = this.versions();
      await this.clock.advance(QUIET_FOR_MS);
      if (this.isQuiet() && this.versions() === before) return;
    }
  }

  private isQuiet(): boolean {
    return !this.driver.isBusy() && !this.sandbox.plane.isBusy() && this.unsettled() === undefined;
  }

  /** A failure from before the faults stopped must be retried. A later failure has a lasting reason of its own. */
  private unsettled(): string | undefined {
    const faultsStoppedAt = new Date(this.faultsStoppedAt).toISOString();
    const node = [...this.mirror.nodes.values()].find(
      ({ operation, failure, updatedAt }) =>
        operation !== undefined || (failure?.nextTryAt !== undefined && updatedAt < faultsStoppedAt),
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
    // An operation with a lasting reason to fail is retried without end, so its node never stops changing.
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
      history: this.mirror.history,
      facts: this.facts,
      phaseOf: (nodeId) => this.phases.of(nodeId),
      running: this.sandbox.plane.executions().filter(({ status }) => status === 'RUNNING'),
      clockErrorMs: this.scenario.world.clockErrorMs,
      isSteady: isSteady(this.scenario.world),
    };
  }
}

/**
 * Faults that last until all faults stop, with the least time that each lasts: enough for a node to report its reason
 * or to back off, or for a step that hangs to begin a detachment.
 */
const LASTS_SECONDS: Readonly<Partial<Record<Happening['kind'], number>>> = {
  refusal: 1_200,
  'crash-loop': 2_400,
  'launch-deaths': 1_200,
  'slow-interface': 90,
  protect: 1_200,
  table: 1_200,
  // The faults of calls and events stay armed while the nodes are replaced.
  storm: 240,
};
