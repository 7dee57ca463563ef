/** EC2 instances on the AWS SDK. */
import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type _InstanceType,
  type EC2Client,
  type Instance,
  type InstanceNetworkInterfaceSpecification,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { RequestRejected } from '../../domain/errors';
import type { InstanceAttachment, InstanceState, SeenInstance } from '../../domain/node/observations';
import { REQUEST_TAG, type LaunchRequest } from '../../domain/node/stateful-node';
import type { Instances, LaunchOutcome } from '../ports';
import { callEc2, toHoldfastError, type Ec2Failure } from './ec2-error';
import { ownInterface, sharedSettings } from './ec2-launch-settings';
import { refusalOf } from './ec2-pool-refusal';
import { nodeIdIn, tagged, tagsOfMaking } from './ec2-tags';

/** @param deployment the name to tag everything with that is made here */
export function ec2Instances(ec2: Pick<EC2Client, 'send'>, deployment: string): Instances {
  return {
    observe: (instanceId) =>
      callEc2<SeenInstance | undefined>(
        async () => {
          const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
          const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
          return instance === undefined ? undefined : seenInstance(instance);
        },
        { 'not-found': () => undefined },
      ),

    // A filter leaves an unknown id out. A list of ids would be refused as a whole.
    observeAll: (instanceIds) =>
      callEc2(async () => {
        const Filters = [{ Name: 'instance-id', Values: [...instanceIds] }];
        const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
        return Reservations.flatMap(({ Instances = [] }) => Instances).map(withAttachments);
      }),

    launchedBy: (clientToken) =>
      callEc2(async () => {
        // EC2 gives an instance of a fleet a token of its own. A tag has ours.
        for (const filter of [{ Name: 'client-token', Values: [clientToken] }, tagged(REQUEST_TAG, clientToken)]) {
          const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: [filter] }));
          const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
          if (instance !== undefined) return seenInstance(instance);
        }
        return undefined;
      }),

    launch: (request) =>
      callEc2<LaunchOutcome>(
        async () => {
          const command = new RunInstancesCommand(runInstancesInput(request, deployment));
          const { Instances: [instance] = [] } = await ec2.send(command);
          if (instance === undefined) throw new RequestRejected('RunInstances answered without an instance');
          return { kind: 'launched', instance: seenInstance(instance) };
        },
        {
          capacity: refusedPool,
          'subnet-full': refusedPool,
          quota: refusedPool,
          unsuitable: refusedPool,
          'token-spent': () => ({ kind: 'token-spent' }),
          'token-used': () => ({ kind: 'token-used' }),
          'not-found': (failure) => {
            if (failure.code === 'InvalidNetworkInterfaceID.NotFound') return { kind: 'interface-missing' };
            throw toHoldfastError(failure);
          },
        },
      ),

    terminate: (instanceId, how) =>
      callEc2<InstanceState | undefined>(
        async () => {
          const command = new TerminateInstancesCommand({
            InstanceIds: [instanceId],
            ...(how?.skipOsShutdown === true && { SkipOsShutdown: true }),
          });
          const { TerminatingInstances: [ending] = [] } = await ec2.send(command);
          // EC2 accepted the call, so the instance is ending at least.
          return ending?.CurrentState?.Name ?? 'shutting-down';
        },
        { 'not-found': () => undefined },
      ),
  };
}

/** @throws HoldfastError if the error says nothing about the pool */
function refusedPool(failure: Ec2Failure): LaunchOutcome {
  const refusal = refusalOf(failure);
  if (refusal === undefined) throw toHoldfastError(failure);
  return { kind: 'refused', refusal };
}

function runInstancesInput(request: LaunchRequest, deployment: string): RunInstancesCommandInput {
  const { pool } = request;
  return {
    ...sharedSettings(request),
    ClientToken: request.clientToken,
    MinCount: 1,
    MaxCount: 1,
    InstanceType: pool.instanceType as _InstanceType,
    InstanceMarketOptions:
      pool.lifeCycle === 'spot'
        ? {
            MarketType: 'spot',
            SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' },
          }
        : undefined,
    NetworkInterfaces: [primaryInterface(request)],
    TagSpecifications: [
      { ResourceType: 'instance', Tags: tagsOfMaking(deployment, request) },
      { ResourceType: 'volume', Tags: tagsOfMaking(deployment, { ...request, tags: request.volumeTags }) },
    ],
  };
}

/** An existing interface brings its subnet and security groups, so the request must not name them. */
function primaryInterface(request: LaunchRequest): InstanceNetworkInterfaceSpecification {
  return request.interfaceId === undefined
    ? { ...ownInterface(request), SubnetId: request.pool.subnetId }
    : { DeviceIndex: 0, NetworkInterfaceId: request.interfaceId, DeleteOnTermination: false };
}

function withAttachments(instance: Instance): SeenInstance & { readonly attachments: readonly InstanceAttachment[] } {
  const seen = seenInstance(instance);
  const attachments = (instance.NetworkInterfaces ?? []).map(({ NetworkInterfaceId = '', Attachment = {} }) => ({
    interfaceId: NetworkInterfaceId,
    id: Attachment.AttachmentId ?? '',
    instanceId: seen.id,
    deviceIndex: Attachment.DeviceIndex ?? 0,
    status: Attachment.Status ?? 'attaching',
    deleteOnTermination: Attachment.DeleteOnTermination ?? false,
  }));
  return { ...seen, attachments };
}

export function seenInstance(instance: Instance): SeenInstance {
  return {
    id: instance.InstanceId ?? '',
    state: instance.State?.Name ?? 'pending',
    imageId: instance.ImageId ?? '',
    instanceType: instance.InstanceType ?? '',
    lifeCycle: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on_demand',
    subnetId: instance.SubnetId ?? '',
    availabilityZone: instance.Placement?.AvailabilityZone ?? '',
    launchedAt: instance.LaunchTime?.toISOString() ?? '',
    stateReason: instance.StateReason?.Message,
    nodeId: nodeIdIn(instance.Tags),
    keptVolumeIds: keptVolumeIds(instance),
  };
}

/** A volume of which EC2 does not say that it ends with its instance counts as one that outlives it. */
function keptVolumeIds({ BlockDeviceMappings = [] }: Instance): readonly string[] | undefined {
  const kept = BlockDeviceMappings.flatMap(({ Ebs }) =>
    Ebs?.VolumeId === undefined || Ebs.DeleteOnTermination === true ? [] : [Ebs.VolumeId],
  );
  return kept.length === 0 ? undefined : kept;
}
