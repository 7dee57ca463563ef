/**
 * The document as Terraform's `spotinst_managed_instance_aws`: docs/clients.md, "Terraform". What the provider has no
 * attribute for is named in a comment, so that nothing is lost in silence.
 */
import {
  instanceTypesOf,
  isObject,
  roleOf,
  textAt,
  userDataOf,
  valueAt,
  withValue,
  type Json,
  type JsonObject,
} from '../edit/document';
import { changesBetween } from '../edit/changes';

const LAUNCH = 'compute.launchSpecification';

/** Fields with an attribute of their own, in the order of the output. */
const ATTRIBUTES: readonly (readonly [path: string, attribute: string])[] = [
  ['name', 'name'],
  ['description', 'description'],
  ['region', 'region'],
  ['compute.vpcId', 'vpc_id'],
  ['compute.subnetIds', 'subnet_ids'],
  ['compute.elasticIp', 'elastic_ip'],
  ['compute.privateIp', 'private_ip'],
  ['strategy.lifeCycle', 'life_cycle'],
  ['strategy.fallbackToOd', 'fallback_to_ondemand'],
  ['strategy.drainingTimeout', 'draining_timeout'],
  ['strategy.optimizationWindows', 'optimization_windows'],
  ['strategy.utilizeReservedInstances', 'utilize_reserved_instances'],
  ['persistence.persistPrivateIp', 'persist_private_ip'],
  ['persistence.persistRootDevice', 'persist_root_device'],
  ['healthCheck.type', 'health_check_type'],
  ['healthCheck.gracePeriod', 'grace_period'],
  ['healthCheck.unhealthyDuration', 'unhealthy_duration'],
  [`${LAUNCH}.imageId`, 'image_id'],
  [`${LAUNCH}.instanceTypes.preferredType`, 'preferred_type'],
  [`${LAUNCH}.securityGroupIds`, 'security_group_ids'],
  [`${LAUNCH}.keyPair`, 'key_pair'],
  [`${LAUNCH}.ebsOptimized`, 'ebs_optimized'],
  [`${LAUNCH}.monitoring`, 'enable_monitoring'],
  [`${LAUNCH}.tenancy`, 'placement_tenancy'],
  [`${LAUNCH}.creditSpecification.cpuCredits`, 'cpu_credits'],
];

/** Objects and lists of objects, each a block with these attributes. */
const BLOCKS: readonly { readonly path: string; readonly block: string; readonly attributes: Attributes }[] = [
  {
    path: `${LAUNCH}.tags`,
    block: 'tags',
    attributes: [
      ['tagKey', 'key'],
      ['tagValue', 'value'],
    ],
  },
  {
    path: `${LAUNCH}.resourceTagSpecification`,
    block: 'resource_tag_specification',
    attributes: [
      ['volumes.shouldTag', 'should_tag_volumes'],
      ['enis.shouldTag', 'should_tag_enis'],
      ['snapshots.shouldTag', 'should_tag_snapshots'],
      ['amis.shouldTag', 'should_tag_amis'],
    ],
  },
  {
    path: `${LAUNCH}.metadataOptions`,
    block: 'metadata_options',
    attributes: [
      ['httpTokens', 'http_tokens'],
      ['httpPutResponseHopLimit', 'http_put_response_hop_limit'],
      ['instanceMetadataTags', 'instance_metadata_tags'],
    ],
  },
  {
    path: `${LAUNCH}.networkInterfaces`,
    block: 'network_interface',
    attributes: [
      ['deviceIndex', 'device_index'],
      ['associatePublicIpAddress', 'associate_public_ip_address'],
      ['associateIpv6Address', 'associate_ipv6_address'],
    ],
  },
  {
    path: `${LAUNCH}.blockDeviceMappings`,
    block: 'block_device_mappings',
    attributes: [['deviceName', 'device_name']],
  },
];

type Attributes = readonly (readonly [path: string, attribute: string])[];

const EBS: Attributes = [
  ['deleteOnTermination', 'delete_on_termination'],
  ['encrypted', 'encrypted'],
  ['iops', 'iops'],
  ['kmsKeyId', 'kms_key_id'],
  ['snapshotId', 'snapshot_id'],
  ['throughput', 'throughput'],
  ['volumeSize', 'volume_size'],
  ['volumeType', 'volume_type'],
];

/** Written in another form above, or left out because the provider's own default is the same. */
const WRITTEN_OTHERWISE = [
  `${LAUNCH}.instanceTypes.types`,
  `${LAUNCH}.instanceTypes.preferredTypes`,
  `${LAUNCH}.iamRole`,
  `${LAUNCH}.userData`,
  'compute.product',
  'healthCheck.autoHealing',
  'persistence.persistBlockDevices',
];

/** @param id the node's id, for the command that takes it over; undefined for a new node */
export function asTerraform(document: JsonObject, id?: string): string {
  const lines = [
    ...ATTRIBUTES.flatMap(([path, name]) => attribute(name, valueAt(document, path))),
    // A preferred set would lose its order: the list has all types in the order in which they are tried.
    ...attribute('instance_types', instanceTypesOf(document)),
    ...attribute('iam_instance_profile', roleOf(document) || undefined),
    ...attribute('user_data', userData(document)),
    // The provider requires these, or sends another value if they are left out.
    ...attribute('product', valueAt(document, 'compute.product') ?? 'Linux/UNIX'),
    ...attribute('persist_block_devices', false),
    ...attribute('auto_healing', valueAt(document, 'healthCheck.autoHealing') ?? true),
    ...BLOCKS.flatMap(({ path, block, attributes }) => blocks(block, attributes, valueAt(document, path))),
  ];
  const address = `spotinst_managed_instance_aws.${identifierOf(textAt(document, 'name'))}`;
  return [
    '# The provider connects through a proxy: docs/clients.md, "Terraform".',
    ...(id === undefined ? [] : [`# Take over the node first: terraform import ${address} ${id}`]),
    ...without(document).map((line) => `# ${line}`),
    `resource "spotinst_managed_instance_aws" "${identifierOf(textAt(document, 'name'))}" {`,
    ...aligned(lines).map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

function identifierOf(name: string): string {
  const safe = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[a-z]/.test(safe) ? safe : `node_${safe}`.replace(/_$/, '');
}

function attribute(name: string, value: Json | undefined): readonly string[] {
  return value === undefined ? [] : [`${name} = ${hcl(value)}`];
}

function blocks(name: string, attributes: Attributes, value: Json | undefined): readonly string[] {
  const list = (Array.isArray(value) ? value : [value]).filter(isObject);
  return list.flatMap((entry) => {
    const inside = attributes.flatMap(([path, key]) => {
      const inner = valueAt(entry, path);
      // The provider has the index as text.
      return attribute(key, key === 'device_index' ? JSON.stringify(inner) : inner);
    });
    const ebs = name === 'block_device_mappings' ? blocks('ebs', EBS, valueAt(entry, 'ebs')) : [];
    return [`${name} {`, ...aligned([...inside, ...ebs]).map((line) => `  ${line}`), '}'];
  });
}

/** The attributes that follow each other with their signs in one column, like `terraform fmt`. */
function aligned(lines: readonly string[]): readonly string[] {
  const nameOf = (line: string): string => /^(\w+) = /.exec(line)?.[1] ?? '';
  const ends = lines.findIndex((line) => nameOf(line) === '');
  const run = ends === -1 ? lines : lines.slice(0, ends);
  const width = Math.max(0, ...run.map((line) => nameOf(line).length));
  const padded = run.map((line) => `${nameOf(line).padEnd(width)}${line.slice(nameOf(line).length)}`);
  return [...padded, ...lines.slice(run.length)];
}

function hcl(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(hcl).join(', ')}]`;
  if (typeof value !== 'string') return JSON.stringify(value);
  // `${` and `%{` would begin a template.
  return JSON.stringify(value).replaceAll(/([$%])\{/g, '$1$1{');
}

/** The provider encodes text that is not base64 yet, and shows text better in its plans. */
function userData(document: JsonObject): string | undefined {
  const encoded = textAt(document, `${LAUNCH}.userData`);
  const text = userDataOf(document);
  if (encoded === '') return undefined;
  const isPlain = text !== undefined && /[^A-Za-z0-9+/=\r\n]/.test(text) && !/[^\P{Cc}\r\n\t]/u.test(text);
  return isPlain ? text : encoded;
}

/** What the provider has no attribute for, one line each. */
function without(document: JsonObject): readonly string[] {
  const known = [...ATTRIBUTES.map(([path]) => path), ...WRITTEN_OTHERWISE];
  const rest = [...known, ...BLOCKS.map(({ path }) => path)].reduce(
    (before, path) => withValue(before, path, undefined),
    document,
  );
  const lost = changesBetween({}, rest).filter(({ after }) => !isObject(after) || Object.keys(after).length > 0);
  const inBlocks = BLOCKS.flatMap(({ path, attributes }) => {
    const value = valueAt(document, path);
    const list = (Array.isArray(value) ? value : [value]).filter(isObject);
    return list.flatMap((entry, index) => {
      const names = [...attributes.map(([name]) => name), ...EBS.map(([name]) => `ebs.${name}`)];
      const left = names.reduce((before, name) => withValue(before, name, undefined), entry);
      return changesBetween({}, left).map((each) => ({ ...each, path: `${path}.${index}.${each.path}` }));
    });
  });
  return [...lost, ...inBlocks].map(
    ({ path, after }) => `The provider has no attribute for ${path}, set it through the API: ${JSON.stringify(after)}`,
  );
}
