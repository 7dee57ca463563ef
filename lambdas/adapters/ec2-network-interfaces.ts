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
import { RequestRejected } from '../../domain/errors';
import type { SeenAttachment, SeenInterface } from '../../domain/observations';
import type { InterfaceRequest } from '../../domain/stateful-node';
import type { NetworkInterfaces } from '../ports';
import { callEc2 } from './ec2-error';
import { nodeIdIn, tagsOfMaking } from './ec2-tags';

/** @param deployment the name that everything made here is tagged with */
export function ec2NetworkInterfaces(ec2: Pick<EC2Client, 'send'>, deployment: string): NetworkInterfaces {
  return {
    observe: (interfaceId) =>
      callEc2<SeenInterface | undefined>(
        async () => {
          const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
          const { NetworkInterfaces: [found] = [] } = await ec2.send(command);
          return found === undefined ? undefined : seenInterface(found);
        },
        { 'not-found': () => undefined },
      ),

    create: (request) => callEc2(() => create(ec2, deployment, request)),

    detach: (attachmentId, { force } = { force: false }) =>
      callEc2(
        async () => {
          const command = new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId, Force: force || undefined });
          await ec2.send(command);
        },
        { 'not-found': () => undefined },
      ),

    attach: (interfaceId, instanceId, deviceIndex) =>
      callEc2(async () => {
        await ec2.send(
          new AttachNetworkInterfaceCommand({
            NetworkInterfaceId: interfaceId,
            InstanceId: instanceId,
            DeviceIndex: deviceIndex,
          }),
        );
      }),

    delete: (interfaceId) =>
      callEc2(
        async () => {
          await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
        },
        { 'not-found': () => undefined },
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
    subnetId: found.SubnetId ?? '',
    availabilityZone: found.AvailabilityZone ?? '',
    privateIp: found.PrivateIpAddress ?? '',
    macAddress: found.MacAddress ?? '',
    ipv6Address: found.Ipv6Addresses?.[0]?.Ipv6Address,
    securityGroupIds: (found.Groups ?? []).map(({ GroupId = '' }) => GroupId),
    allocationId: found.Association?.AllocationId,
    attachment: found.Attachment && seenAttachment(found.Attachment),
    nodeId: nodeIdIn(found.TagSet),
  };
}

/** An attachment that names no instance is not one to an instance of ours: another service holds it. */
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
