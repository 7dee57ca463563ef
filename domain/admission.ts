/**
 * May this document become a node? Every fault at once, each with its field and its remedy, before anything
 * is made.
 */
import ipaddr from 'ipaddr.js';
import { attachmentOf, nodeConfigSchema, type NodeConfig } from './node-config';
import type { SeenElasticIp, SeenSubnet } from './observations';

export interface Fault {
  /** Path in the document, like `compute.privateIp`. */
  readonly field: string;
  readonly message: string;
}

export type Parsed =
  | { readonly kind: 'config'; readonly config: NodeConfig }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

/** What the account shows of the things that a document names. */
export interface SeenAccount {
  readonly region: string;
  readonly subnets: readonly SeenSubnet[];
  readonly elasticIp: SeenElasticIp | undefined;
}

/** Checks the document against its schema, and its fields against each other. */
export function parseConfig(document: unknown): Parsed {
  const parsed = nodeConfigSchema.safeParse(document);
  if (parsed.success) {
    const faults = contradictions(parsed.data);
    return faults.length === 0 ? { kind: 'config', config: parsed.data } : { kind: 'faults', faults };
  }
  const faults = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          field: [...issue.path, key].join('.'),
          message: 'is not supported; remove it',
        }))
      : [{ field: issue.path.join('.') || 'managedInstance', message: issue.message }],
  );
  return { kind: 'faults', faults };
}

/** Checks the document against the account. */
export function admissionFaults(config: NodeConfig, account: SeenAccount): readonly Fault[] {
  return [
    ...regionFaults(config, account.region),
    ...subnetFaults(config, account.subnets),
    ...elasticIpFaults(config, account),
  ];
}

/** The configured subnets in which the node's interface may be made, in the order given. */
export function eligibleSubnetIds(config: NodeConfig, subnets: readonly SeenSubnet[]): readonly string[] {
  const { privateIp, subnetIds } = config.compute;
  return subnetIds.filter((subnetId) => {
    const subnet = subnets.find(({ id }) => id === subnetId);
    return (
      subnet !== undefined && (privateIp === undefined || whyNotAssignable(privateIp, subnet.cidrBlock) === undefined)
    );
  });
}

function contradictions(config: NodeConfig): readonly Fault[] {
  const { compute, persistence } = config;
  const assignsPublicIp = compute.launchSpecification.networkInterfaces?.[0]?.associatePublicIpAddress;
  const persistsPrivateIp = persistence.persistPrivateIp === true;
  const rules: readonly (readonly [boolean, string, string])[] = [
    [
      !persistsPrivateIp && compute.elasticIp === undefined,
      'persistence.persistPrivateIp',
      'must be true unless compute.elasticIp is given: a stateful node persists at least one address',
    ],
    [
      !persistsPrivateIp && compute.privateIp !== undefined,
      'compute.privateIp',
      'needs persistence.persistPrivateIp to be true',
    ],
    [
      compute.elasticIp !== undefined && assignsPublicIp === false,
      'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress',
      'must not be false together with compute.elasticIp: set it to true, or remove one of the two',
    ],
    [
      // AWS assigns a public IP by itself only to an interface made in the launch, which a carried primary is not.
      compute.elasticIp === undefined && assignsPublicIp === true && attachmentOf(config) === 'cold',
      'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress',
      'cannot be true for a persisted primary interface: give compute.elasticIp instead',
    ],
    [new Set(compute.subnetIds).size < compute.subnetIds.length, 'compute.subnetIds', 'must not name a subnet twice'],
  ];
  return rules.filter(([broken]) => broken).map(([, field, message]) => ({ field, message }));
}

function regionFaults(config: NodeConfig, region: string): readonly Fault[] {
  return config.region === region
    ? []
    : [{ field: 'region', message: `must be ${region}, where this control plane is deployed` }];
}

function subnetFaults(config: NodeConfig, subnets: readonly SeenSubnet[]): readonly Fault[] {
  const { compute } = config;
  const wantsIpv6 = compute.launchSpecification.networkInterfaces?.[0]?.associateIpv6Address === true;
  const perSubnet = compute.subnetIds.flatMap((subnetId, index) => {
    const field = `compute.subnetIds.${index}`;
    const subnet = subnets.find(({ id }) => id === subnetId);
    if (subnet === undefined) return [{ field, message: `${subnetId} does not exist in ${config.region}` }];
    return [
      ...(subnet.vpcId === compute.vpcId
        ? []
        : [{ field, message: `${subnetId} belongs to ${subnet.vpcId}, not to compute.vpcId ${compute.vpcId}` }]),
      ...(wantsIpv6 && !subnet.hasIpv6
        ? [{ field, message: `${subnetId} has no IPv6 range, which associateIpv6Address needs` }]
        : []),
    ];
  });
  return [...perSubnet, ...privateIpFaults(config, subnets)];
}

function privateIpFaults({ compute }: NodeConfig, subnets: readonly SeenSubnet[]): readonly Fault[] {
  const { privateIp } = compute;
  if (privateIp === undefined || subnets.length === 0) return [];
  const reasons = subnets.map(({ cidrBlock }) => whyNotAssignable(privateIp, cidrBlock));
  if (reasons.includes(undefined)) return [];
  return [{ field: 'compute.privateIp', message: `${privateIp} ${reasons.join(', and ')}` }];
}

function elasticIpFaults(config: NodeConfig, { subnets, elasticIp }: SeenAccount): readonly Fault[] {
  const { compute } = config;
  if (compute.elasticIp === undefined) return [];
  const primary = compute.launchSpecification.networkInterfaces?.[0];
  const asksForSubnetDefault = primary !== undefined && (primary.associatePublicIpAddress ?? undefined) === undefined;
  const privateSubnets = asksForSubnetDefault ? subnets.filter((subnet) => !subnet.assignsPublicIp) : [];
  return [
    ...(elasticIp === undefined
      ? [{ field: 'compute.elasticIp', message: `${compute.elasticIp} does not exist in ${config.region}` }]
      : []),
    ...privateSubnets.map(({ id }) => ({
      field: 'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress',
      message: `asks for the subnet's default, and ${id} assigns no public IP: set it to true, or remove compute.elasticIp`,
    })),
  ];
}

/**
 * Why an address cannot be assigned from a range; undefined where it can. AWS reserves the first four addresses
 * and the last one of every subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
function whyNotAssignable(address: string, cidrBlock: string): string | undefined {
  const [network, prefixLength] = ipaddr.IPv4.parseCIDR(cidrBlock);
  const parsed = ipaddr.IPv4.parse(address);
  if (!parsed.match([network, prefixLength])) return `lies outside ${cidrBlock}`;
  const offset = asNumber(parsed) - asNumber(ipaddr.IPv4.networkAddressFromCIDR(cidrBlock));
  const lastOffset = 2 ** (32 - prefixLength) - 1;
  return offset < 4 || offset === lastOffset
    ? `is one of the five addresses of ${cidrBlock} that AWS reserves`
    : undefined;
}

function asNumber(address: ipaddr.IPv4): number {
  return address.toByteArray().reduce((number, byte) => number * 256 + byte, 0);
}
