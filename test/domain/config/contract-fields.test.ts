/**
 * Every field of a node in the contract is in docs/api.md, which has a row for each of `configFields`: honoured, or
 * refused with the reason.
 */
import { configFields } from '../../../domain/config/config-fields';

const SPEC = 'compute.launchSpecification';
const REQUIREMENTS = `${SPEC}.instanceTypes.resourceRequirements`;

/** The fields of the contract's document, as its published OpenAPI document and its clients have them. */
const CONTRACT = [
  ...['name', 'description', 'region'],
  ...['lifeCycle', 'orientation', 'drainingTimeout', 'fallbackToOd', 'utilizeReservedInstances'].map(of('strategy')),
  ...['utilizeCommitments', 'optimizationWindows', 'revertToSpot.performAt'].map(of('strategy')),
  ...['minimumInstanceLifetime'].map(of('strategy')),
  ...['persistPrivateIp', 'persistRootDevice', 'persistBlockDevices', 'blockDevicesMode'].map(of('persistence')),
  ...['type', 'autoHealing', 'gracePeriod', 'unhealthyDuration'].map(of('healthCheck')),
  ...['subnetIds', 'vpcId', 'elasticIp', 'privateIp', 'product'].map(of('compute')),
  ...['volumeId', 'deviceName'].map(of('compute.volumeAttachments.volumes[]')),
  ...['preferredType', 'preferredTypes', 'types'].map(of(`${SPEC}.instanceTypes`)),
  ...['requiredVCpu', 'requiredMemory', 'requiredGpu'].flatMap((name) =>
    ['minimum', 'maximum'].map(of(`${REQUIREMENTS}.${name}`)),
  ),
  ...['excludedInstanceTypes', 'excludedInstanceFamilies', 'excludedInstanceGenerations'].map(of(REQUIREMENTS)),
  ...['ebsOptimized', 'monitoring', 'tenancy', 'securityGroupIds', 'imageId', 'keyPair'].map(of(SPEC)),
  ...['userData', 'shutdownScript', 'creditSpecification.cpuCredits', 'iamRole.name', 'iamRole.arn'].map(of(SPEC)),
  ...['tagKey', 'tagValue'].map(of(`${SPEC}.tags[]`)),
  ...['volumes', 'snapshots', 'enis', 'amis'].map((name) => `${SPEC}.resourceTagSpecification.${name}.shouldTag`),
  ...['deviceIndex', 'associatePublicIpAddress', 'associateIpv6Address', 'networkInterfaceId'].map(
    of(`${SPEC}.networkInterfaces[]`),
  ),
  ...['deviceName', 'noDevice', 'virtualName'].map(of(`${SPEC}.blockDeviceMappings[]`)),
  ...[
    'iops',
    'throughput',
    'deleteOnTermination',
    'encrypted',
    'volumeSize',
    'volumeType',
    'kmsKeyId',
    'snapshotId',
  ].map(of(`${SPEC}.blockDeviceMappings[].ebs`)),
  ...['httpTokens', 'httpPutResponseHopLimit', 'instanceMetadataTags'].map(of(`${SPEC}.metadataOptions`)),
  ...['taskType', 'startTime', 'cronExpression', 'isEnabled', 'frequency'].map(of('scheduling.tasks[]')),
  ...['name', 'arn', 'type'].map(of('integrations.loadBalancersConfig.loadBalancers[]')),
  ...['hostedZoneId', 'recordSetType', 'spotinstAccountId'].map(of('integrations.route53.domains[]')),
  ...['name', 'usePublicIp', 'usePublicDns'].map(of('integrations.route53.domains[].recordSets[]')),
];

const OWN = [
  ...['rebalanceRecommendation', 'skipOsShutdown'].map(of('strategy')),
  ...['eniAttachment', 'shouldKeepElasticIpOnPause'].map(of('persistence')),
];

function of(parent: string): (name: string) => string {
  return (name) => `${parent}.${name}`;
}

/** Whether the field is the other, or within it. */
function isWithin(field: string, other: string): boolean {
  return field === other || field.startsWith(`${other}.`) || field.startsWith(`${other}[].`);
}

const fields = configFields();

test.each(CONTRACT)('%s is honoured, or refused with a reason', (path) => {
  const exact = fields.find((field) => field.path === path);
  if (exact?.support === 'honoured') return;
  // A list or an object of which only nothing is accepted has one row for all its fields.
  const refusing = fields.filter(({ support, ...field }) => support !== 'honoured' && isWithin(path, field.path));
  expect(refusing).toHaveLength(1);
  expect(refusing[0]?.description).toMatch(/^(Not supported yet: .+|Only .+ for now: .+)\.$/);
});

test('every other field is documented as our own', () => {
  const others = fields.filter(({ path }) => !CONTRACT.some((field) => isWithin(field, path)));
  expect(others.map(({ path }) => path)).toEqual(OWN);
  expect(others.filter(({ description }) => !/^Holdfast's own: /.test(description ?? ''))).toEqual([]);
});
