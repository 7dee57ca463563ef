/** EC2 network interfaces on the AWS SDK. */
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
  type EC2Client,
  type NetworkInterface,
  type NetworkInterfaceAttachment,
} from '@aws-sdk/client-ec2';
import { NotYetVisible, RequestRejected } from '../../domain/errors';
import type { SeenAttachment, SeenInterface } from '../../domain/node/observations';
import { REQUEST_TAG, type InterfaceRequest } from '../../domain/node/stateful-node';
import type { CreateOutcome, NetworkInterfaces } from '../ports';
import { callEc2, toHoldfastError, type Ec2Failure } from './ec2-error';
import { freeTagsIn, nodeIdIn, tagsOfMaking } from './ec2-tags';

/** @param deployment the name to tag everything with that is made here */
export function ec2NetworkInterfaces(ec2: Pick<EC2Client, 'send'>, deployment: string): NetworkInterfaces {
  const observe = (interfaceId: string): Promise<SeenInterface | undefined> => observeInterface(ec2, interfaceId);
  return {
    observe,

    madeBy: (clientToken) => madeBy(ec2, clientToken),

    create: (request) =>
      callEc2<CreateOutcome>(async () => ({ kind: 'made', interface: await create(ec2, deployment, request) }), {
        'subnet-full': ({ code, message }) => ({
          kind: 'refused',
          refusal: { because: 'capacity', of: 'subnet', code, message },
        }),
        // Nothing in the request names an interface: EC2 speaks of the one that an earlier request under this token made.
        'not-found': () => ({ kind: 'token-spent' }),
        // The answer to the first request was lost, and that request had other tags or security groups.
        'token-used': async (failure) => {
          const made = await madeBy(ec2, request.clientToken);
          if (made === undefined)
            throw new NotYetVisible(`what ${request.clientToken} has made is not visible yet`, failure);
          return { kind: 'made', interface: made };
        },
      }),

    detach: (attachmentId, { force } = { force: false }) =>
      callEc2(
        async () => {
          const command = new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId, Force: force || undefined });
          await ec2.send(command);
        },
        { 'not-found': () => undefined },
      ),

    attach: (interfaceId, instanceId, deviceIndex) =>
      callEc2<boolean>(
        async () => {
          const ends = { NetworkInterfaceId: interfaceId, InstanceId: instanceId };
          await ec2.send(new AttachNetworkInterfaceCommand({ ...ends, DeviceIndex: deviceIndex }));
          return true;
        },
        { 'device-index-taken': () => false },
      ),

    delete: (interfaceId) =>
      callEc2(
        async () => {
          await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
        },
        { 'not-found': () => undefined, unauthorized: (failure) => acceptIfGone(observe, interfaceId, failure) },
      ),

    setSecurityGroups: (interfaceId, securityGroupIds) =>
      callEc2(async () => {
        await ec2.send(
          new ModifyNetworkInterfaceAttributeCommand({
            NetworkInterfaceId: interfaceId,
            Groups: [...securityGroupIds],
          }),
        );
      }),

    keepOnTermination: (interfaceId, attachmentId) =>
      callEc2(() => setDeleteOnTermination(ec2, interfaceId, attachmentId, false)),

    deleteOnTermination: (interfaceId, attachmentId) =>
      callEc2(() => setDeleteOnTermination(ec2, interfaceId, attachmentId, true), { 'not-found': () => undefined }),
  };
}

export function observeInterface(
  ec2: Pick<EC2Client, 'send'>,
  interfaceId: string,
): Promise<SeenInterface | undefined> {
  return callEc2<SeenInterface | undefined>(
    async () => {
      const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
      const { NetworkInterfaces: [found] = [] } = await ec2.send(command);
      return found === undefined ? undefined : seenInterface(found);
    },
    { 'not-found': () => undefined },
  );
}

/** EC2 can filter instances by client token, but interfaces only by tag. So each interface has its token as a tag. */
function madeBy(ec2: Pick<EC2Client, 'send'>, clientToken: string): Promise<SeenInterface | undefined> {
  return callEc2(async () => {
    const Filters = [{ Name: `tag:${REQUEST_TAG}`, Values: [clientToken] }];
    const { NetworkInterfaces: [found] = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    return found && seenInterface(found);
  });
}

/**
 * Our role may change only what has our tag. EC2 may refuse a call because the interface is gone, and its tags with it.
 * So we look whether it is gone. @throws RequestRejected if the interface exists
 */
async function acceptIfGone(
  observe: NetworkInterfaces['observe'],
  interfaceId: string,
  failure: Ec2Failure,
): Promise<void> {
  if ((await observe(interfaceId)) !== undefined) throw toHoldfastError(failure);
}

async function setDeleteOnTermination(
  ec2: Pick<EC2Client, 'send'>,
  interfaceId: string,
  attachmentId: string,
  isDeleted: boolean,
): Promise<void> {
  await ec2.send(
    new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: interfaceId,
      Attachment: { AttachmentId: attachmentId, DeleteOnTermination: isDeleted },
    }),
  );
}

async function create(
  ec2: Pick<EC2Client, 'send'>,
  deployment: string,
  request: InterfaceRequest,
): Promise<SeenInterface> {
  const { NetworkInterface: made } = await ec2.send(
    new CreateNetworkInterfaceCommand({
      ClientToken: request.clientToken,
      SubnetId: request.subnetId,
      PrivateIpAddress: request.privateIp,
      Ipv6AddressCount: request.withIpv6Address ? 1 : undefined,
      Groups: [...request.securityGroupIds],
      Description: 'Persisted by Holdfast: the address of a stateful node. Do not delete.',
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: tagsOfMaking(deployment, request) }],
    }),
  );
  if (made === undefined) throw new RequestRejected('CreateNetworkInterface answered without an interface');
  return seenInterface(made);
}

export function seenInterface(found: NetworkInterface): SeenInterface {
  return {
    id: found.NetworkInterfaceId ?? '',
    status: found.Status ?? 'pending',
    vpcId: found.VpcId,
    subnetId: found.SubnetId ?? '',
    availabilityZone: found.AvailabilityZone ?? '',
    privateIp: found.PrivateIpAddress ?? '',
    macAddress: found.MacAddress ?? '',
    ipv6Address: found.Ipv6Addresses?.[0]?.Ipv6Address,
    securityGroupIds: (found.Groups ?? []).map(({ GroupId = '' }) => GroupId),
    allocationId: found.Association?.AllocationId,
    attachment: found.Attachment && seenAttachment(found.Attachment),
    nodeId: nodeIdIn(found.TagSet),
    ...freeTagsIn(found.TagSet),
  };
}

/** If an attachment names no instance, another AWS service holds the interface. */
function seenAttachment(attachment: NetworkInterfaceAttachment): SeenAttachment | undefined {
  if (attachment.Status === 'detached') return undefined;
  return {
    id: attachment.AttachmentId ?? '',
    instanceId: attachment.InstanceId ?? attachment.InstanceOwnerId ?? '',
    deviceIndex: attachment.DeviceIndex ?? 0,
    status: attachment.Status ?? 'attaching',
    deleteOnTermination: attachment.DeleteOnTermination ?? false,
  };
}
