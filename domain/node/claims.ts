/** The claims of a node: addresses that no other node may use. */
import type { NodeConfig } from '../config/node-config';
import type { StatefulNode } from './stateful-node';

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

/** The claims that the configuration, the interface and the import no longer need. */
export function surplusClaims({ heldClaims, config, identity, adoption }: StatefulNode): readonly string[] {
  const needed = [
    ...addressesWanted(config).map(({ address }) => address),
    identity.allocationId,
    `${config.compute.vpcId}/${identity.privateIp}`,
    adoption?.originalInstanceId,
  ];
  return heldClaims.filter((address) => !needed.includes(address));
}
