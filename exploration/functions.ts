/** The functions of Holdfast as processes: what each runs, and what becomes of it when it returns, fails or crashes. */
import { HoldfastError } from '../domain/errors';
import { stepEvent } from '../lambdas/steps/step-event';
import { runStep, withWindUp } from '../lambdas/steps/steps';
import { reconcile } from '../lambdas/reconciler/reconcile';
import { wakeWaiter } from '../lambdas/wake-waiter/wake';
import { createNodeService } from '../lambdas/api/create-node-service';
import { InvalidRequest } from '../lambdas/api/node-service';
import type { ApiPorts, Ports } from '../lambdas/ports';
import { elasticIpsIn, fleetIn, instancesIn, interfacesIn, tagsIn } from './abstract-ec2';
import { resume, type Answer, type Call, type Progress } from './coroutine';
import { Machines } from './machine';
import { fork, newId, nowIn, type Process, type State, type Wanted, type Work } from './state';
import { claimsIn, indexIn, nodesIn } from './table';
import { documentOf, nodeIdOf, type Wish, type World } from './world';
import type { Definitions } from './definition';

/** What a call returns, or what it throws. */
export type Given = { readonly value: unknown } | { readonly error: unknown };

export class Functions {
  readonly machines: Machines;
  /** Sees every call before it is performed. */
  watch: (call: Call) => void = () => undefined;

  constructor(
    private readonly world: World,
    definitions: Definitions,
  ) {
    this.machines = new Machines(definitions, (state, work) => this.begin(state, work));
  }

  /** Calls a function. It runs up to its first call in `settle`. */
  begin(state: State, work: Work): string {
    const pid = newId(state, 'process');
    state.processes.push({ pid, work, startedAt: nowIn(state), answers: [] });
    return pid;
  }

  /** Gives the process the answer to its call. */
  answer(state: State, process: Process, given: Given): void {
    const answer: Answer = { ...given, at: timeFor(process.work, nowIn(state)) };
    const { call: _made, isIdle: _idle, ...rest } = process;
    replace(state, { ...rest, answers: [...process.answers, answer] });
  }

  private perform(state: State, call: Call): Given {
    this.watch(call);
    try {
      return { value: this.carryOut(state, call) };
    } catch (error) {
      // Anything else is a fault of the explorer or of a definition, and no answer to a function.
      if (!(error instanceof HoldfastError)) throw error;
      return { error };
    }
  }

  private carryOut(state: State, { port, method, args }: Call): unknown {
    const found: unknown = this.portOf(state, port);
    const run = (found as Readonly<Record<string, unknown>>)[method];
    if (typeof run !== 'function') throw new RangeError(`${port}.${method} cannot be explored`);
    return (run as (...values: readonly unknown[]) => unknown)(...args);
  }

  private portOf(state: State, port: string): unknown {
    switch (port) {
      case 'instances':
        return instancesIn(state);
      case 'interfaces':
        return interfacesIn(state);
      case 'elasticIps':
        return elasticIpsIn(state);
      case 'fleet':
        return fleetIn(state);
      case 'tags':
        return tagsIn(state);
      case 'nodes':
        return nodesIn(state);
      case 'claims':
        return claimsIn(state);
      case 'index':
        return indexIn(state);
      case 'operations':
        return this.machines.operationsIn(state);
      case 'waitingTasks':
        return this.machines.waitingTasksIn(state);
      case 'time':
        return { sleep: () => undefined };
      default:
        throw new RangeError(`the port ${port} cannot be explored`);
    }
  }

  /** Runs every process up to its next call. What follows a return or a failure depends on the caller. */
  async settle(state: State): Promise<void> {
    for (let count = 0; ; count += 1) {
      if (count > MOST_RUNS) {
        state.isEndless = true;
        return;
      }
      const process = state.processes.find(({ call }) => call === undefined);
      if (process === undefined) return;
      const progress = await this.progressOf(process);
      const { pid } = process;
      switch (progress.kind) {
        case 'call':
          if (this.stopsAt(process, progress.call)) {
            replace(state, { ...process, call: progress.call, ...(isSleep(progress.call) && { isIdle: true }) });
          } else this.make(state, process, progress.call);
          break;
        case 'done':
          remove(state, pid);
          this.returned(state, process, progress.output);
          break;
        case 'failed':
          remove(state, pid);
          this.failed(state, process, progress.error);
          break;
      }
    }
  }

  private progressOf({ work, startedAt, answers }: Process): Promise<Progress> {
    const begun = { run: this.runOf(work), startedAt: timeFor(work, startedAt), random: randomOf(work) };
    return resume(begun, answers);
  }

  /** Whether other things may happen before the call. A poll always waits for them. */
  private stopsAt({ work }: Process, call: Call): boolean {
    const grain = this.world.grain?.[work.kind] ?? 'call';
    return isSleep(call) || grain === 'call' || (grain === 'write' && isWrite(call));
  }

  /** Makes the process's call, and gives it the answer. Returns what was given. */
  make(state: State, process: Process, call: Call): Given {
    const given = this.perform(state, call);
    if (isWriteOfRecord(call)) {
      if (process.work.kind === 'api' && 'value' in given) accept(state, process.work.wish);
      condemnReplaced(state);
    }
    const hasSaved = process.hasSaved === true || (isWriteOfRecord(call) && 'value' in given);
    this.answer(state, hasSaved ? { ...process, hasSaved } : process, given);
    return given;
  }

  /** Whether the function would change anything if it ran now and nothing else happened meanwhile. */
  async wouldAct(state: State, work: Work): Promise<boolean> {
    const trial = fork(state);
    let answers: readonly Answer[] = [];
    for (;;) {
      const progress = await this.progressOf({ pid: '', work, startedAt: nowIn(state), answers });
      if (progress.kind !== 'call') return false;
      if (isWrite(progress.call)) return true;
      answers = [...answers, { ...this.perform(trial, progress.call), at: nowIn(state) }];
    }
  }

  private runOf(work: Work): (ports: ApiPorts) => Promise<unknown> {
    switch (work.kind) {
      case 'step':
        return (ports) =>
          withWindUp(stepEvent.parse(work.event), async (event) => (await runStep(ports, event)).output);
      case 'wake':
        return (ports) => wakeWaiter(ports, { instanceId: work.instanceId, state: work.state, time: work.at });
      case 'reconcile':
        return reconcileOrThrow;
      case 'api':
        return (ports) => this.carryOutWish(ports, work.wish);
    }
  }

  private async carryOutWish(ports: ApiPorts, wish: Wish): Promise<unknown> {
    const service = createNodeService(ports);
    const nodeId = nodeIdOf(wish.node);
    switch (wish.kind) {
      case 'create':
        return service.create(documentOf(this.world.nodes[wish.node]!, wish.node));
      case 'update':
        return service.update(nodeId, wish.patch);
      case 'delete':
        return service.delete(nodeId, { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true });
      case 'leave':
        return service.delete(nodeId, { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: false });
      default:
        return service.act(nodeId, wish.kind);
    }
  }

  private returned(state: State, { pid, work, hasSaved }: Process, output: unknown): void {
    if (work.kind === 'step') this.machines.returned(state, pid, output);
    // An action that finds everything as it should be writes nothing, and is accepted all the same.
    if (work.kind === 'api' && hasSaved !== true) accept(state, work.wish);
  }

  /** A function that fails is called again by Lambda if an event has called it. */
  private failed(state: State, { pid, work }: Process, error: Error): void {
    if (work.kind === 'step') this.machines.threw(state, pid, error);
    // A document that no world should have. Any other request may be refused, as long as it changes nothing.
    const isRefused = work.kind === 'api' && work.wish.kind === 'create' && error instanceof InvalidRequest;
    if (isRefused && !this.hasRivalFor(work.wish.node)) throw error;
    if (work.kind === 'wake') state.events.push({ ...work, kind: 'state', id: newId(state, 'event') });
  }

  /** Whether another node has the same Elastic IP: then the node is made only once the other one is being deleted. */
  private hasRivalFor(index: number): boolean {
    const { nodes } = this.world;
    const wanted = nodes[index]?.elasticIp;
    return wanted !== undefined && nodes.some(({ elasticIp }, other) => other !== index && elasticIp === wanted);
  }

  /** The function ends at once, whatever it was doing. */
  crash(state: State, process: Process): void {
    const error = new Error('the function ended');
    error.name = 'Runtime.ExitError';
    remove(state, process.pid);
    this.failed(state, process, error);
  }
}

/** Functions that run at once make far fewer calls than this, unless they follow each other in a cycle. */
const MOST_RUNS = 2_000;

async function reconcileOrThrow(ports: Ports): Promise<unknown> {
  const outcome = await reconcile(ports);
  if (outcome.failures.length > 0) throw outcome.failures[0];
  return outcome;
}

/** No two requests are made at the same millisecond. */
function timeFor(work: Work, now: string): string {
  return work.kind === 'api' ? new Date(Date.parse(now) - work.number).toISOString() : now;
}

function randomOf(work: Work): string {
  return work.kind === 'api' ? nodeIdOf(work.wish.node).slice('smi-'.length) : '';
}

export function isSleep({ port }: Call): boolean {
  return port === 'time';
}

function isWriteOfRecord({ port, method }: Call): boolean {
  return port === 'nodes' && (method === 'save' || method === 'create');
}

/** A user has asked for another instance than the one that an operation replaces. */
function condemnReplaced(state: State): void {
  for (const { operation } of Object.values(state.table.nodes)) {
    const old = state.ec2.instances[operation?.oldInstanceId ?? ''];
    const isRequested = operation?.reason.includes('requested') === true;
    if (isRequested && old !== undefined && !old.isCondemned)
      state.ec2.instances[old.id] = { ...old, isCondemned: true };
  }
}

const READS: readonly string[] = [
  ...['observe', 'launchedBy', 'madeBy', 'running', 'hasEnded'],
  ...['get', 'getAll', 'glances', 'list', 'nodeOf', 'waiterOf'],
];

/** Whether the call may change something. */
export function isWrite({ port, method }: Call): boolean {
  return port !== 'fleet' && port !== 'time' && !READS.includes(method);
}

const WANTED_AFTER: Readonly<Partial<Record<Wish['kind'], Wanted>>> = {
  create: 'running',
  pause: 'paused',
  resume: 'running',
  recycle: 'running',
  delete: 'deleted',
  leave: 'deleted',
};

/** The wish is written down, so it must come true. */
export function accept(state: State, { kind, node }: Wish): void {
  const wanted = WANTED_AFTER[kind];
  if (wanted !== undefined) state.wanted = state.wanted.map((before, index) => (index === node ? wanted : before));
}

function replace(state: State, process: Process): void {
  state.processes = state.processes.map((each) => (each.pid === process.pid ? process : each));
}

function remove(state: State, pid: string): void {
  state.processes = state.processes.filter((each) => each.pid !== pid);
}
