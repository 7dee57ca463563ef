/** Observes a run: writes its trace, and checks the invariants on every call, write, transition and state entered. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Turns } from '../../domain/throttling/turns';
import type { Execution, HistoryEntry } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { TransitionRecord } from '../../simulator/ec2/ec2-state';
import { REST_INVARIANTS } from './rest-invariants';
import type { Trace } from '../facts/trace';
import { currentInvocation, type Invocation } from '../facts/invocation';
import { CALL_INVARIANTS, WRITE_INVARIANTS, type View, type Violation } from './invariants';
import { isAlive, isEndedByCall, nodeTag } from '../facts/world-facts';
import { missingLines, requiredBy, type RequiredLine } from './log-invariants';
import { Pace, PACED_OVER_MS, tooMany, type Paced } from './pace';
import { whyUntrue } from './error-reasons';
import type { Wait } from '../scenario/phases';
import { LaunchTurns } from './launch-turns';
import { StormInvariants } from './storm-invariants';
import type { RecordWrite } from '../facts/table-mirror';
import { TimingInvariants } from './timing-invariants';

/** From this many instances that ended by themselves, the node counts as in a crash loop. */
const CRASH_LOOP = 3;

export class Monitor {
  readonly violations: Violation[] = [];
  private readonly requiredLines: RequiredLine[] = [];
  private readonly timing: TimingInvariants;
  private readonly storm: StormInvariants;
  private readonly launchTurns = new LaunchTurns();
  private readonly paced = new Pace();

  /** The nodes whose launch has met a refused look since its last request. */
  private readonly delayed = new Set<string>();

  /** @param waits what each waiting state waits for, by machine and state */
  constructor(
    private readonly startedAt: number,
    private readonly trace: Trace,
    private readonly view: () => View,
    private readonly waits: ReadonlyMap<string, Wait>,
  ) {
    const report = (invariant: string, violations: readonly string[]): void => this.report(invariant, violations);
    this.timing = new TimingInvariants(view, report);
    this.storm = new StormInvariants(view, report);
  }

  /** Must be called every `TIMING_CHECK_INTERVAL_MS`. */
  checkTiming(): void {
    this.timing.checkNodes();
    this.storm.checkNodes();
  }

  /** A function sends a request to EC2. */
  requested(command: string, by: Invocation): void {
    if (command !== 'RunInstances' || by.nodeId === undefined) return;
    const { facts, nowMs, clockErrorMs } = this.view();
    const { nodeId } = by;
    if (nowMs < facts.turnsUnreadableUntilMs || facts.lost.size > 0) this.launchTurns.forget();
    const violations = this.launchTurns.requested(nodeId, by, {
      nowMs,
      clockErrorMs,
      faults: facts.callsFaulted,
      isDelayed: this.delayed.delete(nodeId),
      isWithoutPacer: facts.withoutPacer.has(nodeId),
      isTakenOver: facts.causes.excuse(['abort'], nodeId, 0),
    });
    this.report('launches keep to their turns', violations);
  }

  /** A function has written the pacer's item. @param nodeId whose launch took a turn */
  turnsMoved(turns: Turns, nodeId: string | undefined): void {
    this.launchTurns.wrote(turns, nodeId, this.view().nowMs);
  }

  call(call: CallRecord): void {
    const by = currentInvocation();
    const { command, input, outcome } = call;
    const isLook = command.startsWith('Describe');
    if (by !== undefined && !(isLook && outcome === 'ok')) {
      this.trace.add('>', `${by.actor}: ${command} ${idsIn(input)}${outcome === 'ok' ? '' : `: ${outcome}`}`);
    }
    if (by?.nodeId !== undefined) this.answered(call, by.actor, by.nodeId);
    if (by === undefined || outcome !== 'ok') return;
    const view = this.view();
    for (const [name, check] of Object.entries(CALL_INVARIANTS)) this.report(name, check(view, call, by));
    this.timing.call(call, by);
    this.storm.call(call);
  }

  /** EC2 has answered a call for a node. */
  private answered({ command, outcome }: CallRecord, actor: string, nodeId: string): void {
    this.pace(nodeId, 'calls');
    if (command === 'RunInstances' && outcome.endsWith('.NotFound')) this.launchTurns.notShownYet(nodeId);
    const isDelayed = actor === 'launch-instance' && outcome === 'RequestLimitExceeded';
    if (isDelayed && command.startsWith('Describe')) this.delayed.add(nodeId);
  }

  wrote(write: RecordWrite): void {
    const { before, after, nodeId } = write;
    if (before === undefined && after !== undefined) this.trace.setName(nodeId, after.config.name);
    const text = describeChange(before, after);
    if (text !== undefined) this.trace.add('#', `${nodeId} ${text}`);
    const view = this.view();
    if (after !== undefined) {
      view.facts.history.wrote(after);
      view.facts.forgottenElasticIps.delete(after.config.compute.elasticIp ?? '');
    }
    for (const [name, check] of Object.entries(WRITE_INVARIANTS)) this.report(name, check(view, write));
    this.noteInstance(view, write);
    this.timing.wrote(write);
    this.storm.wrote(write);
    if (before !== undefined && after !== undefined && needsReason(before, after)) {
      const why = whyUntrue(view, after, before);
      if (why !== undefined) this.report('a node in ERROR gives its true reason', [`${nodeId}: ${why}`]);
    }
    const line = requiredBy(write, view.nowMs);
    if (line !== undefined) this.requiredLines.push(line);
  }

  transition(transition: TransitionRecord): void {
    const { resourceId, what, from, to } = transition;
    const { facts, world } = this.view();
    if (what === 'instance' && to === 'stopping') facts.stopped.add(resourceId);
    if (what === 'association') facts.ownerWhenAssociated.set(to, nodeTag(world.networkInterfaces.get(to)));
    this.timing.transition(transition);
    this.trace.add('*', `${what} ${resourceId}: ${from} -> ${to}`);
  }

  /** @param nodeId of the execution; undefined as long as it is unknown */
  entered(execution: Execution, entry: HistoryEntry, nodeId: string | undefined): void {
    const { stateMachineName } = execution;
    const { state, type, error, next } = entry;
    const wait = this.waits.get(`${stateMachineName}/${state}`);
    if (wait !== undefined) this.timing.waited(execution, entry, wait, nodeId);
    const machine = `${nodeId ?? 'some node'} ${stateMachineName.replace(/^.*?-(\w+)-node$/, '$1')}`;
    if (nodeId !== undefined && (type === 'entered' || type === 'retried')) this.pace(nodeId, 'transitions');
    if (type === 'entered') this.trace.add('=', `${machine}: ${state}`);
    if (type === 'retried') this.trace.add('=', `${machine}: ${state}, again`);
    if (type === 'caught') this.trace.add('=', `${machine}: ${state} failed, on to ${next ?? ''}`);
    if (type === 'failed') this.trace.add('=', `${machine}: ${state} failed: ${error ?? ''}`);
  }

  /** An execution has begun. @param nodeId undefined if it is for no node */
  began(nodeId: string | undefined): void {
    if (nodeId !== undefined) this.pace(nodeId, 'executions');
  }

  private pace(nodeId: string, what: Paced): void {
    const { nowMs, facts, world } = this.view();
    const ends = [...world.instances.values()].filter(
      (each) => nodeTag(each) === nodeId && (facts.stopped.has(each.id) || (!isEndedByCall(each) && !isAlive(each))),
    );
    // With its pauses, a crash loop has eight ends in the first hour, and two executions for each. Within an operation,
    // replacements that end are relaunched for ten minutes.
    const happenings = facts.causes.countSince(nodeId, nowMs - PACED_OVER_MS) + (ends.length >= CRASH_LOOP ? 3 : 0);
    const excess = tooMany(what, this.paced.count(nodeId, what, nowMs), happenings);
    if (excess !== undefined) this.report('no node loops', [`${nodeId} took ${excess}`]);
  }

  /** Checks the invariants of a run at rest. */
  atRest(): void {
    const view = this.view();
    for (const [name, check] of Object.entries(REST_INVARIANTS)) this.report(name, check(view));
    this.report('the log records what happened', missingLines(this.requiredLines, view.logs, view.clockErrorMs === 0));
  }

  /** Records each violation once. */
  report(invariant: string, violations: readonly string[]): void {
    for (const violation of new Set(violations)) {
      const what = this.trace.shorten(violation);
      if (this.violations.some((known) => known.invariant === invariant && known.what === what)) continue;
      const atSeconds = (this.view().nowMs - this.startedAt) / 1000;
      this.violations.push({ atSeconds, invariant, what });
      this.trace.add('?', `${invariant}: ${what}`);
    }
  }

  /**
   * An instance is launched for its operation's configuration, which may differ from the node's present one. A restored
   * record may name an older operation than the one that launched the instance.
   */
  private noteInstance({ facts }: View, { before, after, nodeId }: RecordWrite): void {
    const { instance } = after ?? {};
    const known = facts.nodes.get(nodeId);
    if (instance === undefined || instance.id === before?.instance?.id || facts.lost.has(instance.id)) return;
    if (known !== undefined && before?.operation !== undefined) known.launchedFor = before.operation.config;
  }
}

/** Whether the write gives a new reason, or lacks one that it needs. */
function needsReason(before: StatefulNode, { status, errorReason, operation }: StatefulNode): boolean {
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

/** The ids anywhere in a request. */
function idsIn(input: unknown): string {
  const ids = JSON.stringify(input).match(/\b(i|eni|eni-attach|eipalloc|eipassoc)-0[0-9a-f]{16}\b/g) ?? [];
  return [...new Set(ids)].join(', ');
}
