import {
  documentOf,
  fieldErrorOfRequest,
  importErrors,
  leftBehind,
  primaryOf,
  zoneErrors,
  type ImportRequest,
} from '../../../domain/import/import-document';
import type { SeenOriginal } from '../../../domain/node/observations';
import { ALLOCATION_ID, aSubnet, SUBNET_A, SUBNET_B, VPC_ID } from '../builders';
import { anImport, anOriginal, aPrimary, ORIGINAL_ID } from '../import-builders';

const ZONES = [
  { name: 'eu-west-1a', subnetIds: [SUBNET_A] },
  { name: 'eu-west-1b', subnetIds: [SUBNET_B] },
];
const RENEWING = { shouldKeepPrivateIp: false } as const;

describe('importErrors', () => {
  test('an ordinary instance has none', () => {
    expect(importErrors(anImport(), anOriginal())).toEqual([]);
    expect(importErrors(anImport({ ...RENEWING, availabilityZones: ZONES }), anOriginal())).toEqual([]);
  });

  test.each<{ name: string; original?: Partial<SeenOriginal>; request?: Partial<ImportRequest>; why: string }>([
    { name: 'stopped', original: { state: 'stopped' }, why: 'only a running instance' },
    { name: 'that is ending', original: { state: 'terminated', interfaces: [] }, why: 'only a running instance' },
    {
      name: 'a node’s',
      original: { tags: [{ key: 'holdfast:node-id', value: 'smi-1' }] },
      why: 'holdfast:node-id=smi-1',
    },
    {
      name: 'a group’s',
      original: { tags: [{ key: 'aws:autoscaling:groupName', value: 'web' }] },
      why: 'Auto Scaling group web',
    },
    {
      name: 'with several interfaces',
      original: {
        interfaces: [aPrimary(), aPrimary({ id: 'eni-2', deviceIndex: 1 }), aPrimary({ id: 'eni-3', deviceIndex: 2 })],
      },
      why: 'detach eni-2, eni-3 first',
    },
    {
      name: 'with Elastic IPs on secondary addresses',
      original: { interfaces: [aPrimary({ otherElasticIps: [ALLOCATION_ID, 'eipalloc-2'] })] },
      why: `(${ALLOCATION_ID}, eipalloc-2), and a node carries one, on its primary address: disassociate them first`,
    },
    { name: 'without an interface', original: { interfaces: [] }, why: 'no primary network interface' },
    { name: 'on a host', original: { tenancy: 'host' }, why: 'dedicated host' },
    {
      name: 'of a persistent request',
      original: { persistentSpotRequestId: 'sir-1' },
      why: 'the persistent Spot request sir-1, which would launch another when it ends: cancel the request first',
    },
    { name: 'of a capacity block', original: { lifeCycle: 'other' }, why: 'capacity block' },
    { name: 'without metadata', original: { hasMetadataService: false }, why: 'metadata service' },
    { name: 'protected', original: { isTerminationProtected: true }, why: 'protected against termination' },
  ])('an original $name is refused', ({ original, request, why }) => {
    const fieldErrors = importErrors(anImport(request), anOriginal(original));
    expect(fieldErrors).toEqual([{ field: 'originalInstanceId', message: expect.stringContaining(why) as unknown }]);
    expect(fieldErrors[0]?.message).toContain(ORIGINAL_ID);
  });

  test('a protected original that will not be terminated has none', () => {
    const request = anImport({ ...RENEWING, shouldTerminateInstance: false });
    expect(importErrors(request, anOriginal({ isTerminationProtected: true }))).toEqual([]);
  });

  test('every error at once', () => {
    const request = anImport({ shouldTerminateInstance: false, availabilityZones: ZONES });
    expect(importErrors(request, undefined)).toEqual([
      { field: 'originalInstanceId', message: `${ORIGINAL_ID} does not exist in this account and Region` },
      {
        field: 'shouldTerminateInstance',
        message:
          'must be true with shouldKeepPrivateIp: a primary interface is released only when its instance is terminated',
      },
      {
        field: 'availabilityZones',
        message: 'cannot be given with shouldKeepPrivateIp: an address stays in its subnet; remove one of the two',
      },
    ]);
  });
});

describe('documentOf', () => {
  test('takes over everything that a node can have', () => {
    const original = anOriginal({
      keyPair: 'operator',
      userData: 'IyE=',
      instanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/ledger',
      isEbsOptimized: true,
      isMonitored: true,
      tenancy: 'dedicated',
      metadataOptions: { httpTokens: 'required' },
      tags: [
        { key: 'my-aws:team', value: 'books' },
        { key: 'Name', value: 'old ledger' },
        { key: 'aws:cloudformation:stack-name', value: 'web' },
        { key: 'holdfast:left-by', value: 'smi-1' },
      ],
      interfaces: [aPrimary({ allocationId: ALLOCATION_ID, elasticIp: '198.51.100.7', ipv6Address: '2001:db8::1' })],
    });
    expect(documentOf(original, anImport({ product: 'Linux/UNIX', eniAttachment: 'hot' }))).toEqual({
      name: 'old ledger',
      region: 'eu-west-1',
      strategy: { lifeCycle: 'spot' },
      persistence: { persistPrivateIp: true, eniAttachment: 'hot' },
      compute: {
        subnetIds: [SUBNET_A],
        vpcId: VPC_ID,
        elasticIp: ALLOCATION_ID,
        privateIp: '10.0.0.10',
        product: 'Linux/UNIX',
        launchSpecification: {
          instanceTypes: { types: ['m7g.large'] },
          imageId: 'ami-00000000000000001',
          securityGroupIds: ['sg-00000000000000001'],
          keyPair: 'operator',
          userData: 'IyE=',
          tags: [
            { tagKey: 'my-aws:team', tagValue: 'books' },
            { tagKey: 'Name', tagValue: 'old ledger' },
          ],
          iamRole: { arn: 'arn:aws:iam::123456789012:instance-profile/ledger' },
          networkInterfaces: [{ deviceIndex: 0, associateIpv6Address: true, associatePublicIpAddress: true }],
          ebsOptimized: true,
          monitoring: true,
          tenancy: 'dedicated',
          metadataOptions: { httpTokens: 'required' },
        },
      },
    });
  });

  test('omits what an ordinary original does not have', () => {
    expect(documentOf(anOriginal(), anImport())).toStrictEqual({
      name: ORIGINAL_ID,
      region: 'eu-west-1',
      strategy: { lifeCycle: 'spot' },
      persistence: { persistPrivateIp: true },
      compute: {
        subnetIds: [SUBNET_A],
        vpcId: VPC_ID,
        privateIp: '10.0.0.10',
        launchSpecification: {
          instanceTypes: { types: ['m7g.large'] },
          imageId: 'ami-00000000000000001',
          securityGroupIds: ['sg-00000000000000001'],
        },
      },
    });
  });

  test('requests IPv6 without a public IP if there is no Elastic IP', () => {
    const original = anOriginal({ interfaces: [aPrimary({ ipv6Address: '2001:db8::1' })] });
    expect(documentOf(original, anImport())).toHaveProperty('compute.launchSpecification.networkInterfaces', [
      { deviceIndex: 0, associateIpv6Address: true },
    ]);
  });

  test.each([
    { shouldKeepMetadataOptions: undefined, kept: true },
    { shouldKeepMetadataOptions: true, kept: true },
    { shouldKeepMetadataOptions: false, kept: false },
  ])('has the metadata options of the original: $kept with $shouldKeepMetadataOptions', ({ kept, ...request }) => {
    const metadataOptions = { httpTokens: 'required', httpPutResponseHopLimit: 1 } as const;
    const { launchSpecification } = (
      documentOf(anOriginal({ metadataOptions }), anImport(request)) as {
        readonly compute: { readonly launchSpecification: object };
      }
    ).compute;
    expect(launchSpecification).toEqual({
      ...(kept && { metadataOptions }),
      instanceTypes: expect.anything() as unknown,
      imageId: expect.anything() as unknown,
      securityGroupIds: expect.anything() as unknown,
    });
  });

  test('is made for a running original without an interface too, so that all errors are reported at once', () => {
    expect(documentOf(anOriginal({ interfaces: [] }), anImport())).toHaveProperty(
      'compute.launchSpecification.securityGroupIds',
      [],
    );
  });

  test('omits addresses that are not kept, and follows the request', () => {
    const original = anOriginal({ interfaces: [aPrimary({ allocationId: ALLOCATION_ID })] });
    const request = {
      ...RENEWING,
      managedInstanceName: 'ledger',
      spotInstanceTypes: ['m6g.large'],
      availabilityZones: ZONES,
    };
    const document = documentOf(original, anImport(request)) as { compute: object };
    expect(document).toMatchObject({
      name: 'ledger',
      compute: { subnetIds: [SUBNET_A, SUBNET_B], launchSpecification: { instanceTypes: { types: ['m6g.large'] } } },
    });
    expect(document.compute).not.toHaveProperty('privateIp');
    expect(document.compute).not.toHaveProperty('elasticIp');
  });

  test.each([[], [{ key: 'Name', value: '' }]])(
    'has the id of the original as its name if the original has none',
    (...tags) => {
      expect(documentOf(anOriginal({ tags }), anImport())).toMatchObject({ name: ORIGINAL_ID });
    },
  );
});

test('the primary interface is the one at device index 0, wherever it is listed', () => {
  const interfaces = [aPrimary({ id: 'eni-2', deviceIndex: 1 }), aPrimary()];
  expect(primaryOf(anOriginal({ interfaces }))).toBe(interfaces[1]);
});

describe('an error of the document', () => {
  const GIVEN = { ...RENEWING, spotInstanceTypes: ['m9.none'], availabilityZones: ZONES, managedInstanceName: 'x' };

  test.each<{ field: string; request: Partial<ImportRequest>; of: string }>([
    { field: 'region', request: {}, of: 'region' },
    { field: 'compute.product', request: {}, of: 'product' },
    { field: 'name', request: GIVEN, of: 'managedInstanceName' },
    { field: 'name', request: {}, of: 'originalInstanceId' },
    { field: 'compute.launchSpecification.instanceTypes.types.0', request: GIVEN, of: 'spotInstanceTypes.0' },
    { field: 'compute.launchSpecification.instanceTypes.types.12', request: GIVEN, of: 'spotInstanceTypes.12' },
    { field: 'compute.launchSpecification.instanceTypes.types', request: GIVEN, of: 'spotInstanceTypes' },
    { field: 'compute.launchSpecification.instanceTypes.types.0', request: {}, of: 'originalInstanceId' },
    { field: 'compute.subnetIds.1', request: GIVEN, of: 'availabilityZones.1.subnetIds.0' },
    { field: 'compute.subnetIds', request: GIVEN, of: 'availabilityZones' },
    { field: 'compute.subnetIds.0', request: {}, of: 'originalInstanceId' },
    { field: 'compute.launchSpecification.iamRole.arn', request: {}, of: 'originalInstanceId' },
    { field: 'compute.launchSpecification.imageId', request: GIVEN, of: 'originalInstanceId' },
  ])('$field is one of $of', ({ field, request, of }) => {
    const fieldError = fieldErrorOfRequest({ field, message: 'is wrong' }, anImport(request));
    expect(fieldError.field).toBe(of);
    expect(fieldError.message).toBe(of === 'originalInstanceId' ? `${field} of ${ORIGINAL_ID}: is wrong` : 'is wrong');
  });
});

test('a subnet must be given under its own zone', () => {
  const request = anImport({
    ...RENEWING,
    availabilityZones: [{ name: 'eu-west-1b', subnetIds: ['subnet-none', SUBNET_A] }],
  });
  expect(zoneErrors(request, [aSubnet()])).toEqual([
    { field: 'availabilityZones.0.subnetIds.1', message: expect.stringContaining('eu-west-1a') as unknown },
  ]);
  const right = anImport({ ...RENEWING, availabilityZones: [{ name: 'eu-west-1a', subnetIds: [SUBNET_A] }] });
  expect(zoneErrors(right, [aSubnet()])).toEqual([]);
  expect(zoneErrors(anImport(RENEWING), [aSubnet()])).toEqual([]);
});

test('what the node does not get is listed', () => {
  const original = anOriginal({ placementGroup: 'near', interfaces: [aPrimary({ transientPublicIp: '203.0.113.9' })] });
  expect(leftBehind(original, anImport()).join()).toMatch(/disks.*near.*203\.0\.113\.9/);
  expect(leftBehind(original, anImport(RENEWING)).join()).not.toContain('203.0.113.9');
  expect(leftBehind(anOriginal(), anImport({ shouldKeepMetadataOptions: false })).join()).toContain('metadata options');
  expect(leftBehind(anOriginal(), anImport())).toEqual(['its disks (those of the node are made anew from the image)']);
});
