/**
 * A node's configuration: the `managedInstance` document of the public API, as far as Holdfast supports it. A document
 * may leave out a few fields that every configuration has.
 *
 * Types, validation and documentation derive from the schema below. Objects are strict: an unsupported field is refused
 * by name rather than ignored. If only the value that changes nothing is supported, the field accepts that value,
 * because clients send it.
 */
import * as z from 'zod';
import { anyCase } from './any-case';
import { id } from './ids';
import { only, onlyEmptyList } from './restricted-fields';

const seconds = (max: number) => z.int().min(0).max(max);

/** Counts Unicode characters, as EC2 does. `.max` would count UTF-16 units, and an emoji has two. */
const characters = (least: number, most: number) =>
  z
    .string()
    .min(least, 'must not be empty')
    .refine((text) => Array.from(text).length <= most, `must have at most ${most} characters`);

/**
 * EC2 tag keys and values: at most 128 and 256 Unicode characters; `aws:` and our own prefix are reserved.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
 */
const tag = z.strictObject({
  tagKey: characters(1, 128)
    .refine((key) => !/^(aws|holdfast):/i.test(key), 'must not start with "aws:" or "holdfast:", which are reserved')
    .meta({
      maxLength: 128,
      description: 'Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included.',
    }),
  tagValue: characters(0, 256).meta({ maxLength: 256 }),
});

/** Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, "Security groups" */
const SECURITY_GROUPS_MAX = 5;

const instanceType = z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be an EC2 instance type, like m7g.large');

const networkInterface = z.strictObject({
  deviceIndex: z.literal(0, 'only the interface at device index 0 can be configured'),
  associatePublicIpAddress: z
    .boolean()
    .nullish()
    .describe(
      'Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The ' +
        'compute.elasticIp is associated in any case. A persisted primary interface never gets another one.',
    ),
  associateIpv6Address: z.boolean().nullish().describe('Whether the persisted interface is given an IPv6 address.'),
});

export const VOLUME_TYPES = ['standard', 'io1', 'io2', 'gp2', 'gp3', 'st1', 'sc1'] as const;

const blockDevice = z.strictObject({
  deviceName: z.string().min(1).describe('Like /dev/xvda.'),
  noDevice: z.string().optional().describe("Given (as an empty string): leaves out the image's device of this name."),
  virtualName: z.string().optional().describe('An instance store volume, like ephemeral0.'),
  ebs: z
    .strictObject({
      deleteOnTermination: z.boolean().optional(),
      encrypted: z.boolean().optional(),
      iops: z.int().positive().optional().describe('For gp3, io1 and io2; the last two need it.'),
      kmsKeyId: z.string().optional(),
      snapshotId: id('snap').optional(),
      throughput: z.int().positive().optional().describe('MiB/s; for gp3.'),
      volumeSize: z
        .int()
        .positive()
        .optional()
        .describe("GiB. Needed without a snapshotId, unless the device is one of the image's own."),
      volumeType: anyCase(VOLUME_TYPES)
        .optional()
        .describe(`One of ${VOLUME_TYPES.join(', ')}; in any case.`),
    })
    .optional(),
});

/** User data is limited to 16 KB before encoding. Source: EC2 User Guide, "user-data". */
const USER_DATA_MAX_BYTES = 16 * 1024;

const userData = z
  .base64('must be base64')
  .refine(
    (text) => Math.floor((text.replace(/=+$/, '').length * 3) / 4) <= USER_DATA_MAX_BYTES,
    'must be at most 16 KB before encoding',
  )
  .describe('Base64; at most 16 KB before encoding.');

const tagged = (description: string) =>
  z.strictObject({ shouldTag: z.boolean().optional().describe(description) }).optional();

const notTagged = (reason: string) => z.strictObject({ shouldTag: only(false, reason).optional() }).optional();

const resourceTagSpecification = z
  .strictObject({
    volumes: tagged(
      "Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false.",
    ),
    enis: tagged(
      "Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false.",
    ),
    snapshots: notTagged('no snapshots are made'),
    amis: notTagged('no images are made'),
  })
  .describe('What else than the instance gets the tags.');

/** Of each list. One EC2 filter asks about all types at once, and takes 200 values. */
const INSTANCE_TYPES_MAX = 50;

const types = z
  .array(instanceType)
  .min(1, 'must name at least one instance type')
  .max(INSTANCE_TYPES_MAX)
  .describe(
    'Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but ' +
      'the preferred ones.',
  );

const instanceTypes = z.strictObject({
  preferredType: instanceType.optional().describe('Tried before all others.'),
  preferredTypes: z.array(instanceType).max(INSTANCE_TYPES_MAX).optional().describe('Tried next, in this order.'),
  types,
});

const securityGroupIds = z
  .array(id('sg'))
  .min(1)
  .max(SECURITY_GROUPS_MAX, `must name at most ${SECURITY_GROUPS_MAX}: EC2 puts no more on a network interface`)
  .describe(
    'Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the ' +
      'default group of the VPC.',
  );

export const METADATA_TAGS = ['enabled', 'disabled'] as const;

const launchSpecification = z.strictObject({
  instanceTypes,
  imageId: id('ami').describe('The AMI.'),
  securityGroupIds,
  keyPair: z.string().min(1).max(255).optional().describe('The name of an EC2 key pair.'),
  userData: userData.optional(),
  tags: z
    .array(tag)
    .max(40)
    .optional()
    .describe("Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so."),
  resourceTagSpecification: resourceTagSpecification.optional(),
  iamRole: z
    .strictObject({ name: z.string().min(1).optional(), arn: z.string().startsWith('arn:').optional() })
    .refine((role) => (role.name === undefined) !== (role.arn === undefined), 'must have either a name or an arn')
    .optional()
    .describe('The instance profile, by its name or its ARN.'),
  networkInterfaces: z.array(networkInterface).max(1, 'at most one entry, for device index 0').optional(),
  ebsOptimized: z.boolean().optional(),
  monitoring: z.boolean().optional().describe('Detailed CloudWatch monitoring.'),
  tenancy: z.enum(['default', 'dedicated']).optional(),
  creditSpecification: z
    .strictObject({ cpuCredits: z.enum(['standard', 'unlimited']) })
    .optional()
    .describe('For burstable instance types: every type has to be one.'),
  blockDeviceMappings: z
    .array(blockDevice)
    .max(40)
    .optional()
    .describe('Devices are made anew with every instance: only the network identity is carried on.'),
  metadataOptions: z
    .strictObject({
      httpTokens: z.enum(['optional', 'required']).optional().describe('`required`: version 2 of the service only.'),
      httpPutResponseHopLimit: z.int().min(1).max(64).optional(),
      instanceMetadataTags: anyCase(METADATA_TAGS)
        .optional()
        .describe('`enabled`: the service shows the tags of the instance. In any case.'),
    })
    .optional()
    .describe('The instance metadata service.'),
});

const PRODUCTS = [
  'Linux/UNIX',
  'Linux/UNIX (Amazon VPC)',
  'Red Hat Enterprise Linux',
  'Red Hat Enterprise Linux (Amazon VPC)',
  'SUSE Linux',
  'SUSE Linux (Amazon VPC)',
  'Windows',
  'Windows (Amazon VPC)',
] as const;

const strategy = z.strictObject({
  lifeCycle: z.enum(['spot', 'on_demand']).optional().describe('How instances are bought. Default: spot.'),
  fallbackToOd: z
    .boolean()
    .optional()
    .describe('Whether an on-demand instance is launched where no spot capacity is left. Default: true.'),
  drainingTimeout: seconds(3600)
    .optional()
    .describe('Seconds that the old instance gets before it is terminated; never more than a warning leaves it.'),
  rebalanceRecommendation: z
    .enum(['ignore', 'replace'])
    .optional()
    .describe("Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore."),
  skipOsShutdown: z
    .boolean()
    .optional()
    .describe(
      "Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. " +
        'Default: false. What it has not written is lost; refused with volumes that outlive it.',
    ),
  revertToSpot: z
    .strictObject({ performAt: only('never', 'an on-demand instance is not replaced by a spot one').optional() })
    .optional(),
  optimizationWindows: onlyEmptyList('nothing is done in windows').optional(),
  utilizeReservedInstances: only(false, 'reservations are not looked at').optional(),
  utilizeCommitments: only(false, 'commitments are not looked at').optional(),
});

const persistence = z.strictObject({
  persistPrivateIp: z
    .boolean()
    .optional()
    .describe('Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp.'),
  eniAttachment: z
    .enum(['cold', 'hot'])
    .optional()
    .describe(
      "Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at " +
        'launch. `hot`: as a secondary one, moved between running instances.',
    ),
  shouldKeepElasticIpOnPause: z
    .boolean()
    .optional()
    .describe(
      "Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. " +
        'Where not, it is disassociated by a pause and put back by the next resume.',
    ),
  persistRootDevice: only(false, 'only the network identity persists').optional(),
  persistBlockDevices: only(false, 'only the network identity persists').optional(),
});

const healthCheck = z.strictObject({
  autoHealing: z
    .boolean()
    .optional()
    .describe("Whether an instance that fails EC2's status checks is replaced. Default: true."),
  type: only('EC2', "nothing but EC2's own status checks is looked at").optional(),
  gracePeriod: seconds(86_400)
    .optional()
    .describe('Seconds after a launch in which a failing status check means nothing. Default: 120.'),
  unhealthyDuration: seconds(86_400)
    .optional()
    .describe('Seconds that a status check has to fail before the instance is replaced. Default: 120.'),
});

const compute = z.strictObject({
  subnetIds: z
    .array(id('subnet'))
    .min(1, 'must name at least one subnet')
    .max(16)
    .describe(
      'Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance.',
    ),
  vpcId: id('vpc'),
  elasticIp: id('eipalloc')
    .optional()
    .describe(
      'The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway.',
    ),
  privateIp: z
    .ipv4('must be an IPv4 address')
    .optional()
    .describe('The address to persist; absent: one is chosen from the subnet.'),
  product: z
    .enum(PRODUCTS)
    .optional()
    .describe('What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX.'),
  launchSpecification,
});

const region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS Region, like eu-west-1')
  .describe('The AWS Region in which Holdfast is deployed, which is the default.');

/** A complete configuration: what a node's record has. */
export const nodeConfigSchema = z.strictObject({
  name: z.string().min(1).max(255),
  description: z.string().max(1024).optional().describe('The only text that may hold newlines and tabs.'),
  region,
  strategy: strategy.optional(),
  persistence,
  healthCheck: healthCheck.optional(),
  compute,
  scheduling: z.strictObject({ tasks: onlyEmptyList('nothing is done by schedule').optional() }).optional(),
  integrations: z
    .strictObject({
      route53: z.strictObject({ domains: onlyEmptyList('DNS records are not kept').optional() }).optional(),
      loadBalancersConfig: z
        .strictObject({ loadBalancers: onlyEmptyList('instances are not registered').optional() })
        .optional(),
    })
    .optional(),
});

/** The document of the API, which may leave out what `complete-config.ts` fills in. */
export const nodeDocumentSchema = nodeConfigSchema.extend({
  region: region.optional(),
  compute: compute.extend({
    launchSpecification: launchSpecification.extend({
      securityGroupIds: securityGroupIds.optional(),
      instanceTypes: instanceTypes.extend({ types: types.optional() }),
    }),
  }),
});

export type NodeConfig = z.infer<typeof nodeConfigSchema>;

export type NodeDocument = z.infer<typeof nodeDocumentSchema>;

export type LifeCycle = 'spot' | 'on_demand';

/** `cold`: the persisted interface is the primary. `hot`: it is a secondary. */
export type EniAttachment = 'cold' | 'hot';

/** How a node's interface is attached; `cold` by default. */
export function attachmentOf(config: NodeDocument): EniAttachment {
  return config.persistence.eniAttachment ?? 'cold';
}

/** The device index that the persisted interface has on the instance. */
export function deviceIndexOf(attachment: EniAttachment): 0 | 1 {
  return attachment === 'cold' ? 0 : 1;
}

/** The keys of the configured tags. */
export function tagKeysOf({ compute }: NodeDocument): readonly string[] {
  return (compute.launchSpecification.tags ?? []).map(({ tagKey }) => tagKey);
}

/** The instance types in the order in which they are tried: preferred ones first, each once. */
export function instanceTypesOf(config: NodeDocument): readonly string[] {
  const { preferredType, preferredTypes = [], types = [] } = config.compute.launchSpecification.instanceTypes;
  return [...new Set([...(preferredType === undefined ? [] : [preferredType]), ...preferredTypes, ...types])];
}

/** When EC2's status checks make an instance unhealthy. Undefined if the node is not healed. */
export function healingOf({ healthCheck: wanted }: NodeConfig): Healing | undefined {
  if (wanted?.autoHealing === false) return undefined;
  return {
    gracePeriodSeconds: wanted?.gracePeriod ?? DEFAULT_GRACE_PERIOD_SECONDS,
    unhealthySeconds: wanted?.unhealthyDuration ?? DEFAULT_UNHEALTHY_SECONDS,
  };
}

export interface Healing {
  /** After a launch, failing checks are ignored for this long. */
  readonly gracePeriodSeconds: number;
  /** How long a check must fail. */
  readonly unhealthySeconds: number;
}

/** The defaults of the API contract. */
const DEFAULT_GRACE_PERIOD_SECONDS = 120;
const DEFAULT_UNHEALTHY_SECONDS = 120;
