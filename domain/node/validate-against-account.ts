/**
 * Checks that everything a configuration names exists in the account, and that the node may use it. This happens before
 * anything is made: a refused request leaves nothing behind, but an operation that fails leaves a node in `ERROR`.
 */
import { whyNotAssignable } from './assignable-address';
import { snapshotIdsOf } from '../config/block-devices';
import { isProductOf } from './image-platform';
import { blockDeviceAccountErrors } from './block-devices-in-account';
import type { Defaults } from '../config/complete-config';
import type { FieldError } from '../config/validation';
import { attachmentOf, instanceTypesOf, type NodeConfig, type NodeDocument } from '../config/node-config';
import type { SeenAccount, SeenInterfaceAddress, SeenSubnet } from './observations';
import { isReleasing, type AwaitedNode } from './awaited-nodes';
import { addressesWanted } from './claims';
import type { StatefulNode } from './stateful-node';

/** Everything in a configuration that must exist in the account. */
export interface NamesInConfig {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly privateIp?: string;
  /** An allocation id. */
  readonly elasticIp?: string;
  readonly imageId: string;
  readonly instanceTypes: readonly string[];
  /** Undefined: the default group of the VPC. */
  readonly securityGroupIds: readonly string[] | undefined;
  readonly keyPair?: string;
  readonly snapshotIds: readonly string[];
}

/** The instance of a hot node has two interfaces: the primary that its launch makes, and the persisted one. */
const HOT_INTERFACE_COUNT = 2;

/** How to tell a deployment which roles its nodes may have. */
const ALLOW_ROLES = 'deploy with -c instanceRoleArns=arn:...';

const LAUNCH = 'compute.launchSpecification';

export function namesIn(document: NodeDocument): NamesInConfig {
  const { vpcId, subnetIds, privateIp, elasticIp, launchSpecification } = document.compute;
  const { imageId, securityGroupIds, keyPair } = launchSpecification;
  return {
    vpcId,
    subnetIds,
    privateIp,
    elasticIp,
    imageId,
    instanceTypes: instanceTypesOf(document),
    securityGroupIds,
    keyPair,
    snapshotIds: snapshotIdsOf(document),
  };
}

/** What a document that was observed with `namesIn` gets for the fields that it leaves out. */
export function defaultsIn({ region, securityGroups }: SeenAccount): Defaults {
  return { region, securityGroupIds: securityGroups.map(({ id }) => id) };
}

/** The node that a configuration is for. It may keep the addresses that it already has. */
export type AskingNode = Pick<StatefulNode, 'id' | 'identity' | 'operation'>;

/**
 * Checks a configuration against the account. Returns every field error, in the order of the document.
 * @param node for an update: the node as it is, which may keep the addresses that it already has
 * @param awaited the nodes being deleted that the node waits for
 */
export function accountErrors(
  config: NodeConfig,
  seen: SeenAccount,
  node?: AskingNode,
  awaited: readonly StatefulNode[] = [],
): readonly FieldError[] {
  const holders = { node, awaited };
  return [
    ...regionErrors(config, seen),
    ...vpcErrors(config, seen),
    ...subnetErrors(config, seen),
    ...privateIpErrors(config, seen, holders),
    ...elasticIpErrors(config, seen, holders),
    ...gatewayErrors(config, seen),
    ...productErrors(config, seen),
    ...imageErrors(config, seen),
    ...instanceTypeErrors(config, seen),
    ...creditErrors(config, seen),
    ...blockDeviceAccountErrors(config, seen),
    ...securityGroupErrors(config, seen),
    ...keyPairErrors(config, seen),
    ...instanceRoleErrors(config, seen),
  ];
}

/** The configured subnets in which the node's interface may be made, in the order given. */
export function eligibleSubnetIds(config: NodeConfig, subnets: readonly SeenSubnet[]): readonly string[] {
  const { privateIp, subnetIds } = config.compute;
  return subnetIds.filter((subnetId) => {
    const cidrBlock = subnets.find(({ id }) => id === subnetId)?.cidrBlock;
    return cidrBlock !== undefined && (privateIp === undefined || whyNotAssignable(privateIp, cidrBlock) === undefined);
  });
}

function regionErrors(config: NodeConfig, { region }: SeenAccount): readonly FieldError[] {
  return config.region === region
    ? []
    : [{ field: 'region', message: `must be ${region}, where this control plane is deployed` }];
}

function vpcErrors({ compute: { vpcId } }: NodeConfig, { region, vpcIds }: SeenAccount): readonly FieldError[] {
  return vpcIds.includes(vpcId)
    ? []
    : [{ field: 'compute.vpcId', message: `${vpcId} does not exist in ${region}: give a VPC that does` }];
}

function subnetErrors({ compute }: NodeConfig, { region, subnets }: SeenAccount): readonly FieldError[] {
  const wantsIpv6 = compute.launchSpecification.networkInterfaces?.[0]?.associateIpv6Address === true;
  return compute.subnetIds.flatMap((subnetId, index) => {
    const field = `compute.subnetIds.${index}`;
    const subnet = subnets.find(({ id }) => id === subnetId);
    if (subnet === undefined) {
      return [{ field, message: `${subnetId} does not exist in ${region}: give a subnet that does` }];
    }
    return [
      ...belongingErrors(field, subnet, compute.vpcId),
      ...(subnet.cidrBlock === undefined
        ? [
            {
              field,
              message: `${subnetId} has no IPv4 range, and a node has a private IPv4 address: give a subnet that has one`,
            },
          ]
        : []),
      ...(wantsIpv6 && !subnet.hasIpv6
        ? [
            {
              field,
              message: `${subnetId} has no IPv6 range, which associateIpv6Address needs: give it one, or another subnet`,
            },
          ]
        : []),
    ];
  });
}

function belongingErrors(
  field: string,
  { id, vpcId }: { id: string; vpcId: string },
  wanted: string,
): readonly FieldError[] {
  return vpcId === wanted
    ? []
    : [{ field, message: `${id} belongs to ${vpcId}, not to compute.vpcId ${wanted}: change one of the two` }];
}

/** Whose interfaces may have an address that is asked for. */
interface AcceptedHolders {
  readonly node: AskingNode | undefined;
  readonly awaited: readonly StatefulNode[];
}

function privateIpErrors({ compute }: NodeConfig, seen: SeenAccount, accepted: AcceptedHolders): readonly FieldError[] {
  const { privateIp } = compute;
  const ranges = seen.subnets.flatMap(({ cidrBlock }) => (cidrBlock === undefined ? [] : [cidrBlock]));
  if (privateIp === undefined || ranges.length === 0) return [];
  const field = 'compute.privateIp' as const;
  const reasons = ranges.map((cidrBlock) => whyNotAssignable(privateIp, cidrBlock));
  if (!reasons.includes(undefined)) {
    return [{ field, message: `${privateIp} ${reasons.join(', and ')}: give another address, or another subnet` }];
  }
  return seen.privateIpHolders
    .filter((holder) => !isAccepted(holder, field, accepted))
    .map(({ interfaceId, subnetId }) => ({
      field,
      message: `${privateIp} is taken by ${interfaceId} in ${subnetId}: delete that interface, or give another address`,
    }));
}

/** Only the node that owns an Elastic IP may move it from another interface. A new configuration may not. */
function elasticIpErrors({ compute }: NodeConfig, seen: SeenAccount, accepted: AcceptedHolders): readonly FieldError[] {
  const field = 'compute.elasticIp' as const;
  if (compute.elasticIp === undefined) return [];
  if (seen.elasticIp === undefined) {
    return [{ field, message: `${compute.elasticIp} does not exist in ${seen.region}: give an allocation that does` }];
  }
  const { interfaceId, publicIp } = seen.elasticIp;
  if (interfaceId === undefined || isAccepted({ interfaceId }, field, accepted)) return [];
  const named = `${compute.elasticIp} (${publicIp})`;
  return [{ field, message: `${named} is associated with ${interfaceId}: disassociate it first, or give another` }];
}

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, `Gateway.NotAttached` */
function gatewayErrors({ compute }: NodeConfig, { vpcIds, hasInternetGateway }: SeenAccount): readonly FieldError[] {
  const { vpcId, elasticIp } = compute;
  if (elasticIp === undefined || hasInternetGateway || !vpcIds.includes(vpcId)) return [];
  const reason = `${vpcId} has no internet gateway attached, without which no Elastic IP can be associated`;
  return [{ field: 'compute.elasticIp', message: `${reason}: attach one, or remove compute.elasticIp` }];
}

/** The node waits until a node that is being deleted has released the address. */
function isAccepted(holder: AddressHolder, field: string, { node, awaited }: AcceptedHolders): boolean {
  return isOwn(holder, node) || awaited.some((each) => isReleasing(each, field) && isOwn(holder, each));
}

/**
 * What a new node with this configuration must wait for: of the nodes, those whose deletion frees an address that EC2
 * shows on their interface.
 */
export function awaitedOf(
  config: NodeConfig,
  { privateIpHolders, elasticIp }: Pick<SeenAccount, 'privateIpHolders' | 'elasticIp'>,
  nodes: readonly StatefulNode[],
): readonly AwaitedNode[] {
  const holdersOf = (field: string): readonly AddressHolder[] => {
    if (field === 'compute.privateIp') return privateIpHolders;
    return elasticIp?.interfaceId === undefined ? [] : [{ interfaceId: elasticIp.interfaceId }];
  };
  return nodes.flatMap((node) => {
    const wanted = addressesWanted(config).filter(
      ({ field }) => isReleasing(node, field) && holdersOf(field).some((holder) => isOwn(holder, node)),
    );
    return wanted.length === 0 ? [] : [{ node, wanted }];
  });
}

type AddressHolder = Pick<SeenInterfaceAddress, 'interfaceId' | 'nodeId'>;

/** The tag identifies an interface that was made a moment ago and that the record does not name yet. */
function isOwn({ interfaceId, nodeId }: AddressHolder, node: AskingNode | undefined): boolean {
  if (node === undefined) return false;
  const retired = node.operation?.retiredInterfaceIds ?? [];
  return nodeId === node.id || interfaceId === node.identity.interfaceId || retired.includes(interfaceId);
}

function productErrors({ compute }: NodeConfig, { image }: SeenAccount): readonly FieldError[] {
  const { product, launchSpecification } = compute;
  if (product === undefined || image === undefined || isProductOf(product, image.platform)) return [];
  const message = `is not what ${launchSpecification.imageId} runs, which is ${image.platform}: change one of the two`;
  return [{ field: 'compute.product', message }];
}

function imageErrors(config: NodeConfig, { region, image, instanceTypes }: SeenAccount): readonly FieldError[] {
  const { imageId } = config.compute.launchSpecification;
  const field = `${LAUNCH}.imageId`;
  if (image === undefined) {
    return [{ field, message: `${imageId} does not exist in ${region}, or not for this account: give one that does` }];
  }
  const others = instanceTypesOf(config).filter((name) => {
    const type = instanceTypes.find((candidate) => candidate.name === name);
    return type !== undefined && !type.architectures.includes(image.architecture);
  });
  return [
    ...(image.state === 'available'
      ? []
      : [{ field, message: `${imageId} is ${image.state}: give an image that is available` }]),
    ...(others.length === 0
      ? []
      : [
          {
            field,
            message: `${imageId} is for ${image.architecture}, which ${others.join(', ')} cannot run: change one or the other`,
          },
        ]),
  ];
}

function instanceTypeErrors(config: NodeConfig, { region, instanceTypes }: SeenAccount): readonly FieldError[] {
  const isHot = attachmentOf(config) === 'hot';
  return placesOfTypes(config).flatMap(({ field, name }) => {
    const type = instanceTypes.find((candidate) => candidate.name === name);
    if (type === undefined) return [{ field, message: `${name} does not exist in ${region}: remove it` }];
    if (!isHot || type.maximumInterfaces >= HOT_INTERFACE_COUNT) return [];
    const limit = `${name} takes ${type.maximumInterfaces} network interface, and a hot node has ${HOT_INTERFACE_COUNT}`;
    return [{ field, message: `${limit}: remove it, or set persistence.eniAttachment to cold` }];
  });
}

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreditSpecificationRequest.html */
function creditErrors(config: NodeConfig, { instanceTypes }: SeenAccount): readonly FieldError[] {
  if (config.compute.launchSpecification.creditSpecification === undefined) return [];
  const names = instanceTypesOf(config).filter((name) =>
    instanceTypes.some((type) => type.name === name && !type.isBurstable),
  );
  if (names.length === 0) return [];
  const [verb, them] = names.length === 1 ? ['has', 'it'] : ['have', 'them'];
  const message = `${names.join(', ')} ${verb} no CPU credits: remove ${them}, or creditSpecification`;
  return [{ field: `${LAUNCH}.creditSpecification`, message }];
}

/** A type may appear in several places, and each of them must be corrected. */
function placesOfTypes(config: NodeConfig): readonly { readonly field: string; readonly name: string }[] {
  const { preferredType, preferredTypes = [], types } = config.compute.launchSpecification.instanceTypes;
  const field = `${LAUNCH}.instanceTypes`;
  return [
    ...(preferredType === undefined ? [] : [{ field: `${field}.preferredType`, name: preferredType }]),
    ...preferredTypes.map((name, index) => ({ field: `${field}.preferredTypes.${index}`, name })),
    ...types.map((name, index) => ({ field: `${field}.types.${index}`, name })),
  ];
}

function securityGroupErrors(
  { compute }: NodeConfig,
  { region, securityGroups, vpcIds }: SeenAccount,
): readonly FieldError[] {
  const { securityGroupIds } = compute.launchSpecification;
  if (securityGroupIds.length === 0 && vpcIds.includes(compute.vpcId)) {
    const message = `is required: EC2 does not show the default group of ${compute.vpcId}`;
    return [{ field: `${LAUNCH}.securityGroupIds`, message }];
  }
  return securityGroupIds.flatMap((groupId, index) => {
    const field = `${LAUNCH}.securityGroupIds.${index}`;
    const group = securityGroups.find(({ id }) => id === groupId);
    return group === undefined
      ? [{ field, message: `${groupId} does not exist in ${region}: give a security group that does` }]
      : belongingErrors(field, group, compute.vpcId);
  });
}

function keyPairErrors({ compute }: NodeConfig, { region, keyPairs }: SeenAccount): readonly FieldError[] {
  const { keyPair } = compute.launchSpecification;
  return keyPair === undefined || keyPairs.includes(keyPair)
    ? []
    : [
        {
          field: `${LAUNCH}.keyPair`,
          message: `${keyPair} does not exist in ${region}: import it, or remove the field`,
        },
      ];
}

/**
 * A launch takes an instance profile, but a deployment allows roles. Only IAM knows which role is in a profile. We
 * assume the role with the profile's name, as the console makes them; IAM's check of PassRole is what counts in the
 * end.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
 */
function instanceRoleErrors({ compute }: NodeConfig, { instanceRoleArns }: SeenAccount): readonly FieldError[] {
  const { iamRole } = compute.launchSpecification;
  if (iamRole === undefined) return [];
  const [key, given] = iamRole.arn === undefined ? ['name', iamRole.name ?? ''] : ['arn', iamRole.arn];
  const why = whyNotAProfile(key, given, instanceRoleArns.map(iamName));
  return why === undefined ? [] : [{ field: `${LAUNCH}.iamRole.${key}`, ...invalidProfile(why) }];
}

/**
 * Code and words as EC2 has them. Terraform's provider looks for both, and tries the creation again for a minute: the
 * profile, or the deployment's list of roles, may be from the same apply.
 */
function invalidProfile(why: string): Pick<FieldError, 'code' | 'message'> {
  return { code: 'InvalidParameterValue', message: `Invalid IAM Instance Profile: ${why}` };
}

function whyNotAProfile(key: string, given: string, roles: readonly IamName[]): string | undefined {
  if (roles.length === 0) return `this deployment allows no instance role: ${ALLOW_ROLES}`;
  const asked = key === 'arn' ? iamName(given) : { name: given };
  const role = roles.find(({ account, name }) => name === asked.name && account === (asked.account ?? account));
  if (role === undefined) {
    const allowed = roles.map(({ name }) => name).join(', ');
    return `${given} is none of those that this deployment allows (${allowed}): ${ALLOW_ROLES}`;
  }
  return key === 'arn' && asked.kind !== 'instance-profile'
    ? `${given} is a role, and a launch takes an instance profile: give iamRole.name ${role.name}`
    : undefined;
}

interface IamName {
  readonly account?: string;
  readonly kind?: string;
  readonly name?: string;
}

/** `arn:aws:iam::<account>:<kind>/<path>/<name>`; the path may be empty. */
function iamName(arn: string): IamName {
  const [, , , , account, ...rest] = arn.split(':');
  const segments = rest.join(':').split('/');
  return { account, kind: segments[0], name: segments.at(-1) };
}
