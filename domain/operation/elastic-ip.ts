/** Decides where the Elastic IP must be: on the node's interface, or off it during a pause. */
import type { SeenElasticIp } from '../node/observations';
import type { NetworkIdentity, OwnedNode, StatefulNode } from '../node/stateful-node';

export type AddressDecision = { readonly kind: 'nothing' } | { readonly kind: 'associate' };

/**
 * Checked on every replacement. AWS does not document whether an association on a retained interface survives the
 * termination of the instance. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
 */
export function decideAddress(seen: SeenElasticIp, interfaceId: string): AddressDecision {
  return seen.interfaceId === interfaceId ? { kind: 'nothing' } : { kind: 'associate' };
}

/** Whether the interface must have the node's Elastic IP. A pause may be configured to disassociate it. */
export function awaitsElasticIp({ config, instance }: Pick<StatefulNode, 'config' | 'instance'>): boolean {
  return instance !== undefined || config.persistence.shouldKeepElasticIpOnPause !== false;
}

/**
 * Whether the interface must have the Elastic IP and EC2 does not show it there. No operation may end in that state: if
 * EC2 showed the association late, the next pause would not see it and would not disassociate it.
 */
export function lacksElasticIp(
  node: Pick<StatefulNode, 'config' | 'identity' | 'instance'>,
  seen: SeenElasticIp | undefined,
): boolean {
  const { interfaceId } = node.identity;
  const isWanted = node.config.compute.elasticIp !== undefined && interfaceId !== undefined;
  return isWanted && awaitsElasticIp(node) && seen?.interfaceId !== interfaceId;
}

/** `given-up`: the Elastic IP is not on the interface. The node keeps its claim, so that a resume can use it. */
export type ElasticIpOnPauseDecision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'disassociate'; readonly associationId: string }
  | { readonly kind: 'given-up' };

/** What a pause does with the Elastic IP. It is disassociated only from the node's own interface, not from another. */
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

/** The identity with the Elastic IP that EC2 shows, or with none. Without an interface there is no Elastic IP. */
export function withElasticIp(identity: NetworkIdentity, seen: SeenElasticIp | undefined): NetworkIdentity {
  if (identity.interfaceId === undefined) return identity;
  return { ...identity, allocationId: seen?.allocationId, publicIp: seen?.publicIp };
}

/** The record of a node whose interface has lost its Elastic IP. */
export function withoutElasticIp(node: StatefulNode): StatefulNode {
  const { allocationId: _allocationId, publicIp: _publicIp, ...identity } = node.identity;
  return { ...node, identity };
}
