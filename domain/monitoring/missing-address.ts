/** Which nodes should be reachable on their address, and are not. */
import { goneAt } from '../operation/address-away';
import { latestUserIntent, shownStatus } from '../operation/intents';
import type { SeenElasticIp, SeenInstance, SeenInterface } from '../node/observations';
import type { StatefulNode } from '../node/stateful-node';

/** What EC2 shows of the node's address. */
export interface SeenAddress {
  readonly interface: SeenInterface | undefined;
  /** The instance that the interface is attached to. */
  readonly holder: Pick<SeenInstance, 'id' | 'state'> | undefined;
  readonly elasticIp: SeenElasticIp | undefined;
}

/** By node: since when its address has been away; ISO 8601, UTC. */
export type AwaySince = Readonly<Record<string, string>>;

/** A node without its address, for a person. */
export interface MissingAddress {
  readonly nodeId: string;
  readonly name: string;
  readonly status: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** What failed; null if nothing has. */
  readonly why: string | null;
  /** What is being done, or when something will be. */
  readonly next: string;
}

/** Whether the node should be reachable on its address, and EC2 shows that it is not. */
export function lacksAddress(node: StatefulNode, seen: SeenAddress): boolean {
  return shouldServe(node) && !isServed(node, seen);
}

/** A paused node needs no instance, unless its launch has failed and is tried again. */
function shouldServe(node: StatefulNode): boolean {
  const isLaunchMissing = node.failure?.operation === 'launch' || node.failure?.operation === 'replace';
  switch (shownStatus(node)) {
    case 'DEALLOCATING':
    case 'PAUSING':
      return false;
    case 'PAUSED':
      return isLaunchMissing;
    case 'ERROR':
      return node.failure?.operation !== 'pause' && latestUserIntent(node)?.kind !== 'pause';
    case 'ACTIVE':
    case 'RESUMING':
    case 'RECYCLING':
      return true;
  }
}

function isServed(node: StatefulNode, { interface: eni, holder, elasticIp }: SeenAddress): boolean {
  const isCarried = eni?.attachment?.status === 'attached' && eni.attachment.instanceId === holder?.id;
  const wanted = node.config.compute.elasticIp;
  const isReachable = wanted === undefined || (eni !== undefined && elasticIp?.interfaceId === eni.id);
  return isCarried && isReachable && holder.state === 'running';
}

/** A node without its address, and nothing else of its record: in a storm there are many. */
export interface Missing extends Omit<MissingAddress, 'since'> {
  /** When its operation took the address away or its instance ended; ISO 8601, UTC. Absent if that is not known. */
  readonly knownSince: string | undefined;
}

export function missingOf(node: StatefulNode): Missing {
  const { failure, operation } = node;
  return {
    nodeId: node.id,
    name: node.config.name,
    status: shownStatus(node),
    why: node.errorReason ?? null,
    next:
      operation === undefined ? nextOf(failure) : `${operation.kind} since ${operation.startedAt}: ${operation.reason}`,
    knownSince: operation?.kind === 'replace' ? goneAt(operation) : undefined,
  };
}

/**
 * Since when each of these nodes has been without its address. What was known before stays; for the others it is the time
 * at which their operation took the address away or their instance ended, or now. `now` is ISO 8601, UTC.
 */
export function updateAwaySince(before: AwaySince, lacking: readonly Missing[], now: string): AwaySince {
  const all = lacking.map((each): [string, string] => [each.nodeId, before[each.nodeId] ?? firstKnown(each, now)]);
  return Object.fromEntries(all.sort(([, a], [, b]) => a.localeCompare(b)).slice(0, MOST_REMEMBERED));
}

/** All are kept in one item of the table, which may have 400 KB. The nodes that have waited longest come first. */
const MOST_REMEMBERED = 5_000;

/** An operation whose instance still drains says nothing, and an announced end may be still to come. */
function firstKnown({ knownSince }: Missing, now: string): string {
  return knownSince !== undefined && knownSince < now ? knownSince : now;
}

export function describeMissing({ knownSince: _, ...missing }: Missing, since: string): MissingAddress {
  return { ...missing, since };
}

function nextOf(failure: StatefulNode['failure']): string {
  if (failure === undefined) return 'the reconciler starts what is missing';
  const { operation, nextTryAt } = failure;
  return nextTryAt === undefined ? `${operation} waits for a person` : `${operation} is tried again at ${nextTryAt}`;
}
