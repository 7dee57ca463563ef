/**
 * Holdfast repairs many defects within a minute, so a check at rest would miss them. These invariants run on every
 * event. They check how long things take, and that each failure had an injected cause.
 */
import { attachmentOf } from '../../domain/config/node-config';
import type { Operation, StatefulNode } from '../../domain/node/stateful-node';
import { decideWake, type AwaitedState } from '../../domain/operation/await-instance';
import type { Execution, HistoryEntry } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { TransitionRecord } from '../../simulator/ec2/ec2-state';
import { isEndedByCall } from '../facts/world-facts';
import { driftIn } from './rest-invariants';
import { CONTROL_PLANE_FAULTS, ALL_FAULTS } from '../facts/injected-causes';
import type { View } from './invariants';
import type { Invocation } from '../facts/invocation';
import type { Wait } from '../scenario/phases';
import type { RecordWrite } from '../facts/table-mirror';

type Report = (invariant: string, violations: readonly string[]) => void;

/** How often `checkNodes` must be called. */
export const TIMING_CHECK_INTERVAL_MS = 5_000;
/** The slowest undelayed event, a cold start, and the function that the event invokes. */
const WOKEN_WITHIN_MS = 4_000;
/** Longer than the time-out of every wait: a fault at the start of a wait shows at its end. */
const LONGEST_WAIT_MS = 60_000;
/** From an event, or from the end of the operation before it, to the start of the execution for it. */
const STARTED_WITHIN_MS = 20_000;
/** From an event or a request to the end of the drain, including the wait's own checks. */
const DRAINED_WITHIN_MS = 30_000;
/** Two runs of the reconciler, because one may just have passed, and the time until tags are visible. */
const DRIFT_SEEN_WITHIN_MS = 150_000;
/** A node that cannot be repaired gives a reason within this time. Waiting for capacity, or for interfaces that are released late, may take longer. */
const REASON_WITHIN_MS = 15 * 60_000;
const REASON_WITHIN_MS_AT_LONGEST = 25 * 60_000;
/** How long a cause may still show: an operation waits for capacity for about 12 minutes. */
const LOOK_BACK_MS = 16 * 60_000;
/** More than the longest pause before the next retry, after EC2 has stopped refusing. */
const REFUSAL_SHOWS_FOR_MS = 12 * 60_000;
/** Long enough for EC2's listings to show a change. */
const VISIBLE_AFTER_MS = 60_000;

/** How long a detachment takes without EC2's slow latencies. */
const DETACHED_WITHIN_MS = 8_000;

/** The longest downtime of an address without EC2's slow latencies: EC2's own time, plus polling and retries. */
export const AWAY_WITHIN_MS = {
  hot: DETACHED_WITHIN_MS + 12_000,
  cold: 31_000 + 4_000 + 2_000 + 18_000 + 20_000,
} as const;

interface Away {
  readonly fromMs: number;
  readonly toMs: number | undefined;
  /** Whether the interface hung when it began: EC2 may have been made to keep it long before. */
  readonly hangs: boolean;
}

export class TimingInvariants {
  /** By instance, when it entered its present state. */
  private readonly changedAt = new Map<string, number>();
  /** By node, the present or the last period in which its addresses led to no running instance. */
  private readonly away = new Map<string, Away>();
  /** By node, for how long it has drifted without an operation, in milliseconds. */
  private readonly driftedFor = new Map<string, number>();
  /** By node, for how long it has been unsettled without a reason in its record, in milliseconds. */
  private readonly silentFor = new Map<string, number>();

  constructor(
    private readonly view: () => View,
    private readonly report: Report,
  ) {}

  transition({ resourceId, what, at }: TransitionRecord): void {
    if (what === 'instance') this.changedAt.set(resourceId, at);
    const { nodes, world, nowMs } = this.view();
    for (const { id, identity } of nodes.values()) {
      const { attachment, sticksUntil } = world.networkInterfaces.get(identity.interfaceId ?? '') ?? {};
      const on = world.instances.get(attachment?.instanceId ?? '');
      const isReachable = attachment?.status === 'attached' && on?.state === 'running';
      const known = this.away.get(id);
      const isAway = known !== undefined && known.toMs === undefined;
      if (isReachable && isAway) this.away.set(id, { ...known, toMs: nowMs });
      if (!isReachable && !isAway)
        this.away.set(id, { fromMs: nowMs, toMs: undefined, hangs: sticksUntil !== undefined });
    }
  }

  /** A waiting state has ended. If it timed out, the awaited state must not have been there for long. */
  waited(execution: Execution, { type, error, at }: HistoryEntry, wait: Wait, nodeId: string | undefined): void {
    const view = this.view();
    const operation = view.nodes.get(nodeId ?? '')?.operation;
    if (type !== 'failed' || error !== 'States.Timeout' || nodeId === undefined || operation === undefined) return;
    if (!execution.arn.endsWith(operation.executionId)) return;
    const id = awaitedInstance(operation, wait) ?? '';
    const state = view.world.instances.get(id)?.state;
    const since = this.changedAt.get(id) ?? at;
    if (state === undefined || decideWake(wait.awaited as AwaitedState, state) === 'wait') return;
    if (at - since < WOKEN_WITHIN_MS) return;
    if (mayMissEvent(view, nodeId, id, at - LONGEST_WAIT_MS, since)) return;
    const forSeconds = ((at - since) / 1000).toFixed(1);
    this.report('a wait ends by its event, not by its time-out', [`${id} had been ${state} for ${forSeconds} s`]);
  }

  /**
   * The reconciler's listings suffice for a healthy node. It describes an instance singly only if it suspects drift.
   */
  call({ command, input }: CallRecord, { actor }: Invocation): void {
    if (actor !== 'reconciler' || command !== 'DescribeInstances') return;
    const [id] = (input as { InstanceIds?: readonly string[] }).InstanceIds ?? [];
    const view = this.view();
    const node = [...view.nodes.values()].find(({ instance }) => id !== undefined && instance?.id === id);
    if (node === undefined || !isSettled(node) || driftIn(view, node).length > 0) return;
    const since = view.nowMs - VISIBLE_AFTER_MS;
    if (Date.parse(node.updatedAt) > since || (this.changedAt.get(id!) ?? 0) > since) return;
    if (view.facts.causes.excuse(ALL_FAULTS, node.id, since - VISIBLE_AFTER_MS)) return;
    this.report('the reconciler suspects no healthy node', [`it described ${id} of ${node.id} singly`]);
  }

  wrote(write: RecordWrite): void {
    const { before, after } = write;
    if (before === undefined || after === undefined) return;
    const { operation } = before;
    if (operation !== undefined && after.operation === undefined && after.status === 'ACTIVE') {
      this.report('an address is back as soon as EC2 allows', this.excessDowntime(before, after));
    }
    if (after.errorReason !== undefined && after.errorReason !== before.errorReason) {
      this.report('nothing fails without an injected cause', this.failureWithoutCause(after));
    }
  }

  /** Must be called every `TIMING_CHECK_INTERVAL_MS`. */
  checkNodes(): void {
    const view = this.view();
    for (const node of view.nodes.values()) {
      this.report('the notice of an instance’s end starts an operation', ignoredNotice(view, node));
      this.report('a drain ends with its instance or its shortened time-out', this.overdueDrain(view, node));
      this.report('an unsettled node gives a reason in time', this.silence(view, node));
      this.report('drift of a node at rest starts an operation', this.ignoredDrift(view, node));
    }
  }

  private overdueDrain(view: View, { id, operation, config, updatedAt }: StatefulNode): readonly string[] {
    const { nowMs, world, facts, phaseOf, clockErrorMs } = view;
    if (operation?.oldInstanceId === undefined || phaseOf(id) !== 'drain-instance') return [];
    const { oldInstanceId, startedAt } = operation;
    if (facts.causes.excuse(CONTROL_PLANE_FAULTS, id, Date.parse(startedAt) - VISIBLE_AFTER_MS)) return [];
    const state = world.instances.get(oldInstanceId)?.state;
    const endedMs = state === 'running' ? Infinity : (this.changedAt.get(oldInstanceId) ?? Infinity);
    const drainMs = (config.strategy?.drainingTimeout ?? 0) * 1000;
    // The record has the time of a step's clock, which may be behind.
    const begunMs = Date.parse(startedAt) + clockErrorMs;
    const overMs = Math.max(begunMs, Math.min(endedMs, begunMs + drainMs));
    // The last write may have shortened the time-out, and its author wakes the drain after it.
    if (nowMs - Math.max(overMs, Date.parse(updatedAt) + clockErrorMs) < DRAINED_WITHIN_MS) return [];
    return [`${oldInstanceId} of ${id} is ${state}, and the drain still waits`];
  }

  private silence({ facts, nowMs, phaseOf }: View, node: StatefulNode): readonly string[] {
    const { id, status, errorReason, config, operation } = node;
    const isExplained = errorReason !== undefined || status === 'ACTIVE' || status === 'PAUSED';
    const isSilent = !isExplained && phaseOf(id) !== 'drain-instance' && facts.inDoubtSinceMs === undefined;
    const silentMs = isSilent ? (this.silentFor.get(id) ?? 0) + TIMING_CHECK_INTERVAL_MS : 0;
    this.silentFor.set(id, silentMs);
    // The reconciler continues an aborted operation, but not while EC2 refuses its own calls.
    if (facts.refusals.length > 0 && facts.causes.excuse(['abort'], id, nowMs - silentMs)) return [];
    const lacked = facts.lackedCapacity(operation?.config ?? config, nowMs - silentMs, nowMs);
    // An interface that is released late is waited for after each replacement that ends.
    const isSlow = facts.causes.excuse(['interface'], id, nowMs - silentMs) && facts.causes.excuse(['launch'], id, 0);
    const most = lacked || isSlow ? REASON_WITHIN_MS_AT_LONGEST : REASON_WITHIN_MS;
    return silentMs <= most ? [] : [`${id} has been ${status} for ${Math.round(most / 60_000)} min, without a reason`];
  }

  private ignoredDrift(view: View, node: StatefulNode): readonly string[] {
    // An operation repairs what it finds, so the time counts again from its end.
    const violations = isSettled(node) ? driftIn(view, node) : [];
    const driftedMs = violations.length === 0 ? 0 : (this.driftedFor.get(node.id) ?? 0) + TIMING_CHECK_INTERVAL_MS;
    this.driftedFor.set(node.id, driftedMs);
    if (driftedMs < DRIFT_SEEN_WITHIN_MS) return [];
    const { causes, inDoubtSinceMs, tableChangedMs } = view.facts;
    if (inDoubtSinceMs !== undefined || view.nowMs - tableChangedMs < DRIFT_SEEN_WITHIN_MS) return [];
    if (causes.excuse(['call', 'event'], node.id, view.nowMs - driftedMs - VISIBLE_AFTER_MS)) return [];
    return violations;
  }

  private excessDowntime(before: StatefulNode, { id }: StatefulNode): readonly string[] {
    const { facts, world, isSteady, clockErrorMs } = this.view();
    const { operation, instance } = before;
    const away = this.away.get(id);
    if (!isSteady || operation?.kind !== 'replace' || instance === undefined || away?.toMs === undefined) return [];
    const startedMs = Date.parse(operation.startedAt);
    if (away.hangs || isDelayed(facts, before, startedMs)) return [];
    // A new interface is not moved: it is attached for the first time when the replacement runs.
    const isMoved = operation.retiredInterfaceIds.length === 0;
    const isHot = isMoved && attachmentOf(operation.config) === 'hot' && instance.attachment === 'hot';
    // An instance that ended by itself keeps the interface until it is gone, so the downtime counts from the start of
    // the operation. The record has the time of a step's clock, which may be behind.
    const begunMs = startedMs + clockErrorMs;
    const hasEndedBefore = away.fromMs < begunMs || endedByItselfMs(world, operation) <= away.fromMs;
    const how = isHot && !hasEndedBefore ? 'hot' : 'cold';
    const lastedMs = away.toMs - Math.max(away.fromMs, begunMs);
    if (lastedMs <= AWAY_WITHIN_MS[how]) return [];
    return [`the addresses of ${id}, which is ${how}, were away for ${(lastedMs / 1000).toFixed(1)} s`];
  }

  /** A user may request addresses that are in use or missing, so these reasons need no injected cause. */
  private failureWithoutCause(node: StatefulNode): readonly string[] {
    const { facts, nowMs, isSteady } = this.view();
    const isByRequest = /^[\w-]+ failed: (AddressTaken|ElasticIpMissing|ImportCancelled):/.test(node.errorReason ?? '');
    if (isByRequest || !isSteady || facts.causes.excuse(ALL_FAULTS, node.id, nowMs - LOOK_BACK_MS)) return [];
    return [`${node.id}: ${node.errorReason}`];
  }
}

/** Whether something else than Holdfast may have kept the address away since the operation's start. */
function isDelayed(facts: View['facts'], before: StatefulNode, startedMs: number): boolean {
  return (
    facts.causes.excuse(ALL_FAULTS, before.id, startedMs) ||
    // An interface that was slow when the faults stopped is still released late. A detachment by hand that began just
    // before the operation ends in it.
    facts.isExternallyChanged(before, startedMs - DETACHED_WITHIN_MS) ||
    // An interface that hung during a refusal is detached by force only after it, and that takes a minute.
    facts.refusals.some(({ untilMs }) => startedMs - untilMs < REFUSAL_SHOWS_FOR_MS)
  );
}

/** When the old instance ended without a call; infinite if it did not. */
function endedByItselfMs({ instances }: View['world'], { oldInstanceId }: Operation): number {
  const old = instances.get(oldInstanceId ?? '');
  return old === undefined || isEndedByCall(old) ? Infinity : (old.stateReason?.at ?? Infinity);
}

/**
 * Whether something may have kept the event of the instance from the operation that waits for it: a fault since `sinceMs`, or
 * the loss of the table since the instance's state changed, at `changedMs`.
 */
function mayMissEvent(
  { facts }: View,
  nodeId: string,
  instanceId: string,
  sinceMs: number,
  changedMs: number,
): boolean {
  if (facts.causes.excuse(CONTROL_PLANE_FAULTS, nodeId, sinceMs)) return true;
  // The events of an instance find its node by the index, and the table keeps the last one. The old table may have taken both
  // with it. The operation in the new one may repeat its launch, which finds the instance that has long been running.
  return facts.lost.has(instanceId) && facts.tableChangedMs > Math.min(sinceMs, changedMs);
}

function awaitedInstance({ oldInstanceId, launch }: Operation, { which }: Wait): string | undefined {
  return which === 'old' ? oldInstanceId : launch?.instanceId;
}

/** Whether no operation is running or due. */
function isSettled(node: StatefulNode): boolean {
  const { operation, status, failure, intents, configRevision, appliedRevision, deletion } = node;
  const isDue = failure !== undefined || intents.length > 0 || deletion !== undefined;
  return operation === undefined && status === 'ACTIVE' && !isDue && configRevision === appliedRevision;
}

function ignoredNotice(view: View, node: StatefulNode): readonly string[] {
  const { facts, nowMs } = view;
  const { instance, operation, failure, deletion, id, updatedAt } = node;
  const announcedMs = facts.announced.get(instance?.id ?? '');
  if (instance === undefined || announcedMs === undefined || operation !== undefined) return [];
  // A new table does not know a notice from before it.
  if (facts.inDoubtSinceMs !== undefined || announcedMs < facts.tableChangedMs) return [];
  const restsSince = Math.max(announcedMs, Date.parse(updatedAt));
  if (nowMs - restsSince < STARTED_WITHIN_MS || failure !== undefined || deletion !== undefined) return [];
  if (facts.causes.excuse(CONTROL_PLANE_FAULTS, id, announcedMs - VISIBLE_AFTER_MS)) return [];
  const agoSeconds = Math.round((nowMs - announcedMs) / 1000);
  return [`the end of ${instance.id} of ${id} was announced ${agoSeconds} s ago, and no operation runs`];
}
