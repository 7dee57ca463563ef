/** What people do to a node's resources at the console, behind Holdfast's back. */
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
import type { Surroundings } from '../scenario/documents';
import type { Meddling } from '../scenario/scenario';

export interface Scene {
  readonly ec2: Pick<EC2Client, 'send'>;
  readonly world: World;
  readonly surroundings: Surroundings;
  /** Is told of everything that hands are laid on, by id. */
  readonly touch: (id: string) => void;
  /** Is told of every interface and instance that is made to look like one of ours, by id. */
  readonly planted: (id: string) => void;
  /** The interface does not come free by itself, from now on. */
  readonly hang: (interfaceId: string) => void;
  /** The interface stays attached to its instance when that ends. */
  readonly stick: (interfaceId: string) => void;
  /** Returns once the interface is free, or after so long that it never will be. */
  readonly untilFree: (interfaceId: string) => Promise<boolean>;
}

/** Answers what was done, for the story; undefined where there is nothing to do it to. @throws EC2's refusals */
export function meddle(scene: Scene, how: Meddling['how'], node: StatefulNode): Promise<string | undefined> {
  return MOVES[how](scene, node);
}

type Move = (scene: Scene, node: StatefulNode) => Promise<string | undefined>;

const nothing = Promise.resolve(undefined);

const MOVES: Readonly<Record<Meddling['how'], Move>> = {
  terminate: (scene, { instance }) =>
    instance === undefined
      ? nothing
      : touching(scene, [instance.id], new TerminateInstancesCommand({ InstanceIds: [instance.id] })),

  stop: (scene, { instance }) =>
    instance === undefined
      ? nothing
      : touching(scene, [instance.id], new StopInstancesCommand({ InstanceIds: [instance.id] })),

  'detach-interface': (scene, node) => {
    const { eni, attachment } = interfaceOf(scene, node);
    if (eni === undefined || attachment === undefined) return nothing;
    return touching(scene, [eni.id], new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id }));
  },

  'delete-interface': (scene, node) => {
    const { eni } = interfaceOf(scene, node);
    if (eni?.status !== 'available') return nothing;
    return touching(scene, [eni.id], new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: eni.id }));
  },

  'attach-interface-elsewhere': async (scene, node) => {
    const { eni } = interfaceOf(scene, node);
    if (eni?.status !== 'available') return undefined;
    const instanceId = await strangersInstance(scene, eni.subnetId);
    const command = new AttachNetworkInterfaceCommand({
      NetworkInterfaceId: eni.id,
      InstanceId: instanceId,
      DeviceIndex: 1,
    });
    return touching(scene, [eni.id], command);
  },

  'disassociate-address': (scene, node) => {
    const address = addressOf(scene, node);
    if (address?.association === undefined) return nothing;
    return touching(scene, [address.id], new DisassociateAddressCommand({ AssociationId: address.association.id }));
  },

  'move-address': async (scene, node) => {
    const address = addressOf(scene, node);
    if (address === undefined) return undefined;
    const interfaceId = await strangersInterface(scene);
    const command = new AssociateAddressCommand({
      AllocationId: address.id,
      NetworkInterfaceId: interfaceId,
      AllowReassociation: true,
    });
    return touching(scene, [address.id], command);
  },

  'release-address': async (scene, node) => {
    const address = addressOf(scene, node);
    if (address === undefined) return undefined;
    const { association } = address;
    scene.touch(address.id);
    if (association !== undefined)
      await scene.ec2.send(new DisassociateAddressCommand({ AssociationId: association.id }));
    return touching(scene, [address.id], new ReleaseAddressCommand({ AllocationId: address.id }));
  },

  'change-security-groups': (scene, node) => {
    const { eni } = interfaceOf(scene, node);
    if (eni === undefined) return nothing;
    const Groups = [scene.surroundings.otherSecurityGroupId];
    return touching(
      scene,
      [eni.id],
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eni.id, Groups }),
    );
  },

  'delete-on-termination': (scene, node) => {
    const { eni, attachment } = interfaceOf(scene, node);
    if (eni === undefined || attachment === undefined) return nothing;
    const command = new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: eni.id,
      Attachment: { AttachmentId: attachment.id, DeleteOnTermination: true },
    });
    return touching(scene, [eni.id], command);
  },

  'take-private-ip': (scene, node) => {
    const { privateIp = node.identity.privateIp } = node.config.compute;
    const [SubnetId] = scene.surroundings.account.subnetIds;
    if (privateIp === undefined) return nothing;
    return touching(scene, [], new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress: privateIp }));
  },

  'copy-interface-tags': async (scene, node) => {
    const { ec2, surroundings, planted } = scene;
    const [SubnetId] = surroundings.account.subnetIds;
    const TagSpecifications = [copiedTags('network-interface', interfaceOf(scene, node).eni)];
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, TagSpecifications }));
    const interfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
    planted(interfaceId);
    return `CreateNetworkInterface ${interfaceId}`;
  },

  'copy-instance-tags': async (scene, { instance }) => {
    const [subnetId] = scene.surroundings.account.subnetIds;
    const tags = copiedTags('instance', scene.world.instances.get(instance?.id ?? ''));
    const instanceId = await strangersInstance(scene, subnetId, tags);
    scene.planted(instanceId);
    return `RunInstances ${instanceId}`;
  },

  'hang-detachment': (scene, node) => {
    const { eni, attachment } = interfaceOf(scene, node);
    if (eni === undefined || attachment === undefined || attachment.deviceIndex === 0) return nothing;
    scene.hang(eni.id);
    return touching(scene, [eni.id], new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id }));
  },

  'move-to-other-index': async (scene, node) => {
    const { eni, attachment } = interfaceOf(scene, node);
    if (eni === undefined || attachment === undefined || attachment.deviceIndex === 0) return undefined;
    const { instanceId, deviceIndex } = attachment;
    await touching(scene, [eni.id], new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id }));
    if (!(await scene.untilFree(eni.id))) return undefined;
    const command = new AttachNetworkInterfaceCommand({
      ...{ NetworkInterfaceId: eni.id, InstanceId: instanceId },
      DeviceIndex: deviceIndex === 1 ? 2 : 1,
    });
    return touching(scene, [eni.id], command);
  },

  'stick-interface': async (scene, node) => {
    const { eni } = interfaceOf(scene, node);
    if (eni === undefined) return undefined;
    scene.touch(eni.id);
    scene.stick(eni.id);
    return eni.id;
  },
};

/** The tags of one of ours, as somebody copies them who launches more like this. */
function copiedTags(
  ResourceType: 'instance' | 'network-interface',
  from: Instance | NetworkInterface | undefined,
): TagSpecification {
  const Tags = Object.entries(from?.tags.current ?? {}).map(([Key, Value]) => ({ Key, Value }));
  return { ResourceType, Tags: Tags.length > 0 ? Tags : [{ Key: 'Name', Value: 'copied' }] };
}

async function touching({ ec2, touch }: Scene, ids: readonly string[], command: object): Promise<string> {
  for (const id of ids) touch(id);
  await (ec2.send as (command: object) => Promise<unknown>)(command);
  return `${command.constructor.name.replace(/Command$/, '')} ${ids.join(', ')}`;
}

function interfaceOf({ world }: Scene, { identity }: StatefulNode) {
  const eni = world.networkInterfaces.get(identity.interfaceId ?? '');
  return { eni, attachment: eni?.attachment };
}

function addressOf({ world }: Scene, { config }: StatefulNode) {
  return world.elasticIps.get(config.compute.elasticIp ?? '');
}

async function strangersInterface({ ec2, surroundings }: Scene): Promise<string> {
  const [SubnetId] = surroundings.account.subnetIds;
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  return NetworkInterface?.NetworkInterfaceId ?? '';
}

async function strangersInstance(
  { ec2, surroundings }: Scene,
  subnetId: string,
  tags?: TagSpecification,
): Promise<string> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: surroundings.account.arm64ImageId,
      InstanceType: 'm7g.large',
      SubnetId: subnetId,
      MinCount: 1,
      MaxCount: 1,
      ...(tags === undefined ? {} : { TagSpecifications: [tags] }),
    }),
  );
  const id = Instances[0]?.InstanceId ?? '';
  return id;
}
