/** Translates a scenario's plans into the API's documents and patches. */
import type { NodeConfig } from '../../domain/config/node-config';
import type { DefaultAccount } from '../../simulator/ec2/default-account';
import type { Change, NodePlan } from './scenario';

/** The account's resources that the documents name. They are created before the first node. */
export interface AccountResources {
  readonly account: DefaultAccount;
  readonly otherSecurityGroupId: string;
  /** By node index: its first Elastic IP, and another one to change to. */
  readonly elasticIps: readonly { readonly own: string; readonly other: string }[];
}

const TYPES = { first: ['m7g.large'], second: ['m6g.large'], both: ['m7g.large', 'm6g.large'] } as const;

/** A volume that outlives the instance. It belongs to the user. */
const KEPT_VOLUME = { deviceName: '/dev/sdf', ebs: { volumeSize: 8, deleteOnTermination: false } };

export function nodeName(index: number): string {
  return `node-${index}`;
}

export function documentOf(plan: NodePlan, index: number, { account, elasticIps }: AccountResources): NodeConfig {
  return {
    name: nodeName(index),
    region: 'us-east-1',
    strategy: {
      lifeCycle: plan.lifeCycle,
      fallbackToOd: plan.fallbackToOd,
      drainingTimeout: plan.drainingSeconds,
      rebalanceRecommendation: plan.rebalance,
      skipOsShutdown: plan.skipsOsShutdown,
    },
    persistence: { persistPrivateIp: plan.persistPrivateIp, eniAttachment: plan.attachment },
    compute: {
      vpcId: account.vpcId,
      subnetIds: account.subnetIds.slice(0, plan.subnets),
      ...(plan.privateIp === undefined ? {} : { privateIp: plan.privateIp }),
      ...(plan.hasElasticIp ? { elasticIp: elasticIps[index]!.own } : {}),
      launchSpecification: {
        imageId: account.arm64ImageId,
        instanceTypes: { types: [...TYPES.both] },
        securityGroupIds: [account.securityGroupId],
        tags: [{ tagKey: 'stage', tagValue: 'initial' }],
        ...(plan.keepsVolumes ? { blockDeviceMappings: [KEPT_VOLUME] } : {}),
      },
    },
  };
}

export function patchOf(change: Change, index: number, resources: AccountResources): object {
  switch (change.field) {
    case 'name':
      return { description: change.value };
    case 'tag':
      return launchSpecification({ tags: [{ tagKey: 'stage', tagValue: change.value }] });
    case 'security-group':
      return launchSpecification({ securityGroupIds: securityGroups(change.value, resources) });
    case 'instance-types':
      return launchSpecification({ instanceTypes: { types: TYPES[change.value] } });
    case 'elastic-ip': {
      const elasticIp = change.value === 'none' ? null : resources.elasticIps[index]![change.value];
      return { compute: { elasticIp } };
    }
    case 'private-ip':
      return { compute: { privateIp: change.value } };
    case 'draining':
      return { strategy: { drainingTimeout: change.value } };
    case 'attachment':
      return { persistence: { eniAttachment: change.value } };
  }
}

function launchSpecification(patch: object): object {
  return { compute: { launchSpecification: patch } };
}

function securityGroups(
  which: 'first' | 'second' | 'both',
  { account, otherSecurityGroupId }: AccountResources,
): string[] {
  if (which === 'both') return [account.securityGroupId, otherSecurityGroupId];
  return [which === 'first' ? account.securityGroupId : otherSecurityGroupId];
}
