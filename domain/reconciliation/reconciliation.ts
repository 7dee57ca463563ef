/**
 * The truth behind the events: what EC2 shows of a node, against what its record says, and the operation that is
 * missing. The same decision is made twice: from listings, in which a node may look wrong for a moment, and then from
 * a look at that node alone, before anything is started.
 */
import { lacksElasticIp } from '../operation/elastic-ip';
import { endOf as describeEnd } from '../operation/end-operation';
import { followUp, latestUserIntent } from '../operation/intents';
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
  /** Since when EC2's status checks of the instance have failed; ISO 8601, UTC. Absent where they have not. */
  readonly impairedSince?: string | undefined;
  /** Whether the execution of the node's operation has ended; false where it has none. */
  readonly hasExecutionEnded: boolean;
}

/** The operation that is missing. */
export interface Repair {
  readonly kind: OperationKind;
  readonly request: NodeRequest;
}

/** What the API or a step has just written may be a moment ahead of the execution that it has started. */
const SETTLES_WITHIN_MS = 60_000;

/** Undefined where nothing is missing, or somebody is at it. `now` is ISO 8601, UTC. */
export function decideRepair(node: StatefulNode, seen: SeenAtRest, now: string): Repair | undefined {
  const { operation } = node;
  if (operation !== undefined) {
    if (!seen.hasExecutionEnded || !mayTakeOver(operation, now)) return undefined;
    const reason = `${operation.reason} (taken over: its execution has ended)`;
    return mend(node, operation.kind, reason, { takesOver: operation.generation, endsAt: endOf(node, seen, now) });
  }
  // What a person wants comes first: an instance that is to be paused is not replaced before.
  if (latestUserIntent(node) !== undefined) return forgottenIntent(node, now);
  if (node.deletion === undefined) {
    const loss = lossOf(node, seen, now);
    if (loss !== undefined) {
      const { reason, cause } = loss;
      return mend(node, 'replace', reason, { instanceId: node.instance?.id, endsAt: endOf(node, seen, now), cause });
    }
  }
  return retryOf(node, seen, now) ?? forgottenIntent(node, now) ?? adjustment(node, seen, now);
}

/**
 * What an event says of an instance that nobody waits for. Only of an end that cannot be taken back: such events come
 * late, and a stopped instance may run again by then. `now` is ISO 8601, UTC.
 */
export function decideLost(
  node: StatefulNode,
  { id, state }: Pick<SeenInstance, 'id' | 'state'>,
  now: string,
): Repair | undefined {
  const isAtRest = node.operation === undefined && node.deletion === undefined;
  if (!isAtRest || node.instance?.id !== id || !hasEnded({ state })) return undefined;
  if (isTried(node) || isToBePaused(node)) return undefined;
  return mend(node, 'replace', `${id} is ${state}`, { instanceId: id, endsAt: now, cause: 'lost' });
}

interface Loss {
  /** For a person. */
  readonly reason: string;
  readonly cause: Cause;
}

/** Why the instance no longer serves. */
function lossOf(node: StatefulNode, seen: SeenAtRest, now: string): Loss | undefined {
  const { instance, config, failure } = node;
  const lost = (reason: string): Loss => ({ reason, cause: 'lost' });
  if (instance === undefined || isTried(node) || isToBePaused(node)) return undefined;
  if (seen.instance === undefined) {
    return isPastVisible(instance.launchedAt, now) ? lost(`${instance.id} is gone`) : undefined;
  }
  if (hasEnded(seen.instance)) return lost(describeEnd(seen.instance));
  // Its replacement has been tried and has failed: when that is tried again, the failure says.
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

/** Whether the end of the instance has been answered, and what failed then says when it is tried again. */
function isTried({ instance, failure }: StatefulNode): boolean {
  return instance !== undefined && failure?.remains?.oldInstanceId === instance.id;
}

/** An instance that no longer runs has nothing left to drain. */
function endOf({ instance }: StatefulNode, seen: SeenAtRest, now: string): string | undefined {
  const runs = seen.instance !== undefined && !hasEnded(seen.instance) && !isStopped(seen.instance);
  return instance === undefined || runs ? undefined : now;
}

function retryOf(node: StatefulNode, seen: SeenAtRest, now: string): Repair | undefined {
  const { operation, nextTryAt } = node.failure ?? {};
  if (operation === undefined || nextTryAt === undefined || nextTryAt > now) return undefined;
  return mend(node, operation, `${operation} tried again`, { retries: nextTryAt, endsAt: endOf(node, seen, now) });
}

/** What was written down and never started, or started and lost. */
function forgottenIntent(node: StatefulNode, now: string): Repair | undefined {
  if (ageMs(node.updatedAt, now) < SETTLES_WITHIN_MS) return undefined;
  const next = followUp(node);
  if (next === undefined) return undefined;
  const { kind, reason, instanceId, endsAt, requestedAt, cause } = next;
  return mend(node, kind, reason, { instanceId, endsAt, cause, ...(instanceId === undefined && { requestedAt }) });
}

/** What can be put right without another instance. A node in ERROR waits for its next try, or for a person. */
function adjustment(node: StatefulNode, seen: SeenAtRest, now: string): Repair | undefined {
  if (node.deletion !== undefined || node.status === 'ERROR' || node.failure !== undefined) return undefined;
  const drift = mayAdjust(node, now) ? driftOf(node, seen) : undefined;
  return drift === undefined ? undefined : mend(node, 'adjust', drift, { cause: 'drift' });
}

/** What is not as it should be, for a person. */
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

function mend(
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
