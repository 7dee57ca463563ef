/**
 * What EC2 asks IAM before it acts on a call: one authorization request for each resource that the call creates, changes
 * or refers to. IAM must allow all of them.
 *
 * For a resource that does not exist there is no request, and the call fails with EC2's `NotFound`. With
 * `goneIsUnauthorized` there is a request for a resource without tags. AWS documents neither.
 *
 * Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
import type {
  AssociateAddressRequest,
  AttachNetworkInterfaceRequest,
  CreateFleetRequest,
  CreateLaunchTemplateRequest,
  CreateNetworkInterfaceRequest,
  CreateTagsRequest,
  DeleteLaunchTemplateRequest,
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

/** Resource types, by the collection of the world that holds them. */
const TYPES: Partial<Record<Collection, string>> = {
  elasticIps: 'elastic-ip',
  instances: 'instance',
  launchTemplates: 'launch-template',
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

  /** @param operation EC2's name for the call, like `RunInstances` */
  of(operation: string, input: object): readonly AuthorizationRequest[] {
    const requests = REQUESTS[operation];
    if (requests !== undefined) {
      return requests(new Call(this.simulation, this.goneIsUnauthorized, operation), input as never);
    }
    return [{ action: `ec2:${operation}`, resource: '*' }];
  }

  /** The first Spot launch of an account creates Spot's service-linked role. Returns undefined if it is not needed. */
  ofSpotRole(operation: string, input: object): AuthorizationRequest | undefined {
    const { hasSpotRole, accountId } = this.simulation.world;
    if (!isSpotLaunch(operation, input) || hasSpotRole) return undefined;
    return {
      action: 'iam:CreateServiceLinkedRole',
      resource: `arn:aws:iam::${accountId}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`,
      keys: { 'iam:AWSServiceName': 'spot.amazonaws.com' },
    };
  }
}

function isSpotLaunch(operation: string, input: object): boolean {
  const { InstanceMarketOptions: market } = input as RunInstancesRequest;
  const { TargetCapacitySpecification: target } = input as CreateFleetRequest;
  if (operation === 'CreateFleet') return target?.DefaultTargetCapacityType === 'spot';
  return operation === 'RunInstances' && market?.MarketType === 'spot';
}

/** Makes the authorization requests of one call. A resource that does not exist may have none. */
class Call {
  private readonly action: string;

  constructor(
    private readonly simulation: Simulation,
    private readonly goneIsUnauthorized: boolean,
    operation: string,
  ) {
    this.action = `ec2:${operation}`;
  }

  resources(ids: readonly (string | undefined)[] = [], given: Given = {}): readonly AuthorizationRequest[] {
    return ids.flatMap((id) => {
      const collection = collectionOf(id ?? '');
      const type = collection && TYPES[collection];
      if (id === undefined || collection === undefined || type === undefined) return [];
      const entity: Entity | undefined = entitiesOf(this.simulation.world, collection).get(id);
      const exists = entity !== undefined && isVisible(this.simulation, entity);
      if (!exists && !this.goneIsUnauthorized) return [];
      const resourceTags = exists ? this.tagsFor(entity) : {};
      return [{ action: this.action, resource: this.arn(type, id), resourceTags, ...given }];
    });
  }

  /** A resource whose tags EC2 does not pass to IAM here, or one that the call will create. */
  named(type: string, name: string, given: Given = {}): AuthorizationRequest {
    return { action: this.action, resource: this.arn(type, name), ...given };
  }

  /** A resource whose ARN has no account. */
  shared(type: 'image' | 'snapshot', id: string): AuthorizationRequest {
    return { action: this.action, resource: `arn:aws:ec2:${this.simulation.world.region}::${type}/${id}` };
  }

  role(action: string, name: string, keys: Readonly<Record<string, string>>): AuthorizationRequest {
    return { action, resource: `arn:aws:iam::${this.simulation.world.accountId}:role/${name}`, keys };
  }

  /** Tags on new resources need permission for `ec2:CreateTags` as well. */
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

  /** The same call under the name of another operation. */
  as(operation: string): Call {
    return new Call(this.simulation, this.goneIsUnauthorized, operation);
  }

  launchTemplate({ LaunchTemplateId: id, LaunchTemplateName: name }: DeleteLaunchTemplateRequest) {
    const all = [...this.simulation.world.launchTemplates.values()];
    return all.find((each) => each.id === id || each.name === name);
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

  /** Tags given at creation count at once. Later changes count once describe calls show them. */
  private tagsFor(entity: Entity): Tags {
    const { current, goneAt = Infinity, areFromCreation = false } = entity.tags;
    return areFromCreation && this.simulation.now() < goneAt ? current : seenTags(this.simulation, entity);
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

type RequestsOf = (call: Call, input: never) => readonly AuthorizationRequest[];

const instances: RequestsOf = (call, { InstanceIds }: { readonly InstanceIds?: readonly string[] }) =>
  call.resources(InstanceIds);

/** Any other call is authorized as a whole: it only describes resources, or allocates an address. */
const REQUESTS: Readonly<Record<string, RequestsOf>> = {
  RunInstances: runInstances,
  TerminateInstances: instances,
  StopInstances: instances,
  StartInstances: instances,
  DescribeInstanceAttribute: (call, { InstanceId }: { readonly InstanceId?: string }) => call.resources([InstanceId]),

  /** An instant fleet launches with its caller's rights, so EC2 asks for both actions. */
  CreateFleet: (call, input: CreateFleetRequest) => [
    ...createFleet(call, input),
    call.named('fleet', '*', tagsFor(input.TagSpecifications, 'fleet')),
    ...call.taggingOnCreation(input.TagSpecifications?.filter(({ ResourceType }) => ResourceType === 'fleet')),
    ...createFleet(call.as('RunInstances'), input),
  ],
  CreateLaunchTemplate: (call, input: CreateLaunchTemplateRequest) => [
    call.named('launch-template', '*', tagsFor(input.TagSpecifications, 'launch-template')),
    ...call.taggingOnCreation(input.TagSpecifications),
  ],
  DeleteLaunchTemplate: (call, input: DeleteLaunchTemplateRequest) => call.resources([call.launchTemplate(input)?.id]),

  CreateNetworkInterface: (call, input: CreateNetworkInterfaceRequest) => [
    call.named('network-interface', '*', tagsFor(input.TagSpecifications, 'network-interface')),
    ...call.resources([input.SubnetId, ...(input.Groups ?? [])]),
    ...call.taggingOnCreation(input.TagSpecifications),
  ],
  DeleteNetworkInterface: (call, { NetworkInterfaceId }: { readonly NetworkInterfaceId?: string }) =>
    call.resources([NetworkInterfaceId]),
  ModifyNetworkInterfaceAttribute: (call, input: ModifyNetworkInterfaceAttributeRequest) => {
    const attachment = call.networkInterface(input.NetworkInterfaceId)?.attachment;
    const instanceId = input.Attachment === undefined ? undefined : attachment?.instanceId;
    return call.resources([input.NetworkInterfaceId, instanceId, ...(input.Groups ?? [])]);
  },
  AttachNetworkInterface: (call, { InstanceId, NetworkInterfaceId }: AttachNetworkInterfaceRequest) =>
    call.resources([InstanceId, NetworkInterfaceId]),
  DetachNetworkInterface: (call, { AttachmentId }: DetachNetworkInterfaceRequest) => {
    const networkInterface = call.interfaceOfAttachment(AttachmentId);
    return call.resources([networkInterface?.attachment?.instanceId, networkInterface?.id]);
  },

  /** The address, the interface that it goes to, and the interface's instance. */
  AssociateAddress: (call, { AllocationId, NetworkInterfaceId, InstanceId }: AssociateAddressRequest) => {
    const interfaceId = NetworkInterfaceId ?? call.primaryOf(InstanceId);
    const instanceId = InstanceId ?? call.networkInterface(interfaceId)?.attachment?.instanceId;
    return call.resources([AllocationId, interfaceId, instanceId]);
  },
  DisassociateAddress: (call, { AssociationId }: DisassociateAddressRequest) => {
    const address = call.addressOfAssociation(AssociationId);
    return call.resources([address?.id, address?.association?.networkInterfaceId]);
  },
  ReleaseAddress: (call, { AllocationId }: { readonly AllocationId?: string }) => call.resources([AllocationId]),

  DeleteVolume: (call, { VolumeId }: { readonly VolumeId?: string }) => call.resources([VolumeId]),

  CreateTags: (call, { Resources, Tags }: CreateTagsRequest) => call.resources(Resources, givenTags(Tags)),
  /** Without tags it deletes all tags, and the request has no tag keys. */
  DeleteTags: (call, { Resources, Tags }: DeleteTagsRequest) => {
    const withValue = Tags?.filter(({ Value }) => Value !== undefined);
    const { requestTags } = givenTags(withValue);
    return call.resources(Resources, { requestTags, tagKeys: Tags?.map(({ Key = '' }) => Key) });
  },
};

function runInstances(call: Call, input: RunInstancesRequest): readonly AuthorizationRequest[] {
  const { TagSpecifications: specifications, IamInstanceProfile: profile } = input;
  const interfaces = input.NetworkInterfaces ?? [{ SubnetId: input.SubnetId, Groups: input.SecurityGroupIds }];
  const mappings = input.BlockDeviceMappings ?? [];
  const isSpot = input.InstanceMarketOptions?.MarketType === 'spot';
  const created = (type: string): AuthorizationRequest => call.named(type, '*', tagsFor(specifications, type));
  return [
    created('instance'),
    created('volume'),
    ...(isSpot ? [created('spot-instances-request')] : []),
    call.shared('image', input.ImageId ?? ''),
    ...mappings.flatMap(({ Ebs }) => (Ebs?.SnapshotId === undefined ? [] : [call.shared('snapshot', Ebs.SnapshotId)])),
    ...(input.KeyName === undefined ? [] : [call.named('key-pair', input.KeyName)]),
    ...interfaces.flatMap(({ NetworkInterfaceId: id, SubnetId, Groups }) => {
      const existing = call.networkInterface(id);
      return [
        // EC2 does not pass the tags of an existing interface to IAM.
        id === undefined ? created('network-interface') : call.named('network-interface', id),
        ...call.resources([existing?.subnetId ?? SubnetId, ...(existing?.groupIds ?? Groups ?? [])]),
      ];
    }),
    ...call.taggingOnCreation(specifications),
    ...(profile === undefined ? [] : [passRole(call, profile)]),
  ];
}

/** The template, and what a launch from it makes and refers to. The subnet and the type come from the overrides. */
function createFleet(call: Call, input: CreateFleetRequest): readonly AuthorizationRequest[] {
  const [config] = input.LaunchTemplateConfigs ?? [];
  const template = call.launchTemplate(config?.LaunchTemplateSpecification ?? {});
  const data = (template?.data ?? {}) as Partial<RunInstancesRequest>;
  const isSpot = input.TargetCapacitySpecification?.DefaultTargetCapacityType === 'spot';
  const NetworkInterfaces = data.NetworkInterfaces?.map((each) => ({
    ...each,
    SubnetId: config?.Overrides?.[0]?.SubnetId,
  }));
  const TagSpecifications = input.TagSpecifications?.filter(({ ResourceType }) => ResourceType !== 'fleet');
  const run = { ...data, NetworkInterfaces, TagSpecifications, MinCount: 1, MaxCount: 1 };
  return [
    ...call.resources([template?.id]),
    ...runInstances(call, { ...run, ...(isSpot && { InstanceMarketOptions: { MarketType: 'spot' } }) }),
  ];
}

/** We assume that the profile's role has the profile's name, as if the console had created both. */
function passRole(
  call: Call,
  { Name, Arn = '' }: NonNullable<RunInstancesRequest['IamInstanceProfile']>,
): AuthorizationRequest {
  const name = Name ?? Arn.slice(Arn.lastIndexOf('/') + 1);
  return call.role('iam:PassRole', name, { 'iam:PassedToService': 'ec2.amazonaws.com' });
}
