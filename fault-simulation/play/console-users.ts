/** Manual changes: what console users do to a node's resources without Holdfast. */
import {
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReleaseAddressCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Instance, NetworkInterface, World } from '../../simulator/ec2/world';
import type { AccountResources } from '../scenario/documents';
import type { ManualChange } from '../scenario/scenario';

export interface ConsoleContext {
  readonly ec2: Pick<EC2Client, 'send'>;
  readonly world: World;
  readonly resources: AccountResources;
  /** Called with the id of every resource that the user changes. */
  readonly onChange: (id: string) => void;
  /** Called with the id of every interface and instance that is created with a node's tags. */
  readonly onLookalike: (id: string) => void;
  /** Makes the interface hang when it is detached. */
  readonly hang: (interfaceId: string) => void;
  /** Makes the interface stay attached when its instance ends. */
  readonly stick: (interfaceId: string) => void;
  /** Waits until the interface is free. Returns false if it is not free after the longest wait. */
  readonly waitUntilFree: (interfaceId: string) => Promise<boolean>;
  /** Waits until the instance runs. Returns false if it does not run after the longest wait. */
  readonly waitUntilRunning: (instanceId: string) => Promise<boolean>;
}

/**
 * Makes the change. Returns what was done, for the trace; undefined if the change does not apply.
 * @throws EC2's refusals
 */
export function changeByHand(
  context: ConsoleContext,
  how: ManualChange['how'],
  node: StatefulNode,
): Promise<string | undefined> {
  return CHANGES[how](context, node);
}

type Change = (context: ConsoleContext, node: StatefulNode) => Promise<string | undefined>;

const nothing = Promise.resolve(undefined);

const CHANGES: Readonly<Record<ManualChange['how'], Change>> = {
  terminate: (context, { instance }) =>
    instance === undefined
      ? nothing
      : sendChange(context, [instance.id], new TerminateInstancesCommand({ InstanceIds: [instance.id] })),

  stop: (context, { instance }) =>
    instance === undefined
      ? nothing
      : sendChange(context, [instance.id], new StopInstancesCommand({ InstanceIds: [instance.id] })),

  'detach-interface': (context, node) => {
    const { eni, attachment } = interfaceOf(context, node);
    if (eni === undefined || attachment === undefined) return nothing;
    return sendChange(context, [eni.id], new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id }));
  },

  'delete-interface': (context, node) => {
    const { eni } = interfaceOf(context, node);
    if (eni?.status !== 'available') return nothing;
    return sendChange(context, [eni.id], new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: eni.id }));
  },

  'attach-interface-elsewhere': async (context, node) => {
    const { eni } = interfaceOf(context, node);
    if (eni?.status !== 'available') return undefined;
    const instanceId = await unrelatedInstance(context, eni.subnetId);
    // EC2 attaches nothing to an instance that is pending.
    if (!(await context.waitUntilRunning(instanceId))) return undefined;
    const command = new AttachNetworkInterfaceCommand({
      NetworkInterfaceId: eni.id,
      InstanceId: instanceId,
      DeviceIndex: 1,
    });
    return sendChange(context, [eni.id], command);
  },

  'disassociate-address': (context, node) => {
    const address = addressOf(context, node);
    if (address?.association === undefined) return nothing;
    return sendChange(context, [address.id], new DisassociateAddressCommand({ AssociationId: address.association.id }));
  },

  'move-address': async (context, node) => {
    const address = addressOf(context, node);
    if (address === undefined) return undefined;
    const interfaceId = await unrelatedInterface(context);
    const command = new AssociateAddressCommand({
      AllocationId: address.id,
      NetworkInterfaceId: interfaceId,
      AllowReassociation: true,
    });
    return sendChange(context, [address.id], command);
  },

  'release-address': async (context, node) => {
    const address = addressOf(context, node);
    if (address === undefined) return undefined;
    const { association } = address;
    context.onChange(address.id);
    if (association !== undefined)
      await context.ec2.send(new DisassociateAddressCommand({ AssociationId: association.id }));
    return sendChange(context, [address.id], new ReleaseAddressCommand({ AllocationId: address.id }));
  },

  'change-security-groups': (context, node) => {
    const { eni } = interfaceOf(context, node);
    if (eni === undefined) return nothing;
    const Groups = [context.resources.otherSecurityGroupId];
    return sendChange(
      context,
      [eni.id],
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eni.id, Groups }),
    );
  },

  'delete-on-termination': (context, node) => {
    const { eni, attachment } = interfaceOf(context, node);
    if (eni === undefined || attachment === undefined) return nothing;
    const command = new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: eni.id,
      Attachment: { AttachmentId: attachment.id, DeleteOnTermination: true },
    });
    return sendChange(context, [eni.id], command);
  },

  'take-private-ip': (context, node) => {
    const { privateIp = node.identity.privateIp } = node.config.compute;
    const [SubnetId] = context.resources.account.subnetIds;
    if (privateIp === undefined) return nothing;
    return sendChange(context, [], new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress: privateIp }));
  },

  'copy-interface-tags': async (context, node) => {
    const { ec2, resources, onLookalike } = context;
    const [SubnetId] = resources.account.subnetIds;
    const TagSpecifications = [copiedTags('network-interface', interfaceOf(context, node).eni)];
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, TagSpecifications }));
    const interfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
    onLookalike(interfaceId);
    return `CreateNetworkInterface ${interfaceId}`;
  },

  'copy-instance-tags': async (context, { instance }) => {
    const [subnetId] = context.resources.account.subnetIds;
    const tags = copiedTags('instance', context.world.instances.get(instance?.id ?? ''));
    const instanceId = await unrelatedInstance(context, subnetId, tags);
    context.onLookalike(instanceId);
    return `RunInstances ${instanceId}`;
  },

  'hang-detachment': (context, node) => {
    const { eni, attachment } = interfaceOf(context, node);
    if (eni === undefined || attachment === undefined || attachment.deviceIndex === 0) return nothing;
    context.hang(eni.id);
    return sendChange(context, [eni.id], new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id }));
  },

  'move-to-other-index': async (context, node) => {
    const { eni, attachment } = interfaceOf(context, node);
    if (eni === undefined || attachment === undefined || attachment.deviceIndex === 0) return undefined;
    const { instanceId, deviceIndex } = attachment;
    await sendChange(context, [eni.id], new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id }));
    if (!(await context.waitUntilFree(eni.id))) return undefined;
    const command = new AttachNetworkInterfaceCommand({
      NetworkInterfaceId: eni.id,
      InstanceId: instanceId,
      DeviceIndex: deviceIndex === 1 ? 2 : 1,
    });
    return sendChange(context, [eni.id], command);
  },

  'stick-interface': async (context, node) => {
    const { eni } = interfaceOf(context, node);
    if (eni === undefined) return undefined;
    context.onChange(eni.id);
    context.stick(eni.id);
    return eni.id;
  },
};

/** The tags of a node's resource, as a user copies them with "Launch more like this". */
function copiedTags(
  ResourceType: 'instance' | 'network-interface',
  from: Instance | NetworkInterface | undefined,
): TagSpecification {
  const Tags = Object.entries(from?.tags.current ?? {}).map(([Key, Value]) => ({ Key, Value }));
  return { ResourceType, Tags: Tags.length > 0 ? Tags : [{ Key: 'Name', Value: 'copied' }] };
}

async function sendChange({ ec2, onChange }: ConsoleContext, ids: readonly string[], command: object): Promise<string> {
  for (const id of ids) onChange(id);
  await (ec2.send as (command: object) => Promise<unknown>)(command);
  return `${command.constructor.name.replace(/Command$/, '')} ${ids.join(', ')}`;
}

function interfaceOf({ world }: ConsoleContext, { identity }: StatefulNode) {
  const eni = world.networkInterfaces.get(identity.interfaceId ?? '');
  return { eni, attachment: eni?.attachment };
}

function addressOf({ world }: ConsoleContext, { config }: StatefulNode) {
  return world.elasticIps.get(config.compute.elasticIp ?? '');
}

async function unrelatedInterface({ ec2, resources }: ConsoleContext): Promise<string> {
  const [SubnetId] = resources.account.subnetIds;
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  return NetworkInterface?.NetworkInterfaceId ?? '';
}

async function unrelatedInstance(
  { ec2, resources }: ConsoleContext,
  subnetId: string,
  tags?: TagSpecification,
): Promise<string> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: resources.account.arm64ImageId,
      InstanceType: 'm7g.large',
      SubnetId: subnetId,
      MinCount: 1,
      MaxCount: 1,
      ...(tags === undefined ? {} : { TagSpecifications: [tags] }),
    }),
  );
  return Instances[0]?.InstanceId ?? '';
}
