/** The account of every explored world: it has exactly what the configurations name, so every one is admitted. */
import type { NamesInConfig } from '../domain/node/validate-against-account';
import type { SeenAccount } from '../domain/node/observations';
import type { Account } from '../lambdas/ports';

export const REGION = 'eu-west-1';

export const exploredAccount: Account = {
  region: REGION,
  observe: async (names) => accountWith(names),
};

/** The first three bytes of the addresses in a subnet whose id ends in a, b, c... */
export function networkOf(subnetId: string): string {
  return `10.0.${parseInt(subnetId.slice(-1), 16) - FIRST_SUBNET}`;
}

const FIRST_SUBNET = 0xa;

function accountWith(names: NamesInConfig): SeenAccount {
  const { vpcId, subnetIds, elasticIp, instanceTypes, securityGroupIds } = names;
  return {
    region: REGION,
    instanceRoleArns: [],
    vpcIds: [vpcId],
    subnets: subnetIds.map((id) => ({
      id,
      vpcId,
      availabilityZone: `${REGION}${id.slice(-1)}`,
      cidrBlock: `${networkOf(id)}.0/24`,
      hasIpv6: false,
    })),
    privateIpHolders: [],
    elasticIp: elasticIp === undefined ? undefined : { allocationId: elasticIp, publicIp: '203.0.113.1' },
    hasInternetGateway: true,
    image: { architecture: 'arm64', state: 'available', deviceNames: ['/dev/xvda'], platform: 'Linux/UNIX' },
    instanceTypes: instanceTypes.map((name) => ({
      name,
      architectures: ['arm64'],
      maximumInterfaces: 3,
      isBurstable: false,
    })),
    securityGroups: (securityGroupIds ?? ['sg-default']).map((id) => ({ id, vpcId })),
    keyPairs: [],
    snapshots: [],
  };
}
