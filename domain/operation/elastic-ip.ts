/** Is the Elastic IP on the node's interface? */
import type { SeenElasticIp } from '../node/observations';
import type { NetworkIdentity, OwnedNode, StatefulNode } from '../node/stateful-node';

export type AddressDecision = { readonly kind: 'nothing' } | { readonly kind: 'associate' };

/**
 * Asserted anew on every replacement: whether an association survives its instance's termination on a retained
 * interface is not documented. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
 */
export function decideAddress(seen: SeenElasticIp, interfaceId: string): AddressDecision {
  return seen.interfaceId === interfaceId ? { kind: 'nothing' } : { kind: 'associate' };
}

/** Whether the interface is to have the Elastic IP, if the node has one: a pause may take it away, if asked to. */
export function awaitsElasticIp({ config, instance }: Pick<StatefulNode, 'config' | 'instance'>): boolean {
  return instance !== undefined || config.persistence.shouldKeepElasticIpOnPause !== false;
}

/**
 * Whether the interface is to have the Elastic IP, and has not as far as EC2 shows. No operation ends like that: the next
 * one would not find what EC2 shows late, and so not take it off where that is asked for.
 */
export function lacksElasticIp(
  node: Pick<StatefulNode, 'config' | 'identity' | 'instance'>,
  seen: SeenElasticIp | undefined,
): boolean {
  const { interfaceId } = node.identity;
  const isWanted = node.config.compute.elasticIp !== undefined && interfaceId !== undefined;
  return isWanted && awaitsElasticIp(node) && seen?.interfaceId !== interfaceId;
}

/** `given-up`: it is not on the interface. The node's claim on it stays, so that a resume finds it. */
export type ElasticIpOnPauseDecision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'disassociate'; readonly associationId: string }
  | { readonly kind: 'given-up' };

/** What a pause does with the Elastic IP. Only the node's own interface loses it: somebody may have moved it on. */
export function decideElasticIpOnPause(
  { node, operation }: OwnedNode,
  seen: SeenElasticIp | undefined,
): ElasticIpOnPauseDecision {
  const { config } = operation;
  if (config.compute.elasticIp === undefined || awaitsElasticIp({ config })) return { kind: 'keep' };
  const isOurs = seen?.interfaceId !== undefined && seen.interfaceId === node.identity.interfaceId;
  return isOurs && seen.associationId !== undefined
    ? { kind: 'disassociate', associationId: seen.associationId }
    : { kind: 'given-up' };
}

/** What persists, with the Elastic IP that EC2 shows, or with none. Without an interface there is nothing to put it on. */
export function withElasticIp(identity: NetworkIdentity, seen: SeenElasticIp | undefined): NetworkIdentity {
  if (identity.interfaceId === undefined) return identity;
  return { ...identity, allocationId: seen?.allocationId, publicIp: seen?.publicIp };
}

/** The record of a node whose interface has lost its Elastic IP. */
export function withoutElasticIp(node: StatefulNode): StatefulNode {
  const { allocationId: _allocationId, publicIp: _publicIp, ...identity } = node.identity;
  return { ...node, identity };
}
