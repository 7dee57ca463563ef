/**
 * How long the address was away in an operation: how long the persisted interface was off a running instance. One definition
 * serves the node's record, the records of operations and the metrics.
 */
import { hasEnded, isStopped } from './launch';
import { attachmentOf } from '../config/node-config';
import type { InstanceSighting } from '../node/node-log';
import type { Operation } from '../node/stateful-node';

export interface AddressAway {
  /** ISO 8601, UTC. Absent if the operation did not take the address away, or if it is not known when it left. */
  readonly awayFrom?: string | undefined;
  /** ISO 8601, UTC. Absent if the address was not back when the operation ended, as far as that is known. */
  readonly awayTo?: string | undefined;
}

/** What the state machine has seen of the operation, besides what the record says. */
export interface Sightings {
  readonly old?: InstanceSighting | undefined;
  readonly replacement?: InstanceSighting | undefined;
  /** Hot: when the interface was seen attached to the replacement; ISO 8601, UTC. */
  readonly attachedAt?: string | undefined;
}

/**
 * `awayFrom` is the earliest of these, as far as they are known and have passed:
 * - the operation began to end the instance that carried the interface as its primary one;
 * - it asked EC2 to detach the interface;
 * - EC2 ended the instance, at the announced time or according to an event.
 * An instance that was lost without any of these left when its end was noticed: at the start of the operation.
 *
 * `awayTo` is when the replacement, with the interface attached, was running (cold), or when the interface was attached to the
 * running replacement (hot). It is at most `now`, the time of the confirmation, which also counts if neither is known.
 *
 * An adjustment ends no instance. If it attaches an interface that somebody else had detached, it is not known since when.
 * @param now ISO 8601, UTC @param isBack whether the replacement carries the interface
 */
export function addressAway(operation: Operation, seen: Sightings, now: string, isBack: boolean): AddressAway {
  if (operation.kind === 'adjust') return {};
  return {
    awayFrom: leftAt(operation, seen, now),
    awayTo: isBack ? returnedAt(operation, seen, now) : undefined,
  };
}

function leftAt(operation: Operation, { old }: Sightings, now: string): string | undefined {
  const { endsAt, cause, oldInstanceId, startedAt } = operation;
  const isOver = old !== undefined && (hasEnded(old) || isStopped(old));
  const known = [takenAt(operation), endsAt, isOver ? old.at : undefined];
  const [first] = known.filter((at) => at !== undefined && at <= now).sort();
  return first ?? (cause === 'lost' && oldInstanceId !== undefined ? startedAt : undefined);
}

/** An event has whole seconds, so it may seem to come before the launch that it follows. */
function returnedAt({ config, launch }: Operation, { replacement, attachedAt }: Sightings, now: string): string {
  const isCold = attachmentOf(config) === 'cold';
  const isOfLaunch = replacement?.state === 'running' && replacement.instanceId === launch?.instanceId;
  const seenAt = isCold ? (isOfLaunch ? replacement.at : undefined) : attachedAt;
  const earliest = launch?.launchedAt ?? '';
  if (seenAt === undefined || seenAt > now) return now;
  return seenAt < earliest ? earliest : seenAt;
}

/** When the address was taken from the old instance, or that instance ended with it; undefined if neither is known. */
export function goneAt(operation: Operation): string | undefined {
  return takenAt(operation) ?? operation.endsAt;
}

/** When the operation began to take the address from the instance that carried it; undefined if it has not. */
export function takenAt({ addressTakenAt, detachments = [] }: Operation): string | undefined {
  return addressTakenAt ?? detachments.map(({ askedAt }) => askedAt).sort()[0];
}
