/**
 * Compares what EC2 shows of a node with its record, and decides which operation is missing. Events may be lost; EC2's
 * state is the truth. The decision is made twice: first from listings, in which a node may look wrong for a moment, and
 * then from a look at that node alone, before anything is started.
 */
import { surplusClaims } from '../node/claims';
import { lacksElasticIp } from '../operation/elastic-ip';
import { endOf as describeEnd } from '../operation/seen-node';
import { followUp, latestUserIntent, requestOf } from '../operation/intents';
import { hasEnded, isPastVisible, isStopped } from '../operation/launch';
import { carries, hasSecurityGroups } from '../operation/network-interface';
import { healingOf } from '../config/node-config';
import { isToBePaused } from '../operation/pausing';
import type { SeenElasticIp, SeenInstance, SeenInterface } from '../node/observations';
import { mayTakeOver } from '../operation/ownership';
import { mayAdjust } from '../operation/pacing';
import type { Cause, NodeInstance, OperationKind, StatefulNode } from '../node/stateful-node';
import type { NodeRequest } from '../operation/trigger';

/** What EC2 and Step Functions show of a node at rest, or of the operation that owns it. */
export interface SeenAtRest {
  readonly instance: SeenInstance | undefined;
  readonly interface: SeenInterface | undefined;
  readonly elasticIp: SeenElasticIp | undefined;
  /** Since when EC2's status checks of the instance have failed; ISO 8601, UTC. Absent if they pass. */
  readonly impairedSince?: string | undefined;
  /** Whether the execution of the node's operation has ended; false if there is no operation. */
  readonly hasExecutionEnded: boolean;
}

/** The operation that the reconciler starts. */
export interface Repair {
  readonly kind: OperationKind;
  readonly request: NodeRequest;
}

/** A record that the API or a step has just written may be ahead of the execution that it starts. */
const SETTLES_WITHIN_MS = 60_000;

/** Undefined if nothing is missing, or if an operation is under way. `now` is ISO 8601, UTC. */
export function decideRepair(node: StatefulNode, seen: SeenAtRest, now: string): Repair | undefined {
  const { operation } = node;
  if (operation !== undefined) {
    if (!seen.hasExecutionEnded || !mayTakeOver(operation, now)) return undefined;
    const reason = `${operation.reason} (taken over: its execution has ended)`;
    return repair(node, operation.kind, reason, { takesOver: operation.generation, endsAt: endOf(node, seen, now) });
  }
  // A user intent comes first: an instance is not replaced just before a pause.
  if (latestUserIntent(node) !== undefined) return pendingIntent(node, now);
  if (node.deletion === undefined) {
    const loss = lossOf(node, seen, now);
    if (loss !== undefined) {
      const { reason, cause } = loss;
      return repair(node, 'replace', reason, { instanceId: node.instance?.id, endsAt: endOf(node, seen, now), cause });
    }
  }
  return retryOf(node, seen, now) ?? pendingIntent(node, now) ?? adjustment(node, seen, now);
}

/**
 * The repair after an event about an instance that no execution waits for. Only a final end counts: events can be late,
 * and a stopped instance may run again by then. `now` is ISO 8601, UTC.
 */
export function decideLost(
  node: StatefulNode,
  { id, state }: Pick<SeenInstance, 'id' | 'state'>,
  now: string,
): Repair | undefined {
  const isAtRest = node.operation === undefined && node.deletion === undefined;
  if (!isAtRest || node.instance?.id !== id || !hasEnded({ state })) return undefined;
  if (isTried(node) || isToBePaused(node)) return undefined;
  return repair(node, 'replace', `${id} is ${state}`, { instanceId: id, endsAt: now, cause: 'lost' });
}

interface Loss {
  /** For a person. */
  readonly reason: string;
  readonly cause: Cause;
}

/** Why the instance must be replaced; undefined if it need not be. */
function lossOf(node: StatefulNode, seen: SeenAtRest, now: string): Loss | undefined {
  const { instance, config, failure } = node;
  const lost = (reason: string): Loss => ({ reason, cause: 'lost' });
  if (instance === undefined || isTried(node) || isToBePaused(node)) return undefined;
  if (seen.instance === undefined) {
    return isPastVisible(instance.launchedAt, now) ? lost(`${instance.id} is gone`) : undefined;
  }
  if (hasEnded(seen.instance)) return lost(describeEnd(seen.instance));
  // The replacement was tried and failed: `failure.nextTryAt` says when it is tried again.
  if (failure?.operation === 'replace') return undefined;
  if (isStopped(seen.instance)) return lost(describeEnd(seen.instance));
  const healing = healingOf(config);
  if (healing === undefined || seen.impairedSince === undefined) return undefined;
  const isUnhealthy =
    ageMs(instance.launchedAt, now) >= healing.gracePeriodSeconds * 1000 &&
    ageMs(seen.impairedSince, now) >= healing.unhealthySeconds * 1000;
  if (!isUnhealthy) return undefined;
  return { reason: `${instance.id} has failed EC2's status checks since ${seen.impairedSince}`, cause: 'unhealthy' };
}

/**
 * Whether a failed operation already covers the end of the instance. That failure decides when it is tried again. An
 * adjustment replaces nothing. It follows a pause that failed after a person had asked for the instance again.
 */
function isTried({ instance, failure }: StatefulNode): boolean {
  return instance !== undefined && failure?.operation !== 'adjust' && failure?.remains?.oldInstanceId === instance.id;
}

/** `now` if the instance no longer runs: then there is nothing to drain. */
function endOf({ instance }: StatefulNode, seen: SeenAtRest, now: string): string | undefined {
  const runs = seen.instance !== undefined && !hasEnded(seen.instance) && !isStopped(seen.instance);
  return instance === undefined || runs ? undefined : now;
}

function retryOf(node: StatefulNode, seen: SeenAtRest, now: string): Repair | undefined {
  const { operation, nextTryAt } = node.failure ?? {};
  if (operation === undefined || nextTryAt === undefined || nextTryAt > now) return undefined;
  return repair(node, operation, `${operation} tried again`, { retries: nextTryAt, endsAt: endOf(node, seen, now) });
}

/** An intent whose execution was never started, or was started and lost. */
function pendingIntent(node: StatefulNode, now: string): Repair | undefined {
  if (ageMs(node.updatedAt, now) < SETTLES_WITHIN_MS) return undefined;
  const next = followUp(node);
  return next === undefined ? undefined : { kind: next.kind, request: requestOf(node, next) };
}

/** What an adjustment can repair. A node in ERROR waits for its next try, or for a person. */
function adjustment(node: StatefulNode, seen: SeenAtRest, now: string): Repair | undefined {
  if (node.deletion !== undefined || node.status === 'ERROR' || node.failure !== undefined) return undefined;
  const drift = mayAdjust(node, now) ? (driftOf(node, seen) ?? unreleasedClaims(node, now)) : undefined;
  return drift === undefined ? undefined : repair(node, 'adjust', drift, { cause: 'drift' });
}

/** The last step of an operation releases them, and its execution may end before it comes to that. */
function unreleasedClaims(node: StatefulNode, now: string): string | undefined {
  const surplus = surplusClaims(node);
  if (surplus.length === 0 || ageMs(node.updatedAt, now) < SETTLES_WITHIN_MS) return undefined;
  return `${surplus.join(', ')} is still claimed, and no longer needed`;
}

/** What differs from the record, for a person. */
function driftOf(node: StatefulNode, seen: SeenAtRest): string | undefined {
  const { identity, config, instance } = node;
  const { interfaceId } = identity;
  if (interfaceId === undefined) return undefined;
  if (seen.interface === undefined) return `${interfaceId} is gone`;
  if (instance === undefined && seen.interface.attachment !== undefined) {
    return `${interfaceId} is on ${seen.interface.attachment.instanceId}`;
  }
  if (instance !== undefined && !carries(seen.interface, carrierIn(instance))) return describeCarrying(seen.interface);
  if (!hasSecurityGroups(seen.interface, config.compute.launchSpecification.securityGroupIds)) {
    return `${interfaceId} has other security groups`;
  }
  if (!lacksElasticIp(node, seen.elasticIp)) return undefined;
  const { elasticIp } = config.compute;
  return seen.elasticIp === undefined ? `${elasticIp} is gone` : `${elasticIp} is not on ${interfaceId}`;
}

function carrierIn({ id, attachment }: NodeInstance) {
  return { instanceId: id, attachment };
}

function describeCarrying({ id, status, attachment }: SeenInterface): string {
  if (attachment === undefined) return `${id} is ${status}`;
  const end = attachment.deleteOnTermination ? ', to be deleted with it' : '';
  return `${id} is ${attachment.status} on ${attachment.instanceId}${end}`;
}

function repair(
  { id }: StatefulNode,
  kind: OperationKind,
  reason: string,
  more: Omit<NodeRequest, 'nodeId' | 'reason'> = {},
): Repair {
  return { kind, request: { nodeId: id, reason, ...more } };
}

function ageMs(then: string, now: string): number {
  return Date.parse(now) - Date.parse(then);
}
