/**
 * A new node may have addresses of a node that is being deleted. A deletion is final, so the deleted node needs its
 * claims no more: the new node takes them over, and waits until the addresses are free.
 */
import type { WantedAddress } from './claims';
import type { StatefulNode } from './stateful-node';

/** A node that is being deleted, and the addresses that a new node gets from it. */
export interface AwaitedNode {
  readonly node: StatefulNode;
  readonly wanted: readonly WantedAddress[];
}

/** The address that a node waits for. `elastic-ip` has an allocation id, `private-ip` an IPv4 address. */
type AwaitedAddress = { readonly kind: 'elastic-ip' | 'private-ip'; readonly address: string };

/** Whether the node is being deleted, and the deletion frees an address that the field names. */
export function isReleasing(
  { deletion, adoption }: Pick<StatefulNode, 'deletion' | 'adoption'>,
  field: WantedAddress['field'],
): boolean {
  // The deletion of a node that is still being imported may give the addresses back to the original.
  if (deletion === undefined || adoption !== undefined || !deletion.shouldTerminateInstance) return false;
  return field === 'compute.elasticIp' || (field === 'compute.privateIp' && deletion.shouldDeleteNetworkInterfaces);
}

/** Of two lists of awaited nodes, one. Neither a node nor an address appears twice. */
export function joined(...awaited: readonly AwaitedNode[]): readonly AwaitedNode[] {
  const byId = new Map<string, AwaitedNode>();
  for (const { node, wanted } of awaited) {
    const others = (byId.get(node.id)?.wanted ?? []).filter(
      ({ field }) => !wanted.some((each) => each.field === field),
    );
    byId.set(node.id, { node, wanted: [...others, ...wanted] });
  }
  return [...byId.values()];
}

/** What the log of a new node says about a node that it waits for. */
export function describeWait({ node, wanted }: AwaitedNode): string {
  // A private IP is claimed as `vpc-.../10.0.0.5`.
  const names = wanted.map(({ address }) => address.split('/').at(-1) ?? address).sort();
  return `waits until ${node.id}, which is being deleted, has released ${names.join(' and ')}`;
}

/**
 * Why a node must still wait for an address, for a person. Undefined if no awaited node may have the address.
 * @param present the awaited nodes whose records still exist
 */
export function whyAwaited(present: readonly StatefulNode[], awaited: AwaitedAddress): string | undefined {
  const node = present.find((each) => mayHave(each, awaited));
  if (node === undefined) return undefined;
  const failure = node.errorReason === undefined ? '' : ` Its deletion has failed until now: ${node.errorReason}`;
  return `${node.id}, which is being deleted, has not released ${awaited.address} yet.${failure}`;
}

/**
 * It does not matter where the Elastic IP is at present: an operation that was under way when the deletion was requested
 * may still move it to the interface of its node.
 */
function mayHave(node: StatefulNode, { kind, address }: AwaitedAddress): boolean {
  return kind === 'elastic-ip'
    ? isReleasing(node, 'compute.elasticIp') && node.heldClaims.includes(address)
    : isReleasing(node, 'compute.privateIp');
}
