/** The documents and patches that the scenario's plans stand for. */
import type { NodeConfig } from '../../domain/config/node-config';
import type { DefaultAccount } from '../../simulator/ec2/default-account';
import type { Change, NodePlan } from './scenario';

/** What the documents name, made before anything happens. */
export interface Surroundings {
  readonly account: DefaultAccount;
  readonly otherSecurityGroupId: string;
  /** By node, its own Elastic IP and another one. */
  readonly elasticIps: readonly { readonly own: string; readonly other: string }[];
}

const TYPES = { first: ['m7g.large'], second: ['m6g.large'], both: ['m7g.large', 'm6g.large'] } as const;

/** It outlives the instance, and is its owner's. */
const KEPT_VOLUME = { deviceName: '/dev/sdf', ebs: { volumeSize: 8, deleteOnTermination: false } };

export function nodeName(index: number): string {
  return `node-${index}`;
}

export function documentOf(plan: NodePlan, index: number, { account, elasticIps }: Surroundings): NodeConfig {
  return {
    name: nodeName(index),
    region: 'us-east-1',
    strategy: {
      lifeCycle: plan.lifeCycle,
      fallbackToOd: plan.fallbackToOd,
      drainingTimeout: plan.drainingSeconds,
      rebalanceRecommendation: plan.rebalance,
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

export function patchOf(change: Change, index: number, surroundings: Surroundings): object {
  switch (change.field) {
    case 'name':
      return { description: change.value };
    case 'tag':
      return launchSpecification({ tags: [{ tagKey: 'stage', tagValue: change.value }] });
    case 'security-group':
      return launchSpecification({ securityGroupIds: securityGroups(change.value, surroundings) });
    case 'instance-types':
      return launchSpecification({ instanceTypes: { types: TYPES[change.value] } });
    case 'elastic-ip': {
      const elasticIp = change.value === 'none' ? null : surroundings.elasticIps[index]![change.value];
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

function securityGroups(which: 'first' | 'second' | 'both', { account, otherSecurityGroupId }: Surroundings): string[] {
  if (which === 'both') return [account.securityGroupId, otherSecurityGroupId];
  return [which === 'first' ? account.securityGroupId : otherSecurityGroupId];
}
