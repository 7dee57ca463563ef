/**
 * A node's configuration: the `managedInstance` document of the public API, as far as it is honoured.
 *
 * The schema below is the one definition of it: types, validation and documentation derive from it. Objects
 * are strict: a field that is not honoured is refused by name rather than accepted and ignored.
 */
import { z } from 'zod';

const awsId = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-z]{3,32}$`), `must be ${what}, like ${prefix}-0123456789abcdef0`);

const seconds = (max: number) => z.int().min(0).max(max);

/** EC2 tag keys and values: at most 128 and 256 characters; `aws:` and our own prefix are reserved. */
const tag = z.strictObject({
  tagKey: z
    .string()
    .min(1)
    .max(128)
    .refine((key) => !/^(aws|holdfast):/i.test(key), 'must not start with "aws:" or "holdfast:", which are reserved'),
  tagValue: z.string().max(256),
});

const instanceType = z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be an EC2 instance type, like m7g.large');

const networkInterface = z.strictObject({
  deviceIndex: z.literal(0, 'only the interface at device index 0 can be configured'),
  associatePublicIpAddress: z.boolean().nullish(),
  associateIpv6Address: z.boolean().nullish(),
});

const blockDevice = z.strictObject({
  deviceName: z.string().min(1),
  noDevice: z.string().optional(),
  virtualName: z.string().optional(),
  ebs: z
    .strictObject({
      deleteOnTermination: z.boolean().optional(),
      encrypted: z.boolean().optional(),
      iops: z.int().positive().optional(),
      kmsKeyId: z.string().optional(),
      snapshotId: awsId('snap', 'a snapshot').optional(),
      throughput: z.int().positive().optional(),
      volumeSize: z.int().positive().optional(),
      volumeType: z.enum(['standard', 'io1', 'io2', 'gp2', 'gp3', 'st1', 'sc1']).optional(),
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
  );

const launchSpecification = z.strictObject({
  instanceTypes: z.strictObject({
    preferredType: instanceType.optional(),
    preferredTypes: z.array(instanceType).optional(),
    types: z.array(instanceType).min(1, 'must name at least one instance type').max(50),
  }),
  imageId: awsId('ami', 'an image'),
  securityGroupIds: z.array(awsId('sg', 'a security group')).min(1).max(16),
  keyPair: z.string().min(1).max(255).optional(),
  userData: userData.optional(),
  tags: z.array(tag).max(40).optional(),
  iamRole: z
    .strictObject({ name: z.string().min(1).optional(), arn: z.string().startsWith('arn:').optional() })
    .refine((role) => (role.name === undefined) !== (role.arn === undefined), 'must have either a name or an arn')
    .optional(),
  networkInterfaces: z.array(networkInterface).max(1, 'at most one entry, for device index 0').optional(),
  ebsOptimized: z.boolean().optional(),
  monitoring: z.boolean().optional(),
  tenancy: z.enum(['default', 'dedicated']).optional(),
  creditSpecification: z.strictObject({ cpuCredits: z.enum(['standard', 'unlimited']) }).optional(),
  blockDeviceMappings: z.array(blockDevice).max(40).optional(),
  metadataOptions: z
    .strictObject({
      httpTokens: z.enum(['optional', 'required']).optional(),
      httpPutResponseHopLimit: z.int().min(1).max(64).optional(),
      instanceMetadataTags: z.enum(['enabled', 'disabled']).optional(),
    })
    .optional(),
});

export const nodeConfigSchema = z.strictObject({
  name: z.string().min(1).max(255),
  description: z.string().max(1024).optional(),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS Region, like eu-west-1'),
  strategy: z
    .strictObject({
      lifeCycle: z.enum(['spot', 'on_demand']).optional(),
      fallbackToOd: z.boolean().optional(),
      /** Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
      drainingTimeout: seconds(3600).optional(),
      /** Ours: whether a rebalance recommendation alone replaces the instance. */
      rebalanceRecommendation: z.enum(['ignore', 'replace']).optional(),
    })
    .optional(),
  persistence: z.strictObject({
    persistPrivateIp: z.boolean().optional(),
    /** Ours: how the persisted interface is carried. `cold`: as the primary. `hot`: as a secondary. */
    eniAttachment: z.enum(['cold', 'hot']).optional(),
  }),
  compute: z.strictObject({
    subnetIds: z.array(awsId('subnet', 'a subnet')).min(1, 'must name at least one subnet').max(16),
    vpcId: awsId('vpc', 'a VPC'),
    elasticIp: awsId('eipalloc', "an Elastic IP's allocation id").optional(),
    privateIp: z.ipv4('must be an IPv4 address').optional(),
    launchSpecification,
  }),
});

export type NodeConfig = z.infer<typeof nodeConfigSchema>;

export type LifeCycle = 'spot' | 'on_demand';

/** `cold`: the persisted interface is the primary. `hot`: it is a secondary. */
export type EniAttachment = 'cold' | 'hot';

/** How a node's interface is carried; `cold` unless asked otherwise. */
export function attachmentOf(config: NodeConfig): EniAttachment {
  return config.persistence.eniAttachment ?? 'cold';
}

/** The device index that the persisted interface has on the instance. */
export function deviceIndexOf(config: NodeConfig): 0 | 1 {
  return attachmentOf(config) === 'cold' ? 0 : 1;
}

/** The instance types in the order in which they are tried: preferred first, none twice. */
export function instanceTypesOf(config: NodeConfig): readonly string[] {
  const { preferredType, preferredTypes = [], types } = config.compute.launchSpecification.instanceTypes;
  return [...new Set([...(preferredType === undefined ? [] : [preferredType]), ...preferredTypes, ...types])];
}
