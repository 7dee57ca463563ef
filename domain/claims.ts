/** The addresses that a node holds for itself, so that no other node may be given them. */
import type { NodeConfig } from './node-config';
import type { StatefulNode } from './stateful-node';

/** An address as it is claimed, and the field that asks for it. */
export interface WantedAddress {
  readonly address: string;
  readonly field: 'compute.elasticIp' | 'compute.privateIp';
}

export function addressesWanted({ compute }: NodeConfig): readonly WantedAddress[] {
  const { elasticIp, privateIp, vpcId } = compute;
  return [
    ...(elasticIp === undefined ? [] : [{ address: elasticIp, field: 'compute.elasticIp' as const }]),
    ...(privateIp === undefined ? [] : [{ address: `${vpcId}/${privateIp}`, field: 'compute.privateIp' as const }]),
  ];
}

/** The claims that neither the configuration asks for nor the interface still needs. */
export function surplusClaims({ heldClaims, config, identity }: StatefulNode): readonly string[] {
  const needed = [
    ...addressesWanted(config).map(({ address }) => address),
    identity.allocationId,
    `${config.compute.vpcId}/${identity.privateIp}`,
  ];
  return heldClaims.filter((address) => !needed.includes(address));
}
