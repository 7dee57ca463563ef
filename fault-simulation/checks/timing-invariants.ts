/**
 * What must hold in time: an invariant of one moment sees a fault only where nothing mends it, and Holdfast mends a
 * lot. So it is also asked how long things take, and whether what happened had a cause that was put there.
 */
import { attachmentOf } from '../../domain/config/node-config';
import type { Operation, StatefulNode } from '../../domain/node/stateful-node';
import { decideWake, type AwaitedState } from '../../domain/operation/await-instance';
import type { Execution, HistoryEntry } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { TransitionRecord } from '../../simulator/ec2/ec2-state';
import { driftIn } from './rest-invariants';
import { OF_THE_MACHINERY, TROUBLES } from '../play/injected-causes';
import type { View } from './invariants';
import type { Invocation } from '../play/invocation';
import type { Wait } from '../scenario/phases';
import type { RecordWrite } from '../play/table-mirror';

type Report = (invariant: string, faults: readonly string[]) => void;

/** How often the watch looks at the nodes. */
export const WATCH_EVERY_MS = 5_000;
/** The slowest event that nothing delays, a cold start, and the function that it wakes. */
const WOKEN_WITHIN_MS = 4_000;
/** Longer than the time-out of every wait: what strikes its beginning shows at its end. */
const LONGEST_WAIT_MS = 60_000;
/** An event, and the execution that it starts, after the end of whatever was under way. */
const ANSWERED_WITHIN_MS = 20_000;
/** An event, or a request of a person, on its way to the drain; and what a wait is checked with. */
const DRAINED_WITHIN_MS = 30_000;
/** Two runs of the reconciler, one of which may just have looked, and what tags take to be seen. */
const MENDED_WITHIN_MS = 150_000;
/** A node that cannot be put right says why within this long, and so does one that waits for capacity, later. */
const TOLD_WITHIN_MS = 15 * 60_000;
const TOLD_WITHIN_MS_WITHOUT_CAPACITY = 25 * 60_000;
/** How far back lies what may still show: an operation waits for capacity for about twelve minutes. */
const BACK_MS = 16 * 60_000;
/** The longest pause before the next try, once EC2 no longer refuses, and then some. */
const LONGEST_LEFT_MS = 12 * 60_000;
/** Long enough for EC2's listings to show what has changed. */
const SETTLED_AFTER_MS = 60_000;

/** The longest that an address is away where EC2 has no slow end: what EC2 takes, and what polling and retrying add. */
export const AWAY_WITHIN_MS = { hot: 8_000 + 12_000, cold: 31_000 + 4_000 + 2_000 + 18_000 + 20_000 } as const;

interface Away {
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

export class Watch {
  /** By instance, when it came to the state that it is in. */
  private readonly changedAt = new Map<string, number>();
  /** By node, since when its addresses have led nowhere, or the last time that they did. */
  private readonly away = new Map<string, Away>();
  /** By node, for how long it has been wrong while nothing was under way. */
  private readonly wrongFor = new Map<string, number>();
  /** By node, for how long something has been under way of which the record gives no reason. */
  private readonly silentFor = new Map<string, number>();

  constructor(
    private readonly view: () => View,
    private readonly report: Report,
  ) {}

  transition({ resourceId, what, at }: TransitionRecord): void {
    if (what === 'instance') this.changedAt.set(resourceId, at);
    const { nodes, world, nowMs } = this.view();
    for (const { id, identity } of nodes.values()) {
      const attachment = world.networkInterfaces.get(identity.interfaceId ?? '')?.attachment;
      const on = world.instances.get(attachment?.instanceId ?? '');
      const isServed = attachment?.status === 'attached' && on?.state === 'running';
      const known = this.away.get(id);
      const isAway = known !== undefined && known.toMs === undefined;
      if (isServed && isAway) this.away.set(id, { ...known, toMs: nowMs });
      if (!isServed && !isAway) this.away.set(id, { fromMs: nowMs, toMs: undefined });
    }
  }

  /** An execution waits for what its node's operation has to do with. */
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
    if (view.facts.causes.excuse(OF_THE_MACHINERY, nodeId, at - LONGEST_WAIT_MS)) return;
    const forSeconds = ((at - since) / 1000).toFixed(1);
    this.report('a wait is ended by the event that it waits for', [`${id} had been ${state} for ${forSeconds} s`]);
  }

  /** The reconciler's listings are complete: it looks at a node by itself only where something seems wrong. */
  call({ command, input }: CallRecord, { actor }: Invocation): void {
    if (actor !== 'reconciler' || command !== 'DescribeInstances') return;
    const [id] = (input as { InstanceIds?: readonly string[] }).InstanceIds ?? [];
    const view = this.view();
    const node = [...view.nodes.values()].find(({ instance }) => id !== undefined && instance?.id === id);
    if (node === undefined || !isCalm(node) || driftIn(view, node).length > 0) return;
    const since = view.nowMs - SETTLED_AFTER_MS;
    if (Date.parse(node.updatedAt) > since || (this.changedAt.get(id!) ?? 0) > since) return;
    if (view.facts.causes.excuse(TROUBLES, node.id, since - SETTLED_AFTER_MS)) return;
    this.report('the reconciler sees every node that is well', [`it looked at ${id} of ${node.id} by itself`]);
  }

  wrote(write: RecordWrite): void {
    const { before, after } = write;
    if (before === undefined || after === undefined) return;
    const { operation } = before;
    if (operation !== undefined && after.operation === undefined && after.status === 'ACTIVE') {
      this.report('an address comes back as soon as EC2 lets it', this.tooLongAway(before, after));
    }
    if (after.errorReason !== undefined && after.errorReason !== before.errorReason) {
      this.report('nothing fails without a cause', this.causeless(after));
    }
  }

  /** To be called every `WATCH_EVERY_MS`. */
  look(): void {
    const view = this.view();
    for (const node of view.nodes.values()) {
      this.report('what announces an instance’s end is answered', unanswered(view, node));
      this.report('a drain ends with its instance, and when a person shortens it', this.drainsInVain(view, node));
      this.report('nothing is silent for long', this.silence(view, node));
      this.report('what is wrong with a node at rest does not stay so', this.leftWrong(view, node));
    }
  }

  private drainsInVain(view: View, { id, operation, config }: StatefulNode): readonly string[] {
    const { nowMs, world, facts, phaseOf, clockErrorMs } = view;
    if (operation?.oldInstanceId === undefined || phaseOf(id) !== 'drain-instance') return [];
    const { oldInstanceId, startedAt } = operation;
    if (facts.causes.excuse(OF_THE_MACHINERY, id, Date.parse(startedAt) - SETTLED_AFTER_MS)) return [];
    const state = world.instances.get(oldInstanceId)?.state;
    const endedMs = state === 'running' ? Infinity : (this.changedAt.get(oldInstanceId) ?? Infinity);
    const drainMs = (config.strategy?.drainingTimeout ?? 0) * 1000;
    // The record has the time of a step's clock, which may be behind.
    const begunMs = Date.parse(startedAt) + clockErrorMs;
    const overMs = Math.max(begunMs, Math.min(endedMs, begunMs + drainMs));
    if (nowMs - overMs < DRAINED_WITHIN_MS) return [];
    return [`${oldInstanceId} of ${id} is ${state}, and is still drained`];
  }

  private silence({ facts, nowMs, phaseOf }: View, node: StatefulNode): readonly string[] {
    const { id, status, errorReason, config, operation } = node;
    const isTold = errorReason !== undefined || status === 'ACTIVE' || status === 'PAUSED';
    const isSilent = !isTold && phaseOf(id) !== 'drain-instance' && facts.inDoubtSinceMs === undefined;
    const silentMs = isSilent ? (this.silentFor.get(id) ?? 0) + WATCH_EVERY_MS : 0;
    this.silentFor.set(id, silentMs);
    // The reconciler takes up what was stopped, but not while it is refused its own look.
    if (facts.refusals.length > 0 && facts.causes.excuse(['abort'], id, nowMs - silentMs)) return [];
    const lacked = facts.lackedCapacity(operation?.config ?? config, nowMs - silentMs, nowMs);
    const most = lacked ? TOLD_WITHIN_MS_WITHOUT_CAPACITY : TOLD_WITHIN_MS;
    return silentMs <= most ? [] : [`${id} has been ${status} for ${Math.round(most / 60_000)} min, without a reason`];
  }

  private leftWrong(view: View, node: StatefulNode): readonly string[] {
    if (node.operation !== undefined) return [];
    const faults = isCalm(node) ? driftIn(view, node) : [];
    const wrongMs = faults.length === 0 ? 0 : (this.wrongFor.get(node.id) ?? 0) + WATCH_EVERY_MS;
    this.wrongFor.set(node.id, wrongMs);
    if (wrongMs < MENDED_WITHIN_MS) return [];
    const { causes, inDoubtSinceMs, tableChangedMs } = view.facts;
    if (inDoubtSinceMs !== undefined || view.nowMs - tableChangedMs < MENDED_WITHIN_MS) return [];
    if (causes.excuse(['call', 'event'], node.id, view.nowMs - wrongMs - SETTLED_AFTER_MS)) return [];
    return faults;
  }

  private tooLongAway(before: StatefulNode, { id }: StatefulNode): readonly string[] {
    const { facts, isSteady, clockErrorMs } = this.view();
    const { operation, instance } = before;
    const away = this.away.get(id);
    if (!isSteady || operation?.kind !== 'replace' || instance === undefined || away?.toMs === undefined) return [];
    const startedMs = Date.parse(operation.startedAt);
    if (facts.causes.excuse(TROUBLES, id, startedMs)) return [];
    // What hung while EC2 refused to take it off is taken off by force only now, and that takes a minute.
    if (facts.refusals.some(({ untilMs }) => startedMs - untilMs < LONGEST_LEFT_MS)) return [];
    // Another interface has nothing to move from: it is attached for the first time when the replacement runs.
    const isMoved = operation.retiredInterfaceIds.length === 0;
    const isHot = isMoved && attachmentOf(operation.config) === 'hot' && instance.attachment === 'hot';
    // An instance that has ended by itself keeps the interface until it is gone, and is the operation's affair from then.
    // The record has the time of a step's clock, which may be behind.
    const begunMs = startedMs + clockErrorMs;
    const hasEndedBefore = away.fromMs < begunMs;
    const how = isHot && !hasEndedBefore ? 'hot' : 'cold';
    const lastedMs = away.toMs - Math.max(away.fromMs, begunMs);
    if (lastedMs <= AWAY_WITHIN_MS[how]) return [];
    return [`${id}, which is ${how}, led nowhere for ${(lastedMs / 1000).toFixed(1)} s`];
  }

  /** People may ask for addresses that something else has. */
  private causeless(node: StatefulNode): readonly string[] {
    const { facts, nowMs, isSteady } = this.view();
    const isAsked = /^[\w-]+ failed: (AddressTaken|ElasticIpMissing|ImportCancelled):/.test(node.errorReason ?? '');
    if (isAsked || !isSteady || facts.causes.excuse(TROUBLES, node.id, nowMs - BACK_MS)) return [];
    return [`${node.id}: ${node.errorReason}`];
  }
}

function awaitedInstance({ oldInstanceId, launch }: Operation, { which }: Wait): string | undefined {
  return which === 'old' ? oldInstanceId : launch?.instanceId;
}

/** Whether nothing is under way, or due. */
function isCalm(node: StatefulNode): boolean {
  const { operation, status, failure, intents, configRevision, appliedRevision, deletion } = node;
  const isDue = failure !== undefined || intents.length > 0 || deletion !== undefined;
  return operation === undefined && status === 'ACTIVE' && !isDue && configRevision === appliedRevision;
}

function unanswered(view: View, node: StatefulNode): readonly string[] {
  const { facts, nowMs } = view;
  const { instance, operation, failure, deletion, id, updatedAt } = node;
  const announcedMs = facts.announced.get(instance?.id ?? '');
  if (instance === undefined || announcedMs === undefined || operation !== undefined) return [];
  // Of what was announced to the table before, this one knows nothing.
  if (facts.inDoubtSinceMs !== undefined || announcedMs < facts.tableChangedMs) return [];
  const restsSince = Math.max(announcedMs, Date.parse(updatedAt));
  if (nowMs - restsSince < ANSWERED_WITHIN_MS || failure !== undefined || deletion !== undefined) return [];
  if (facts.causes.excuse(OF_THE_MACHINERY, id, announcedMs - SETTLED_AFTER_MS)) return [];
  const agoSeconds = Math.round((nowMs - announcedMs) / 1000);
  return [`the end of ${instance.id} of ${id} was announced ${agoSeconds} s ago, and nothing is under way`];
}
