/** The nodes that the smoke test makes. */
import type { NodeDocument } from '../../domain/config/node-config';
import type { Machine, Subnet } from './account/surroundings';
import { nameOf, RUN_TAG } from './tag';

export interface SmokeNode {
  readonly runId: string;
  readonly attachment: 'cold' | 'hot';
  readonly region: string;
  readonly subnet: Subnet;
  readonly machine: Machine;
  readonly allocationId: string;
}

/** Without security groups, the node gets the VPC's default group. Only Spot Instances can be interrupted. */
export function nodeDocument({ runId, attachment, region, subnet, machine, allocationId }: SmokeNode): NodeDocument {
  return {
    name: nameOf(runId, attachment),
    region,
    strategy: { lifeCycle: 'spot', fallbackToOd: false },
    persistence: { persistPrivateIp: true, eniAttachment: attachment },
    compute: {
      vpcId: subnet.vpcId,
      subnetIds: [subnet.id],
      elasticIp: allocationId,
      launchSpecification: {
        imageId: machine.imageId,
        instanceTypes: { types: [...machine.instanceTypes] },
        tags: [{ tagKey: RUN_TAG, tagValue: runId }],
      },
    },
  };
}
