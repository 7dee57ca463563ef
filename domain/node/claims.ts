/** The claims of a node: addresses that no other node may use. */
import type { NodeConfig } from '../config/node-config';
import { hasUnappliedUpdate, type StatefulNode } from './stateful-node';

/** An address in the form of its claim, and the field that names it. */
export interface WantedAddress {
  readonly address: string;
  readonly field: string;
}

export function addressesWanted({ compute }: NodeConfig): readonly WantedAddress[] {
  const { elasticIp, privateIp, vpcId } = compute;
  return [
    ...(elasticIp === undefined ? [] : [{ address: elasticIp, field: 'compute.elasticIp' }]),
    ...(privateIp === undefined ? [] : [{ address: `${vpcId}/${privateIp}`, field: 'compute.privateIp' }]),
  ];
}

/**
 * The claims to release. There are none before an update is applied, nor while its adjustment has failed: until then, the
 * Elastic IP that it replaces may be on the interface, and only the claim may say so.
 */
export function surplusClaims(node: StatefulNode): readonly string[] {
  const isApplied = !hasUnappliedUpdate(node) && node.failure?.operation !== 'adjust';
  return isApplied ? unneededClaims(node) : [];
}

/** The claims that the configuration, the interface and the import do not need. */
export function unneededClaims({ heldClaims, config, identity, adoption }: StatefulNode): readonly string[] {
  const needed = [
    ...addressesWanted(config).map(({ address }) => address),
    identity.allocationId,
    `${config.compute.vpcId}/${identity.privateIp}`,
    adoption?.originalInstanceId,
  ];
  return heldClaims.filter((address) => !needed.includes(address));
}

/** Every Elastic IP that the node may have on its interface. A claim is made before, and released after. */
export function claimedElasticIps({ heldClaims, identity }: StatefulNode): readonly string[] {
  const claimed = heldClaims.filter((address) => address.startsWith('eipalloc-'));
  return [...new Set([...claimed, ...(identity.allocationId === undefined ? [] : [identity.allocationId])])];
}
