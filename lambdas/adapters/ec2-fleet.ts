/**
 * Everything with the deployment's tag, in as few calls as EC2 allows: one call for each page, not for each node.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type Filter,
  type InstanceStatus,
  type Tag as SdkTag,
} from '@aws-sdk/client-ec2';
import {
  DEPLOYMENT_TAG,
  GENERATION_TAG,
  NODE_ID_TAG,
  NODE_NAME_TAG,
  REQUEST_TAG,
} from '../../domain/node/stateful-node';
import type { Origin } from '../../domain/reconciliation/unknown';
import type { Fleet } from '../ports';
import { seenElasticIp } from './ec2-addresses';
import { callEc2 } from './ec2-error';
import { seenInstance } from './ec2-instances';
import { seenInterface } from './ec2-network-interfaces';
import { allPages, PAGE_SIZE } from './ec2-pages';
import { leftMarksIn, tagged } from './ec2-tags';

/** Leaves out what belongs to other deployments, and to other nodes if one is given. */
function of(deployment: string, nodeId?: string): Filter[] {
  return [tagged(DEPLOYMENT_TAG, deployment), ...(nodeId === undefined ? [] : [tagged(NODE_ID_TAG, nodeId)])];
}

/** We list instances that fail either check, with two calls, because EC2 cannot join filters by "or". */
const FAILED_CHECKS = ['instance-status.status', 'system-status.status'];

export function ec2Fleet(ec2: Pick<EC2Client, 'send'>, deployment: string): Fleet {
  return {
    instances: (nodeId) =>
      allPages(async (NextToken) => {
        const Filters = of(deployment, nodeId);
        const command = new DescribeInstancesCommand({ Filters, MaxResults: PAGE_SIZE, NextToken });
        const { Reservations = [], NextToken: next } = await ec2.send(command);
        const items = Reservations.flatMap(({ Instances = [] }) => Instances);
        return { items: items.map((each) => ({ ...seenInstance(each), origin: originOf(each.Tags) })), next };
      }),

    interfaces: (nodeId) =>
      allPages(async (NextToken) => {
        const Filters = of(deployment, nodeId);
        const command = new DescribeNetworkInterfacesCommand({ Filters, MaxResults: PAGE_SIZE, NextToken });
        const { NetworkInterfaces = [], NextToken: next } = await ec2.send(command);
        return {
          items: NetworkInterfaces.map((each) => ({ ...seenInterface(each), origin: originOf(each.TagSet) })),
          next,
        };
      }),

    elasticIps: () =>
      callEc2(async () => {
        const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
        return Addresses.map((each) => seenElasticIp(each.AllocationId ?? '', each));
      }),

    async impairments() {
      const failing = await Promise.all(FAILED_CHECKS.map((Name) => failingCheck(ec2, Name)));
      return failing.flat();
    },
  };
}

function failingCheck(ec2: Pick<EC2Client, 'send'>, Name: string): ReturnType<Fleet['impairments']> {
  const Filters = [{ Name, Values: ['impaired'] }];
  return allPages(async (NextToken) => {
    const command = new DescribeInstanceStatusCommand({ Filters, MaxResults: PAGE_SIZE, NextToken });
    const { InstanceStatuses = [], NextToken: next } = await ec2.send(command);
    return { items: InstanceStatuses.flatMap(impairmentIn), next };
  });
}

/** The check that has failed for the longest time counts. */
function impairmentIn(found: InstanceStatus): { readonly instanceId: string; readonly since: string }[] {
  const checks = [found.InstanceStatus, found.SystemStatus].flatMap((summary) => summary?.Details ?? []);
  const since = checks.flatMap(({ ImpairedSince }) => (ImpairedSince === undefined ? [] : [ImpairedSince]));
  const first = since.map((time) => time.toISOString()).sort()[0];
  return first === undefined ? [] : [{ instanceId: found.InstanceId ?? '', since: first }];
}

function originOf(tags: readonly SdkTag[] = []): Origin {
  const valueOf = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
  const marks = leftMarksIn(tags);
  return {
    nodeId: valueOf(NODE_ID_TAG) ?? '',
    nodeName: valueOf(NODE_NAME_TAG),
    generation: generationIn(valueOf(GENERATION_TAG)),
    clientToken: valueOf(REQUEST_TAG),
    isLeft: marks.leftBy !== undefined,
    ...marks,
  };
}

/** People can write tags too, so we ignore a value that is not a number. */
function generationIn(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
