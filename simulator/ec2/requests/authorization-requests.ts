/**
 * What EC2 asks IAM about a call before it acts: one question for each thing that the call makes, changes or refers to.
 * Every one must be answered with yes.
 *
 * A thing that is not there is not asked about, and the call ends in EC2's `NotFound`; or, with `goneIsUnauthorized`, it
 * is asked about as a thing without tags. AWS does not say which.
 *
 * Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
import type {
  AssociateAddressRequest,
  AttachNetworkInterfaceRequest,
  CreateNetworkInterfaceRequest,
  CreateTagsRequest,
  DeleteTagsRequest,
  DetachNetworkInterfaceRequest,
  DisassociateAddressRequest,
  ModifyNetworkInterfaceAttributeRequest,
  RunInstancesRequest,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type { AuthorizationRequest } from '../../iam/authorization-request';
import { collectionOf, entitiesOf, isVisible, type Collection } from './lookup';
import type { Simulation } from '../ec2-state';
import { seenTags } from './tags';
import type { Entity } from '../world';

type Tags = Readonly<Record<string, string>>;

/** By the collection that things are kept in. */
const TYPES: Partial<Record<Collection, string>> = {
  elasticIps: 'elastic-ip',
  instances: 'instance',
  networkInterfaces: 'network-interface',
  securityGroups: 'security-group',
  subnets: 'subnet',
  volumes: 'volume',
};

interface Given {
  readonly requestTags?: Tags | undefined;
  readonly tagKeys?: readonly string[] | undefined;
  readonly keys?: Readonly<Record<string, string>> | undefined;
}

export class AuthorizationRequests {
  constructor(
    private readonly simulation: Simulation,
    private readonly goneIsUnauthorized: boolean,
  ) {}

  /** @param operation EC2's name of the call, like `RunInstances` */
  of(operation: string, input: object): readonly AuthorizationRequest[] {
    const ask = ASKED[operation];
    if (ask !== undefined) return ask(new Call(this.simulation, this.goneIsUnauthorized, operation), input as never);
    return [{ action: `ec2:${operation}`, resource: '*' }];
  }

  /** An account's first Spot launch makes Spot's own role, if the caller may: undefined where there is nothing to make. */
  ofSpotRole(operation: string, input: object): AuthorizationRequest | undefined {
    const { InstanceMarketOptions: market } = input as RunInstancesRequest;
    const { hasSpotRole, accountId } = this.simulation.world;
    if (operation !== 'RunInstances' || market?.MarketType !== 'spot' || hasSpotRole) return undefined;
    return {
      action: 'iam:CreateServiceLinkedRole',
      resource: `arn:aws:iam::${accountId}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`,
      keys: { 'iam:AWSServiceName': 'spot.amazonaws.com' },
    };
  }
}

/** The things that a call may be about, each as a list of questions: of one, or of none where it is not there. */
class Call {
  private readonly action: string;

  constructor(
    private readonly simulation: Simulation,
    private readonly goneIsUnauthorized: boolean,
    operation: string,
  ) {
    this.action = `ec2:${operation}`;
  }

  things(ids: readonly (string | undefined)[] = [], given: Given = {}): readonly AuthorizationRequest[] {
    return ids.flatMap((id) => {
      const collection = collectionOf(id ?? '');
      const type = collection && TYPES[collection];
      if (id === undefined || collection === undefined || type === undefined) return [];
      const entity: Entity | undefined = entitiesOf(this.simulation.world, collection).get(id);
      const isThere = entity !== undefined && isVisible(this.simulation, entity);
      if (!isThere && !this.goneIsUnauthorized) return [];
      const resourceTags = isThere ? this.tagsFor(entity) : {};
      return [{ action: this.action, resource: this.arn(type, id), resourceTags, ...given }];
    });
  }

  /** Something that EC2 gives no tags to compare of here, or that the call is yet to make. */
  named(type: string, name: string, given: Given = {}): AuthorizationRequest {
    return { action: this.action, resource: this.arn(type, name), ...given };
  }

  /** Belongs to no account in its ARN. */
  shared(type: 'image' | 'snapshot', id: string): AuthorizationRequest {
    return { action: this.action, resource: `arn:aws:ec2:${this.simulation.world.region}::${type}/${id}` };
  }

  role(action: string, name: string, keys: Readonly<Record<string, string>>): AuthorizationRequest {
    return { action, resource: `arn:aws:iam::${this.simulation.world.accountId}:role/${name}`, keys };
  }

  /** Tags that a call gives to what it makes are asked about as a call of their own. */
  taggingOnCreation(specifications: readonly TagSpecification[] = []): readonly AuthorizationRequest[] {
    const keys = { 'ec2:CreateAction': this.action.slice('ec2:'.length) };
    return specifications.map(({ ResourceType = '', Tags }) => ({
      action: 'ec2:CreateTags',
      resource: this.arn(ResourceType, '*'),
      ...givenTags(Tags),
      keys,
    }));
  }

  interfaceOfAttachment(attachmentId: string | undefined) {
    return [...this.simulation.world.networkInterfaces.values()].find(
      ({ attachment }) => attachment !== undefined && attachment.id === attachmentId,
    );
  }

  networkInterface(id: string | undefined) {
    return this.simulation.world.networkInterfaces.get(id ?? '');
  }

  primaryOf(instanceId: string | undefined): string | undefined {
    const all = [...this.simulation.world.networkInterfaces.values()];
    return all.find(({ attachment }) => attachment?.instanceId === instanceId && attachment?.deviceIndex === 0)?.id;
  }

  addressOfAssociation(associationId: string | undefined) {
    return [...this.simulation.world.elasticIps.values()].find(
      ({ association }) => association !== undefined && association.id === associationId,
    );
  }

  private arn(type: string, id: string): string {
    const { region, accountId } = this.simulation.world;
    return `arn:aws:ec2:${region}:${accountId}:${type}/${id}`;
  }

  /** Tags of the making count from the making; tags that are changed later count once they show. */
  private tagsFor(entity: Entity): Tags {
    const { current, goneAt = Infinity, areFromMaking = false } = entity.tags;
    return areFromMaking && this.simulation.now() < goneAt ? current : seenTags(this.simulation, entity);
  }
}

function givenTags(tags: TagSpecification['Tags'] = []): Given {
  return {
    requestTags: Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    tagKeys: tags.map(({ Key = '' }) => Key),
  };
}

function tagsFor(specifications: readonly TagSpecification[] | undefined, type: string): Given {
  const found = specifications?.find(({ ResourceType }) => ResourceType === type);
  return found === undefined ? {} : givenTags(found.Tags);
}

type Ask = (call: Call, input: never) => readonly AuthorizationRequest[];

const instances: Ask = (call, { InstanceIds }: { readonly InstanceIds?: readonly string[] }) =>
  call.things(InstanceIds);

/** Calls that are not here are asked about as a whole: they look at things, or make an address. */
const ASKED: Readonly<Record<string, Ask>> = {
  RunInstances: runInstances,
  TerminateInstances: instances,
  StopInstances: instances,
  StartInstances: instances,
  DescribeInstanceAttribute: (call, { InstanceId }: { readonly InstanceId?: string }) => call.things([InstanceId]),

  CreateNetworkInterface: (call, input: CreateNetworkInterfaceRequest) => [
    call.named('network-interface', '*', tagsFor(input.TagSpecifications, 'network-interface')),
    ...call.things([input.SubnetId, ...(input.Groups ?? [])]),
    ...call.taggingOnCreation(input.TagSpecifications),
  ],
  DeleteNetworkInterface: (call, { NetworkInterfaceId }: { readonly NetworkInterfaceId?: string }) =>
    call.things([NetworkInterfaceId]),
  ModifyNetworkInterfaceAttribute: (call, input: ModifyNetworkInterfaceAttributeRequest) => {
    const attachment = call.networkInterface(input.NetworkInterfaceId)?.attachment;
    const instanceId = input.Attachment === undefined ? undefined : attachment?.instanceId;
    return call.things([input.NetworkInterfaceId, instanceId, ...(input.Groups ?? [])]);
  },
  AttachNetworkInterface: (call, { InstanceId, NetworkInterfaceId }: AttachNetworkInterfaceRequest) =>
    call.things([InstanceId, NetworkInterfaceId]),
  DetachNetworkInterface: (call, { AttachmentId }: DetachNetworkInterfaceRequest) => {
    const networkInterface = call.interfaceOfAttachment(AttachmentId);
    return call.things([networkInterface?.attachment?.instanceId, networkInterface?.id]);
  },

  /** Both ends: the address and what it goes to, with the instance that has the interface. */
  AssociateAddress: (call, { AllocationId, NetworkInterfaceId, InstanceId }: AssociateAddressRequest) => {
    const interfaceId = NetworkInterfaceId ?? call.primaryOf(InstanceId);
    const instanceId = InstanceId ?? call.networkInterface(interfaceId)?.attachment?.instanceId;
    return call.things([AllocationId, interfaceId, instanceId]);
  },
  DisassociateAddress: (call, { AssociationId }: DisassociateAddressRequest) => {
    const address = call.addressOfAssociation(AssociationId);
    return call.things([address?.id, address?.association?.networkInterfaceId]);
  },
  ReleaseAddress: (call, { AllocationId }: { readonly AllocationId?: string }) => call.things([AllocationId]),

  DeleteVolume: (call, { VolumeId }: { readonly VolumeId?: string }) => call.things([VolumeId]),

  CreateTags: (call, { Resources, Tags }: CreateTagsRequest) => call.things(Resources, givenTags(Tags)),
  /** Without tags it deletes all, and names no key. */
  DeleteTags: (call, { Resources, Tags }: DeleteTagsRequest) => {
    const withValue = Tags?.filter(({ Value }) => Value !== undefined);
    const { requestTags } = givenTags(withValue);
    return call.things(Resources, { requestTags, tagKeys: Tags?.map(({ Key = '' }) => Key) });
  },
};

function runInstances(call: Call, input: RunInstancesRequest): readonly AuthorizationRequest[] {
  const { TagSpecifications: specifications, IamInstanceProfile: profile } = input;
  const interfaces = input.NetworkInterfaces ?? [{ SubnetId: input.SubnetId, Groups: input.SecurityGroupIds }];
  const mappings = input.BlockDeviceMappings ?? [];
  const isSpot = input.InstanceMarketOptions?.MarketType === 'spot';
  const made = (type: string): AuthorizationRequest => call.named(type, '*', tagsFor(specifications, type));
  return [
    made('instance'),
    made('volume'),
    ...(isSpot ? [made('spot-instances-request')] : []),
    call.shared('image', input.ImageId ?? ''),
    ...mappings.flatMap(({ Ebs }) => (Ebs?.SnapshotId === undefined ? [] : [call.shared('snapshot', Ebs.SnapshotId)])),
    ...(input.KeyName === undefined ? [] : [call.named('key-pair', input.KeyName)]),
    ...interfaces.flatMap(({ NetworkInterfaceId: id, SubnetId, Groups }) => {
      const existing = call.networkInterface(id);
      return [
        // Of an existing interface EC2 gives no tags to compare.
        id === undefined ? made('network-interface') : call.named('network-interface', id),
        ...call.things([existing?.subnetId ?? SubnetId, ...(existing?.groupIds ?? Groups ?? [])]),
      ];
    }),
    ...call.taggingOnCreation(specifications),
    ...(profile === undefined ? [] : [passRole(call, profile)]),
  ];
}

/** The profile's role has the profile's name, as it has where the console makes both. */
function passRole(
  call: Call,
  { Name, Arn = '' }: NonNullable<RunInstancesRequest['IamInstanceProfile']>,
): AuthorizationRequest {
  const name = Name ?? Arn.slice(Arn.lastIndexOf('/') + 1);
  return call.role('iam:PassRole', name, { 'iam:PassedToService': 'ec2.amazonaws.com' });
}
