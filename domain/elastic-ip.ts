/** Is the Elastic IP on the node's interface? */
import type { SeenElasticIp } from './observations';

export type AddressDecision = { readonly kind: 'nothing' } | { readonly kind: 'associate' };

/**
 * Asserted anew on every replacement: whether an association survives its instance's termination on a retained
 * interface is not documented. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
 */
export function decideAddress(seen: SeenElasticIp, interfaceId: string): AddressDecision {
  return seen.interfaceId === interfaceId ? { kind: 'nothing' } : { kind: 'associate' };
}
