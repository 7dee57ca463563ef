/** Claims addresses for a node before its record is written. */
import { UnreadableRecord } from '../../domain/errors';
import { isReleasing, type AwaitedNode } from '../../domain/node/awaited-nodes';
import { surplusClaims, type WantedAddress } from '../../domain/node/claims';
import type { FieldError } from '../../domain/config/validation';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { decideAndSave } from '../operation/owned-node';
import type { HeldClaim, Ports } from '../ports';
import { InvalidRequest } from './node-service';

/** If no record holds a claim that is older than this, the creation or update that made it has died half-way. */
const HALF_WAY_MAX_MS = 5 * 60_000;

/** Claims all of the addresses or none. @throws InvalidRequest that names each address of another node */
export async function claimAddresses(
  ports: Ports,
  wanted: readonly WantedAddress[],
  nodeId: string,
  now: string,
): Promise<readonly string[]> {
  return claimAll(ports, wanted, nodeId, now, {
    claimOne: ({ address }) => claim(ports, address, nodeId, now),
    mayTake: () => false,
  });
}

export interface ClaimedForNew {
  readonly heldClaims: readonly string[];
  /** The nodes being deleted whose claims were taken over. */
  readonly awaited: readonly AwaitedNode[];
}

/**
 * Claims the addresses of a new node, all or none. Takes over the claims of nodes whose deletion frees the address: a
 * deletion is final. Their own release of these claims then does nothing.
 * @throws InvalidRequest that names each address of another node
 */
export async function claimForNew(
  ports: Ports,
  wanted: readonly WantedAddress[],
  nodeId: string,
  now: string,
): Promise<ClaimedForNew> {
  const awaited: AwaitedNode[] = [];
  const claimOne = async ({ address, field }: WantedAddress): Promise<string> => {
    const holder = await claim(ports, address, nodeId, now);
    if (holder === nodeId) return holder;
    const node = await recordOf(ports.nodes, holder);
    // The deletion may have ended since: it releases its claims before it removes the record.
    if (node === undefined) return claim(ports, address, nodeId, now);
    if (node === 'unreadable' || !isReleasing(node, field)) return holder;
    const taken = await ports.claims.claim({ address, nodeId, now, staleHolder: holder });
    awaited.push({ node, wanted: [{ address, field }] });
    return taken.holder;
  };
  const heldClaims = await claimAll(ports, wanted, nodeId, now, { claimOne, mayTake: isReleasing });
  return { heldClaims, awaited };
}

interface Claiming {
  /** Returns the id of the node that holds the address afterwards. */
  readonly claimOne: (wanted: WantedAddress) => Promise<string>;
  /** Whether `claimOne` takes the address from a node that holds it. */
  readonly mayTake: (holder: StatefulNode, field: WantedAddress['field']) => boolean;
}

/**
 * Claims in one order, whatever the order of the fields, and nothing more after the first refusal. So if several requests
 * want the same addresses at once, the one that gets the first of them gets the others too.
 */
async function claimAll(
  ports: Ports,
  wanted: readonly WantedAddress[],
  nodeId: string,
  now: string,
  { claimOne, mayTake }: Claiming,
): Promise<readonly string[]> {
  const claimed: string[] = [];
  const holders = new Map<string, string>();
  try {
    for (const each of inClaimingOrder(wanted)) {
      const { address } = each;
      const holder = holders.size === 0 ? await claimOne(each) : await keeperOf(ports, each, now, mayTake);
      if (holder === nodeId && holders.size === 0) claimed.push(address);
      else if (holder !== undefined && holder !== nodeId) holders.set(address, holder);
    }
    if (holders.size > 0) throw new InvalidRequest(refusalsOf(wanted, holders));
    return wanted.map(({ address }) => address);
  } catch (error) {
    await releaseUnheld(ports, claimed, nodeId);
    throw error;
  }
}

function inClaimingOrder(wanted: readonly WantedAddress[]): readonly WantedAddress[] {
  return [...wanted].sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** The node that holds the address and keeps it, or undefined. */
async function keeperOf(
  { claims, nodes }: Ports,
  { address, field }: WantedAddress,
  now: string,
  mayTake: Claiming['mayTake'],
): Promise<string | undefined> {
  const held = await claims.find(address);
  if (held === undefined || (await isLeftOver(nodes, held, address, now))) return undefined;
  const node = await recordOf(nodes, held.holder);
  return node !== undefined && node !== 'unreadable' && mayTake(node, field) ? undefined : held.holder;
}

/** @param holders the nodes that hold the addresses */
function refusalsOf(wanted: readonly WantedAddress[], holders: ReadonlyMap<string, string>): readonly FieldError[] {
  return wanted.flatMap(({ address, field }) => {
    const holder = holders.get(address);
    if (holder === undefined) return [];
    return [{ field, message: `${address} belongs to ${holder}: use another one, or remove it there` }];
  });
}

/**
 * Claims again what the record of the node holds: an operation that ended meanwhile may have released it. If the node
 * is deleted meanwhile, nothing else would release it.
 */
export async function claimAgain(
  ports: Ports,
  wanted: readonly WantedAddress[],
  nodeId: string,
  now: string,
): Promise<void> {
  const claimed = await claimAddresses(ports, wanted, nodeId, now);
  await releaseUnheld(ports, claimed, nodeId);
}

/**
 * Changes the record of a node for which addresses have been claimed, as `decideAndSave` does. If that fails, releases
 * the claims that the record does not hold: the node may have been deleted meanwhile.
 */
export async function saveClaimed<D extends { readonly node?: StatefulNode }>(
  ports: Ports,
  nodeId: string,
  claimed: readonly string[],
  decide: (node: StatefulNode | undefined) => D,
): Promise<D> {
  try {
    return await decideAndSave(ports.nodes, nodeId, decide);
  } catch (error) {
    await releaseUnheld(ports, claimed, nodeId);
    throw error;
  }
}

/**
 * Writes the record of a new node whose addresses have been claimed. If that fails, releases the claims. If the record
 * was written and only the response was lost, succeeds.
 */
export async function createClaimed({ nodes, claims }: Ports, node: StatefulNode): Promise<void> {
  try {
    await nodes.create(node);
  } catch (error) {
    const found = await nodes.get(node.id);
    if (found?.createdAt === node.createdAt) return;
    // Another try of the same request was faster.
    if (found !== undefined && node.requestKey !== undefined && found.requestKey === node.requestKey) return;
    // If another node has the id, the claims under this id are not ours to release.
    if (found === undefined) for (const address of node.heldClaims) await claims.release(address, node.id);
    throw error;
  }
}

/** Releases those of the claims that the record of the node does not need. */
export async function releaseUnheld(
  { nodes, claims }: Ports,
  claimed: readonly string[],
  nodeId: string,
): Promise<void> {
  for (const address of claimed) if (!(await mayNeed(nodes, nodeId, address))) await claims.release(address, nodeId);
}

/**
 * A deletion releases what the record holds, and the end of an operation what the node no longer needs. Either may have
 * done so before the address was claimed again. While an operation runs it may still use what the configuration no longer
 * asks for. So may an operation that a deletion waits for: the deletion releases the claim after it.
 */
async function mayNeed(nodes: Ports['nodes'], nodeId: string, address: string): Promise<boolean> {
  const isNeeded = (node: StatefulNode): boolean => {
    if (node.operation !== undefined) return node.deletion === undefined || node.operation.kind !== 'delete';
    return node.deletion === undefined && !surplusClaims(node).includes(address);
  };
  return mayHold(nodes, nodeId, address, isNeeded);
}

/** True if the record cannot be read: it may hold the address. */
async function mayHold(
  nodes: Ports['nodes'],
  nodeId: string,
  address: string,
  counts: (node: StatefulNode) => boolean = () => true,
): Promise<boolean> {
  const node = await recordOf(nodes, nodeId);
  if (node === 'unreadable') return true;
  return node !== undefined && counts(node) && node.heldClaims.includes(address);
}

async function recordOf(nodes: Ports['nodes'], nodeId: string): Promise<StatefulNode | 'unreadable' | undefined> {
  try {
    return await nodes.get(nodeId);
  } catch (error) {
    if (error instanceof UnreadableRecord) return 'unreadable';
    throw error;
  }
}

/** Returns the id of the node that holds the address afterwards. */
async function claim({ claims, nodes }: Ports, address: string, nodeId: string, now: string): Promise<string> {
  const held = await claims.claim({ address, nodeId, now });
  // Our own claim is never left over: it dates from this call.
  if (!(await isLeftOver(nodes, held, address, now))) return held.holder;
  return (await claims.claim({ address, nodeId, now, staleHolder: held.holder })).holder;
}

/** Whether a creation or an update that died half-way has left the claim. */
async function isLeftOver(
  nodes: Ports['nodes'],
  { holder, claimedAt }: HeldClaim,
  address: string,
  now: string,
): Promise<boolean> {
  const isOld = Date.parse(now) - Date.parse(claimedAt) > HALF_WAY_MAX_MS;
  return isOld && !(await mayHold(nodes, holder, address));
}
