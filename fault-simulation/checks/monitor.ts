/** Watches a run: tells its story, counts what met what, and judges every call and every write. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Execution, HistoryEntry } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { TransitionRecord } from '../../simulator/ec2/ec2-state';
import { REST_INVARIANTS } from './rest-invariants';
import type { Chronicle } from '../play/trace';
import { currentInvocation } from '../play/invocation';
import { CALL_INVARIANTS, WRITE_INVARIANTS, type View, type Violation } from './invariants';
import { isAlive, isEndedByCall, nodeTag } from '../play/world-facts';
import { missingLines, owedBy, type OwedLine } from './log-invariants';
import { Pace, PACED_OVER_MS, tooMany, type Paced } from './pace';
import { whyUntrue } from './error-reasons';
import type { Wait } from '../scenario/phases';
import type { RecordWrite } from '../play/table-mirror';
import { Watch } from './timing-invariants';

/** Instances that end by themselves, from which on it is a loop. */
const CRASH_LOOP = 3;

export class Monitor {
  readonly violations: Violation[] = [];
  private readonly owed: OwedLine[] = [];
  private readonly watch: Watch;
  private readonly paced = new Pace();

  /** @param waits what the states of the machines wait for, by machine and state */
  constructor(
    private readonly startedAt: number,
    private readonly chronicle: Chronicle,
    private readonly view: () => View,
    private readonly waits: ReadonlyMap<string, Wait>,
  ) {
    this.watch = new Watch(view, (invariant, faults) => this.report(invariant, faults));
  }

  /** To be called every `WATCH_EVERY_MS`. */
  look(): void {
    this.watch.look();
  }

  call(call: CallRecord): void {
    const by = currentInvocation();
    const { command, input, outcome } = call;
    const isLook = command.startsWith('Describe');
    if (by !== undefined && !(isLook && outcome === 'ok')) {
      this.chronicle.tell('>', `${by.actor}: ${command} ${idsIn(input)}${outcome === 'ok' ? '' : `: ${outcome}`}`);
    }
    if (by?.nodeId !== undefined) this.pace(by.nodeId, 'calls');
    if (by === undefined || outcome !== 'ok') return;
    const view = this.view();
    for (const [name, judge] of Object.entries(CALL_INVARIANTS)) this.report(name, judge(view, call, by));
    this.watch.call(call, by);
  }

  wrote(write: RecordWrite): void {
    const { before, after, nodeId } = write;
    if (before === undefined && after !== undefined) this.chronicle.call(nodeId, after.config.name);
    const text = describeChange(before, after);
    if (text !== undefined) this.chronicle.tell('#', `${nodeId} ${text}`);
    const view = this.view();
    if (after !== undefined) view.facts.history.wrote(after);
    for (const [name, judge] of Object.entries(WRITE_INVARIANTS)) this.report(name, judge(view, write));
    this.noteInstance(view, write);
    this.watch.wrote(write);
    if (before !== undefined && after !== undefined && owesReason(before, after)) {
      const why = whyUntrue(view, after, before);
      if (why !== undefined) this.report('a node in ERROR says truly why', [`${nodeId}: ${why}`]);
    }
    const owed = owedBy(write, view.nowMs);
    if (owed !== undefined) this.owed.push(owed);
  }

  transition(transition: TransitionRecord): void {
    const { resourceId, what, from, to } = transition;
    if (what === 'instance' && to === 'stopping') this.view().facts.stopped.add(resourceId);
    this.watch.transition(transition);
    this.chronicle.tell('*', `${what} ${resourceId}: ${from} -> ${to}`);
  }

  /** @param nodeId of the execution, as far as it is known */
  entered(execution: Execution, entry: HistoryEntry, nodeId: string | undefined): void {
    const { stateMachineName } = execution;
    const { state, type, error, next } = entry;
    const wait = this.waits.get(`${stateMachineName}/${state}`);
    if (wait !== undefined) this.watch.waited(execution, entry, wait, nodeId);
    const machine = `${nodeId ?? 'some node'} ${stateMachineName.replace(/^.*?-(\w+)-node$/, '$1')}`;
    if (nodeId !== undefined && (type === 'entered' || type === 'retried')) this.pace(nodeId, 'transitions');
    if (type === 'entered') this.chronicle.tell('=', `${machine}: ${state}`);
    if (type === 'retried') this.chronicle.tell('=', `${machine}: ${state}, again`);
    if (type === 'caught') this.chronicle.tell('=', `${machine}: ${state} failed, on to ${next ?? ''}`);
    if (type === 'failed') this.chronicle.tell('=', `${machine}: ${state} failed: ${error ?? ''}`);
  }

  /** An execution has begun. @param nodeId undefined where it is for none */
  began(nodeId: string | undefined): void {
    if (nodeId !== undefined) this.pace(nodeId, 'executions');
  }

  private pace(nodeId: string, what: Paced): void {
    const { nowMs, facts, world } = this.view();
    const ends = [...world.instances.values()].filter(
      (each) => nodeTag(each) === nodeId && (facts.stopped.has(each.id) || (!isEndedByCall(each) && !isAlive(each))),
    );
    // With its pauses a crash loop takes two executions for each end, eight ends in the first hour; and within an operation
    // replacements that end are launched anew for ten minutes.
    const happenings = facts.causes.begunSince(nodeId, nowMs - PACED_OVER_MS) + (ends.length >= CRASH_LOOP ? 3 : 0);
    const excess = tooMany(what, this.paced.count(nodeId, what, nowMs), happenings);
    if (excess !== undefined) this.report('nothing goes round and round', [`${nodeId} took ${excess}`]);
  }

  /** Judges what has come to rest. */
  atRest(): void {
    const view = this.view();
    for (const [name, judge] of Object.entries(REST_INVARIANTS)) this.report(name, judge(view));
    this.report('the log tells what happened', missingLines(this.owed, view.logs, view.clockErrorMs === 0));
  }

  report(invariant: string, faults: readonly string[]): void {
    for (const fault of new Set(faults)) {
      const what = this.chronicle.named(fault);
      if (this.violations.some((known) => known.invariant === invariant && known.what === what)) continue;
      const atSeconds = (this.view().nowMs - this.startedAt) / 1000;
      this.violations.push({ atSeconds, invariant, what });
      this.chronicle.tell('?', `${invariant}: ${what}`);
    }
  }

  /** The configuration that an instance was launched for is its operation's, not the present one. */
  private noteInstance({ facts }: View, { before, after, nodeId }: RecordWrite): void {
    const isNew = after?.instance !== undefined && after.instance.id !== before?.instance?.id;
    const known = facts.nodes.get(nodeId);
    if (isNew && known !== undefined && before?.operation !== undefined) known.launchedFor = before.operation.config;
  }
}

/** A reason that is new, or one that is missing. */
function owesReason(before: StatefulNode, { status, errorReason, operation }: StatefulNode): boolean {
  if (errorReason === undefined) return status === 'ERROR' && operation === undefined;
  return errorReason !== before.errorReason;
}

function describeChange(before: StatefulNode | undefined, after: StatefulNode | undefined): string | undefined {
  if (after === undefined) return 'is removed';
  const was = before === undefined ? '' : summary(before);
  const is = summary(after);
  return was === is ? undefined : is;
}

function summary({ status, operation, instance, identity, intents, errorReason }: StatefulNode): string {
  return [
    status,
    operation === undefined ? 'at rest' : `${operation.kind} operation ${operation.generation}`,
    operation?.launch === undefined
      ? ''
      : `launch ${operation.launch.state} ${operation.launch.instanceId ?? ''}`.trim(),
    `on ${instance?.id ?? 'no instance'}`,
    `with ${identity.interfaceId ?? 'no interface'} ${identity.privateIp ?? ''}`.trim(),
    intents.length === 0 ? '' : `waiting: ${intents.map(({ kind }) => kind).join(', ')}`,
    errorReason ?? '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The ids that a request names, wherever they stand in it. */
function idsIn(input: unknown): string {
  const ids = JSON.stringify(input).match(/\b(i|eni|eni-attach|eipalloc|eipassoc)-0[0-9a-f]{16}\b/g) ?? [];
  return [...new Set(ids)].join(', ');
}
