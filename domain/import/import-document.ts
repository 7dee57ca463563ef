/**
 * Turns the request for an import, and the original that it names, into the configuration of a node: the rules for
 * both, and the document, which is then validated like any other.
 */
import type { FieldError } from '../config/validation';
import type { EniAttachment } from '../config/node-config';
import { isReserved } from '../node/applied-tags';
import type { SeenOriginal, SeenOriginalInterface, SeenSubnet } from '../node/observations';
import { NODE_ID_TAG } from '../node/stateful-node';

export interface ImportRequest {
  readonly originalInstanceId: string;
  readonly region: string;
  readonly shouldKeepPrivateIp: boolean;
  readonly shouldTerminateInstance: boolean;
  readonly managedInstanceName?: string | undefined;
  readonly product?: string | undefined;
  /** The instance types of the node; absent: the original's own type. */
  readonly spotInstanceTypes?: readonly string[] | undefined;
  /** The zones and subnets of a node that gets a new address; absent: the original's subnet. */
  readonly availabilityZones?: readonly ImportZone[] | undefined;
  readonly eniAttachment?: EniAttachment | undefined;
  /**
   * Whether the node gets the original's metadata options. Only `false` leaves them out: a node must not get a laxer
   * metadata service than its original unless the request says so.
   */
  readonly shouldKeepMetadataOptions?: boolean | undefined;
}

export interface ImportZone {
  readonly name: string;
  readonly subnetIds: readonly string[];
}

/** Every field error of the request and of the original, in the order of the request. */
export function importErrors(request: ImportRequest, original: SeenOriginal | undefined): readonly FieldError[] {
  const { originalInstanceId, shouldKeepPrivateIp, shouldTerminateInstance, availabilityZones } = request;
  const field = 'originalInstanceId';
  const found = original === undefined ? ['does not exist in this account and Region'] : whyNotImportable(original);
  const terminable = original?.isTerminationProtected === true && shouldTerminateInstance;
  return [
    ...found.map((why) => ({ field, message: `${originalInstanceId} ${why}` })),
    ...(terminable
      ? [{ field, message: `${originalInstanceId} is protected against termination: switch the protection off first` }]
      : []),
    ...(shouldKeepPrivateIp && !shouldTerminateInstance
      ? [
          {
            field: 'shouldTerminateInstance',
            message:
              'must be true with shouldKeepPrivateIp: a primary interface is released only when its instance is terminated',
          },
        ]
      : []),
    ...(shouldKeepPrivateIp && availabilityZones !== undefined
      ? [
          {
            field: 'availabilityZones',
            message: 'cannot be given with shouldKeepPrivateIp: an address stays in its subnet; remove one of the two',
          },
        ]
      : []),
  ];
}

/** An original is refused if the node would silently lose something that the original has. */
function whyNotImportable(original: SeenOriginal): readonly string[] {
  const { state, tags, interfaces, tenancy, lifeCycle } = original;
  const tag = (wanted: string) => tags.find(({ key }) => key === wanted)?.value;
  const [nodeId, groupName] = [tag(NODE_ID_TAG), tag('aws:autoscaling:groupName')];
  const others = interfaces.filter(({ deviceIndex }) => deviceIndex > 0).map(({ id }) => id);
  const primary = primaryOf(original);
  const rules: readonly (readonly [boolean, string])[] = [
    [state !== 'running', `is ${state}: only a running instance can be imported`],
    [
      nodeId !== undefined,
      `has the tag ${NODE_ID_TAG}=${nodeId}: if it no longer belongs to that node, remove the tag first`,
    ],
    [
      groupName !== undefined,
      `belongs to the Auto Scaling group ${groupName}, which would replace it: detach it from the group first`,
    ],
    [state === 'running' && primary === undefined, 'has no primary network interface'],
    [
      others.length > 0,
      `has more than one network interface, and a node carries one: detach ${others.join(', ')} first`,
    ],
    [
      (primary?.otherElasticIps ?? []).length > 0,
      `has Elastic IPs on secondary addresses (${primary?.otherElasticIps.join(', ')}), and a node carries one, on its ` +
        'primary address: disassociate them first',
    ],
    [tenancy === 'host', 'runs on a dedicated host, which a node cannot ask for'],
    [
      original.persistentSpotRequestId !== undefined,
      `belongs to the persistent Spot request ${original.persistentSpotRequestId}, which would launch another when it ` +
        'ends: cancel the request first (the instance keeps running)',
    ],
    [lifeCycle === 'other', 'was launched into a reserved capacity block, which ends with it'],
    [!original.hasMetadataService, 'has its metadata service disabled, which a node cannot ask for: enable it first'],
  ];
  return rules.filter(([broken]) => broken).map(([, why]) => why);
}

/** The interface that a node keeps; undefined only for an instance that is ending. */
export function primaryOf({ interfaces }: SeenOriginal): SeenOriginal['interfaces'][number] | undefined {
  return interfaces.find(({ deviceIndex }) => deviceIndex === 0);
}

/** The configuration of the node that replaces the original: a document, which is validated like any other. */
export function documentOf(original: SeenOriginal, request: ImportRequest): unknown {
  const { shouldKeepPrivateIp, availabilityZones, eniAttachment, product } = request;
  const kept = shouldKeepPrivateIp ? primaryOf(original) : undefined;
  return withoutUndefined({
    name: request.managedInstanceName ?? nameOf(original),
    region: request.region,
    strategy: { lifeCycle: 'spot' },
    persistence: withoutUndefined({ persistPrivateIp: true, eniAttachment }),
    compute: withoutUndefined({
      subnetIds: subnetIdsOf(availabilityZones) ?? [original.subnetId],
      vpcId: original.vpcId,
      elasticIp: kept?.allocationId,
      privateIp: kept?.privateIp,
      product,
      launchSpecification: launchSpecificationOf(original, {
        instanceTypes: request.spotInstanceTypes ?? [original.instanceType],
        carried: primaryOf(original),
        elasticIp: kept?.allocationId,
        metadataOptions: request.shouldKeepMetadataOptions === false ? undefined : original.metadataOptions,
      }),
    }),
  });
}

function nameOf({ id, tags }: SeenOriginal): string {
  const name = tags.find(({ key }) => key === 'Name')?.value;
  return name === undefined || name === '' ? id : name;
}

interface LaunchParts {
  readonly instanceTypes: readonly string[];
  /** The interface that the node carries. */
  readonly carried: Pick<SeenOriginalInterface, 'securityGroupIds' | 'ipv6Address'> | undefined;
  /** An allocation id. */
  readonly elasticIp: string | undefined;
  readonly metadataOptions: SeenOriginal['metadataOptions'];
}

/** What an instance was launched with, as far as EC2 shows it. */
export function launchSpecificationOf(
  original: SeenOriginal,
  { instanceTypes, carried, elasticIp, metadataOptions }: LaunchParts,
): Readonly<Record<string, unknown>> {
  const tags = original.tags.filter(({ key }) => !isReserved(key));
  return withoutUndefined({
    instanceTypes: { types: instanceTypes },
    imageId: original.imageId,
    securityGroupIds: carried?.securityGroupIds ?? [],
    keyPair: original.keyPair,
    userData: original.userData,
    tags: tags.length === 0 ? undefined : tags.map(({ key, value }) => ({ tagKey: key, tagValue: value })),
    iamRole: original.instanceProfileArn === undefined ? undefined : { arn: original.instanceProfileArn },
    networkInterfaces: networkInterfacesOf(carried?.ipv6Address, elasticIp),
    ebsOptimized: original.isEbsOptimized || undefined,
    monitoring: original.isMonitored || undefined,
    tenancy: original.tenancy === 'default' ? undefined : original.tenancy,
    metadataOptions,
  });
}

/** IPv6 is requested only if the original has it. The public address is then the Elastic IP, or none. */
function networkInterfacesOf(ipv6Address: string | undefined, elasticIp: string | undefined): unknown {
  if (ipv6Address === undefined) return undefined;
  const publicIp = elasticIp === undefined ? {} : { associatePublicIpAddress: true };
  return [{ deviceIndex: 0, associateIpv6Address: true, ...publicIp }];
}

function subnetIdsOf(zones: readonly ImportZone[] | undefined): readonly string[] | undefined {
  return zones?.flatMap(({ subnetIds }) => subnetIds);
}

export function withoutUndefined(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

/** Are the subnets in the zones that they are given for? What does not exist is found elsewhere. */
export function zoneErrors(
  { availabilityZones = [] }: ImportRequest,
  subnets: readonly SeenSubnet[],
): readonly FieldError[] {
  return availabilityZones.flatMap(({ name, subnetIds }, zoneIndex) =>
    subnetIds.flatMap((subnetId, index) => {
      const zone = subnets.find(({ id }) => id === subnetId)?.availabilityZone;
      if (zone === undefined || zone === name) return [];
      const field = `availabilityZones.${zoneIndex}.subnetIds.${index}`;
      return [{ field, message: `${subnetId} lies in ${zone}, not in ${name}: give it under its own zone` }];
    }),
  );
}

/** A field error of the document, with the field of the request that it was made from. */
export function fieldErrorOfRequest({ field, message }: FieldError, request: ImportRequest): FieldError {
  const [, index] = /\.(\d+)$/.exec(field) ?? [];
  if (field === 'name' && request.managedInstanceName !== undefined) return { field: 'managedInstanceName', message };
  if (field === 'region') return { field, message };
  if (field === 'compute.product') return { field: 'product', message };
  if (field.includes('.instanceTypes.types') && request.spotInstanceTypes !== undefined) {
    return { field: index === undefined ? 'spotInstanceTypes' : `spotInstanceTypes.${index}`, message };
  }
  if (field.startsWith('compute.subnetIds') && request.availabilityZones !== undefined) {
    return { field: placeInZones(request.availabilityZones, index), message };
  }
  return { field: 'originalInstanceId', message: `${field} of ${request.originalInstanceId}: ${message}` };
}

/** The field of the request that holds the document's subnet of this index. */
function placeInZones(zones: readonly ImportZone[], index: string | undefined): string {
  const places = zones.flatMap(({ subnetIds }, zone) =>
    subnetIds.map((_id, place) => `availabilityZones.${zone}.subnetIds.${place}`),
  );
  return (index === undefined ? undefined : places[Number(index)]) ?? 'availabilityZones';
}

/** What the node will not get from the original although the import is allowed. It is written to the node log. */
export function leftBehind(original: SeenOriginal, request: ImportRequest): readonly string[] {
  const { shouldKeepPrivateIp, shouldKeepMetadataOptions } = request;
  const primary = primaryOf(original);
  return [
    'its disks (those of the node are made anew from the image)',
    ...(original.placementGroup === undefined ? [] : [`its placement group ${original.placementGroup}`]),
    ...(shouldKeepMetadataOptions === false ? ['its metadata options'] : []),
    ...(shouldKeepPrivateIp && primary?.transientPublicIp !== undefined
      ? [`its public IP ${primary.transientPublicIp}, which is not an Elastic IP`]
      : []),
  ];
}
