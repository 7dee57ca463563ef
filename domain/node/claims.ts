/** The addresses that a node holds for itself, so that no other node may be given them. */
import type { NodeConfig } from '../config/node-config';
import type { StatefulNode } from './stateful-node';

/** An address as it is claimed, and the field that asks for it. */
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

/** The claims that neither the configuration asks for, nor the interface or an import still needs. */
export function surplusClaims({ heldClaims, config, identity, adoption }: StatefulNode): readonly string[] {
  const needed = [
    ...addressesWanted(config).map(({ address }) => address),
    identity.allocationId,
    `${config.compute.vpcId}/${identity.privateIp}`,
    adoption?.originalInstanceId,
  ];
  return heldClaims.filter((address) => !needed.includes(address));
}
