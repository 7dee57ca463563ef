import fc from 'fast-check';
import { accountErrors, eligibleSubnetIds, namesIn } from '../../../domain/node/validate-against-account';
import type { FieldError } from '../../../domain/config/validation';
import type { NodeConfig } from '../../../domain/config/node-config';
import type { SeenAccount, SeenSnapshot } from '../../../domain/node/observations';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAccount,
  anElasticIp,
  anImage,
  anInstanceType,
  aNode,
  aSubnet,
  INTERFACE_ID,
  NODE_ID,
  SUBNET_A,
  SUBNET_B,
  VPC_ID,
} from '../builders';

const LAUNCH = 'compute.launchSpecification';
const IMAGE_ID = 'ami-00000000000000001';
const GROUP_ID = 'sg-00000000000000001';
const FOREIGN_INTERFACE_ID = 'eni-0000000000000000f';

/** The primary interface of a configuration. */
function primary(associatePublicIpAddress: boolean | null, associateIpv6Address?: boolean) {
  return { networkInterfaces: [{ deviceIndex: 0 as const, associatePublicIpAddress, associateIpv6Address }] };
}

function fieldsOf(fieldErrors: readonly FieldError[]): string[] {
  return fieldErrors.map(({ field }) => field);
}

type Mapping = NonNullable<NodeConfig['compute']['launchSpecification']['blockDeviceMappings']>[number];

interface Row {
  readonly name: string;
  readonly config: NodeConfig;
  readonly account?: Partial<SeenAccount>;
  readonly node?: StatefulNode;
}

const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const withPrivateIp = aConfig({ compute: { privateIp: '10.0.0.10' } });
const hot = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });
const withCredits = aConfig({ launchSpecification: { creditSpecification: { cpuCredits: 'unlimited' } } });
const withDevice = (mapping: Mapping) => aConfig({ launchSpecification: { blockDeviceMappings: [mapping] } });
const SNAPSHOT_ID = 'snap-00000000000000001';
const aSnapshot = (overrides: Partial<SeenSnapshot> = {}): Partial<SeenAccount> => ({
  snapshots: [{ id: SNAPSHOT_ID, state: 'completed', sizeGib: 8, ...overrides }],
});
const withKeyPair = aConfig({ launchSpecification: { keyPair: 'operator' } });

const withRole = (iamRole: { name?: string; arn?: string }) => aConfig({ launchSpecification: { iamRole } });
const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const ROLE_ARN = roleArn('service/ledger');
const profileArn = (account: string, name: string) => `arn:aws:iam::${account}:instance-profile/${name}`;

const heldBy = (interfaceId: string, nodeId?: string) => ({
  privateIpHolders: [{ interfaceId, subnetId: SUBNET_A, nodeId }],
});
const associatedWith = (interfaceId: string) => ({ elasticIp: anElasticIp({ interfaceId }) });

function typesWithInterfaces(first: number, second: number): Partial<SeenAccount> {
  return {
    instanceTypes: [
      anInstanceType({ maximumInterfaces: first }),
      anInstanceType({ name: 'm6g.large', maximumInterfaces: second }),
    ],
  };
}

describe('A configuration has no error', () => {
  it.each<Row>([
    { name: 'with all that it names in the account', config: aConfig() },
    {
      name: 'without a preferred type',
      config: aConfig({ launchSpecification: { instanceTypes: { types: ['m7g.large'] } } }),
    },
    {
      name: 'with an empty list of network interfaces',
      config: aConfig({ launchSpecification: { networkInterfaces: [] } }),
    },
    { name: 'without an Elastic IP', config: aConfig(), account: { elasticIp: undefined } },
    { name: 'with an Elastic IP that is free', config: withElasticIp },
    {
      name: 'with an Elastic IP and a configured public IP, in subnets that assign none',
      config: aConfig({ compute: { elasticIp: ALLOCATION_ID }, launchSpecification: primary(true) }),
    },
    {
      name: 'with a security group of its VPC, among others',
      config: aConfig(),
      account: {
        securityGroups: [
          { id: 'sg-other', vpcId: 'vpc-other' },
          { id: GROUP_ID, vpcId: VPC_ID },
        ],
      },
    },
    { name: 'with the product that its image runs', config: aConfig({ compute: { product: 'Linux/UNIX' } }) },
    {
      name: 'with the same product in its name for a VPC',
      config: aConfig({ compute: { product: 'Windows (Amazon VPC)' } }),
      account: { image: anImage({ platform: 'Windows with SQL Server Web' }) },
    },
    { name: 'with a private IP that is free', config: withPrivateIp },
    { name: 'with a private IP in the second subnet', config: aConfig({ compute: { privateIp: '10.0.1.10' } }) },
    {
      name: 'with an IPv6 address from subnets that have a range',
      config: aConfig({ launchSpecification: primary(null, true) }),
      account: { subnets: [aSubnet({ hasIpv6: true }), aSubnet({ id: SUBNET_B, hasIpv6: true })] },
    },
    {
      name: "with an Elastic IP and the subnets' default",
      config: aConfig({ compute: { elasticIp: ALLOCATION_ID }, launchSpecification: primary(null) }),
    },
    {
      name: 'with an Elastic IP and no other public IP',
      config: aConfig({ compute: { elasticIp: ALLOCATION_ID }, launchSpecification: primary(false) }),
    },
    {
      name: 'with a type that runs the image among others that it runs',
      config: aConfig(),
      account: {
        instanceTypes: ['m7g.large', 'm6g.large'].map((name) =>
          anInstanceType({ name, architectures: ['x86_64', 'arm64'] }),
        ),
      },
    },
    { name: 'hot, on types with two interfaces', config: hot, account: typesWithInterfaces(2, 2) },
    { name: 'cold, on types with one interface', config: aConfig(), account: typesWithInterfaces(1, 1) },
    {
      name: 'without an internet gateway, and without an Elastic IP',
      config: aConfig(),
      account: { hasInternetGateway: false },
    },
    {
      name: 'with CPU credits, on burstable types',
      config: withCredits,
      account: { instanceTypes: ['m7g.large', 'm6g.large'].map((name) => anInstanceType({ name, isBurstable: true })) },
    },
    { name: "with a volume of the image's own size", config: withDevice({ deviceName: '/dev/xvda', ebs: {} }) },
    { name: 'with an empty volume of a size', config: withDevice({ deviceName: '/dev/sdf', ebs: { volumeSize: 8 } }) },
    ...[{}, { volumeSize: 8 }, { volumeSize: 9 }].map((size) => ({
      name: `with a volume of a snapshot, ${JSON.stringify(size)}`,
      config: withDevice({ deviceName: '/dev/sdf', ebs: { snapshotId: SNAPSHOT_ID, ...size } }),
      account: aSnapshot(),
    })),
    { name: 'with a device left out', config: withDevice({ deviceName: '/dev/sdf', noDevice: '', ebs: {} }) },
    {
      name: 'with an instance store',
      config: withDevice({ deviceName: '/dev/sdf', virtualName: 'ephemeral0' }),
    },
    { name: 'with a key pair of the account', config: withKeyPair, account: { keyPairs: ['operator'] } },
    ...[{ name: 'ledger' }, { arn: profileArn('123456789012', 'ledger') }].map((iamRole) => ({
      name: `with the profile of a role that is allowed (${Object.keys(iamRole).join()})`,
      config: withRole(iamRole),
      account: { instanceRoleArns: [roleArn('other'), ROLE_ARN] },
    })),
    {
      name: 'in a profile with another path than its role',
      config: withRole({ arn: profileArn('123456789012', 'some/path/ledger') }),
      account: { instanceRoleArns: [ROLE_ARN] },
    },
    {
      name: "updated: the private IP is on the node's own interface",
      config: withPrivateIp,
      account: heldBy(INTERFACE_ID),
      node: aNode(),
    },
    {
      name: 'updated: the private IP is on an interface of the node that the record does not name yet',
      config: withPrivateIp,
      account: heldBy('eni-made-a-moment-ago', NODE_ID),
      node: aNode({ identity: { settled: false } }),
    },
    {
      name: "updated: the Elastic IP is on the node's own interface",
      config: withElasticIp,
      account: associatedWith(INTERFACE_ID),
      node: aNode(),
    },
    {
      name: 'updated: the Elastic IP is still on the interface that the operation retired',
      config: withElasticIp,
      account: associatedWith('eni-retired'),
      node: aBusyNode({}, { retiredInterfaceIds: ['eni-retired'] }),
    },
  ])('$name', ({ config, account, node }) => {
    expect(accountErrors(config, anAccount(account), node)).toEqual([]);
  });
});

describe('A configuration is refused, with the field and the remedy', () => {
  it.each<Row & { readonly field: string; readonly message: string; readonly code?: string }>([
    {
      name: 'another Region',
      config: aConfig({ region: 'us-east-1' }),
      field: 'region',
      message: 'must be eu-west-1, where this control plane is deployed',
    },
    {
      name: 'a VPC that does not exist',
      config: aConfig(),
      account: { vpcIds: [] },
      field: 'compute.vpcId',
      message: `${VPC_ID} does not exist in eu-west-1: give a VPC that does`,
    },
    {
      name: 'a subnet that does not exist',
      config: aConfig(),
      account: { subnets: [aSubnet()] },
      field: 'compute.subnetIds.1',
      message: `${SUBNET_B} does not exist in eu-west-1: give a subnet that does`,
    },
    {
      name: 'a subnet of another VPC',
      config: aConfig({ compute: { subnetIds: [SUBNET_A] } }),
      account: { subnets: [aSubnet({ vpcId: 'vpc-other' })] },
      field: 'compute.subnetIds.0',
      message: `${SUBNET_A} belongs to vpc-other, not to compute.vpcId ${VPC_ID}: change one of the two`,
    },
    {
      name: 'an IPv6 address from a subnet that has no range',
      config: aConfig({ launchSpecification: primary(null, true) }),
      account: { subnets: [aSubnet({ hasIpv6: true }), aSubnet({ id: SUBNET_B })] },
      field: 'compute.subnetIds.1',
      message: `${SUBNET_B} has no IPv6 range, which associateIpv6Address needs: give it one, or another subnet`,
    },
    {
      name: 'a subnet for IPv6 only',
      config: aConfig(),
      account: { subnets: [aSubnet(), aSubnet({ id: SUBNET_B, cidrBlock: undefined, hasIpv6: true })] },
      field: 'compute.subnetIds.1',
      message: `${SUBNET_B} has no IPv4 range, and a node has a private IPv4 address: give a subnet that has one`,
    },
    {
      name: 'a private IP, next to a subnet for IPv6 only',
      config: aConfig({ compute: { privateIp: '10.0.0.10' } }),
      account: { subnets: [aSubnet(), aSubnet({ id: SUBNET_B, cidrBlock: undefined, hasIpv6: true })] },
      field: 'compute.subnetIds.1',
      message: `${SUBNET_B} has no IPv4 range, and a node has a private IPv4 address: give a subnet that has one`,
    },
    {
      name: 'a private IP that no subnet has for us',
      config: aConfig({ compute: { privateIp: '10.0.0.3' } }),
      field: 'compute.privateIp',
      message:
        '10.0.0.3 is one of the five addresses of 10.0.0.0/24 that AWS reserves, and lies outside 10.0.1.0/24: ' +
        'give another address, or another subnet',
    },
    {
      name: 'a private IP that is taken',
      config: withPrivateIp,
      account: heldBy(FOREIGN_INTERFACE_ID),
      field: 'compute.privateIp',
      message:
        `10.0.0.10 is taken by ${FOREIGN_INTERFACE_ID} in ${SUBNET_A}: ` +
        'delete that interface, or give another address',
    },
    {
      name: 'a private IP that is taken by the interface of another node',
      config: withPrivateIp,
      account: heldBy(FOREIGN_INTERFACE_ID, 'smi-another'),
      node: aNode(),
      field: 'compute.privateIp',
      message:
        `10.0.0.10 is taken by ${FOREIGN_INTERFACE_ID} in ${SUBNET_A}: ` +
        'delete that interface, or give another address',
    },
    {
      name: 'an Elastic IP that does not exist',
      config: withElasticIp,
      account: { elasticIp: undefined },
      field: 'compute.elasticIp',
      message: `${ALLOCATION_ID} does not exist in eu-west-1: give an allocation that does`,
    },
    ...[undefined, aNode()].map((node) => ({
      name: `an Elastic IP in a VPC without an internet gateway (${node === undefined ? 'created' : 'updated'})`,
      config: withElasticIp,
      account: { hasInternetGateway: false },
      node,
      field: 'compute.elasticIp',
      message:
        `${VPC_ID} has no internet gateway attached, without which no Elastic IP can be associated: ` +
        'attach one, or remove compute.elasticIp',
    })),
    ...[undefined, aNode()].map((node) => ({
      name: `an Elastic IP that is in use elsewhere (${node === undefined ? 'created' : 'updated'})`,
      config: withElasticIp,
      account: associatedWith(FOREIGN_INTERFACE_ID),
      node,
      field: 'compute.elasticIp',
      message:
        `${ALLOCATION_ID} (198.51.100.7) is associated with ${FOREIGN_INTERFACE_ID}: ` +
        'disassociate it first, or give another',
    })),
    {
      name: 'a product that the image does not run',
      config: aConfig({ compute: { product: 'Windows' } }),
      field: 'compute.product',
      message: 'is not what ami-00000000000000001 runs, which is Linux/UNIX: change one of the two',
    },
    {
      name: 'an image that does not exist',
      config: aConfig(),
      account: { image: undefined },
      field: `${LAUNCH}.imageId`,
      message: `${IMAGE_ID} does not exist in eu-west-1, or not for this account: give one that does`,
    },
    {
      name: 'an image that cannot be launched',
      config: aConfig(),
      account: { image: anImage({ state: 'disabled' }) },
      field: `${LAUNCH}.imageId`,
      message: `${IMAGE_ID} is disabled: give an image that is available`,
    },
    {
      name: 'an image of another architecture than some types, each of them named once',
      config: aConfig(),
      account: {
        instanceTypes: [anInstanceType({ architectures: ['x86_64'] }), anInstanceType({ name: 'm6g.large' })],
      },
      field: `${LAUNCH}.imageId`,
      message: `${IMAGE_ID} is for arm64, which m7g.large cannot run: change one or the other`,
    },
    {
      name: 'an image of another architecture than all types',
      config: aConfig(),
      account: {
        instanceTypes: ['m7g.large', 'm6g.large'].map((name) => anInstanceType({ name, architectures: ['x86_64'] })),
      },
      field: `${LAUNCH}.imageId`,
      message: `${IMAGE_ID} is for arm64, which m7g.large, m6g.large cannot run: change one or the other`,
    },
    {
      name: 'an instance type that does not exist',
      config: aConfig(),
      account: { instanceTypes: [anInstanceType()] },
      field: `${LAUNCH}.instanceTypes.types.1`,
      message: 'm6g.large does not exist in eu-west-1: remove it',
    },
    {
      name: 'hot, on a type with one interface',
      config: hot,
      account: typesWithInterfaces(2, 1),
      field: `${LAUNCH}.instanceTypes.types.1`,
      message:
        'm6g.large takes 1 network interface, and a hot node has 2: ' +
        'remove it, or set persistence.eniAttachment to cold',
    },
    {
      name: 'a security group that does not exist',
      config: aConfig(),
      account: { securityGroups: [] },
      field: `${LAUNCH}.securityGroupIds.0`,
      message: `${GROUP_ID} does not exist in eu-west-1: give a security group that does`,
    },
    {
      name: 'a security group of another VPC',
      config: aConfig(),
      account: { securityGroups: [{ id: GROUP_ID, vpcId: 'vpc-other' }] },
      field: `${LAUNCH}.securityGroupIds.0`,
      message: `${GROUP_ID} belongs to vpc-other, not to compute.vpcId ${VPC_ID}: change one of the two`,
    },
    {
      name: 'CPU credits, on types that have none',
      config: withCredits,
      account: { instanceTypes: [anInstanceType({ isBurstable: true }), anInstanceType({ name: 'm6g.large' })] },
      field: `${LAUNCH}.creditSpecification`,
      message: 'm6g.large has no CPU credits: remove it, or creditSpecification',
    },
    {
      name: 'a volume of no size, on a device that the image does not have',
      config: withDevice({ deviceName: '/dev/sdf', ebs: {} }),
      field: `${LAUNCH}.blockDeviceMappings.0.ebs`,
      message: `needs a volumeSize or a snapshotId: ${IMAGE_ID} has no volume for /dev/sdf that it could be made like`,
    },
    {
      name: 'a snapshot that does not exist',
      config: withDevice({ deviceName: '/dev/sdf', ebs: { snapshotId: SNAPSHOT_ID } }),
      field: `${LAUNCH}.blockDeviceMappings.0.ebs.snapshotId`,
      message: `${SNAPSHOT_ID} does not exist in eu-west-1, or not for this account: give one that does`,
    },
    {
      name: 'a snapshot that is not complete',
      config: withDevice({ deviceName: '/dev/sdf', ebs: { snapshotId: SNAPSHOT_ID } }),
      account: aSnapshot({ state: 'pending' }),
      field: `${LAUNCH}.blockDeviceMappings.0.ebs.snapshotId`,
      message: `${SNAPSHOT_ID} is pending: give a snapshot that is completed`,
    },
    {
      name: 'a volume smaller than its snapshot',
      config: withDevice({ deviceName: '/dev/sdf', ebs: { snapshotId: SNAPSHOT_ID, volumeSize: 7 } }),
      account: aSnapshot(),
      field: `${LAUNCH}.blockDeviceMappings.0.ebs.volumeSize`,
      message: `must be at least 8 GiB, the size of ${SNAPSHOT_ID}`,
    },
    {
      name: 'a key pair that does not exist',
      config: withKeyPair,
      account: { keyPairs: ['operator-2'] },
      field: `${LAUNCH}.keyPair`,
      message: 'operator does not exist in eu-west-1: import it, or remove the field',
    },
    {
      name: 'an instance role, if none is allowed',
      config: withRole({ name: 'ledger' }),
      code: 'InvalidParameterValue',
      field: `${LAUNCH}.iamRole.name`,
      message:
        'Invalid IAM Instance Profile: this deployment allows no instance role: deploy with -c instanceRoleArns=arn:...',
    },
    {
      name: 'an instance role that is not allowed',
      config: withRole({ name: 'ledger' }),
      account: { instanceRoleArns: [roleArn('other'), roleArn('more')] },
      code: 'InvalidParameterValue',
      field: `${LAUNCH}.iamRole.name`,
      message:
        'Invalid IAM Instance Profile: ledger is none of those that this deployment allows (other, more): ' +
        'deploy with -c instanceRoleArns=arn:...',
    },
    {
      name: 'the instance profile of another account',
      config: withRole({ arn: profileArn('210987654321', 'ledger') }),
      account: { instanceRoleArns: [ROLE_ARN] },
      code: 'InvalidParameterValue',
      field: `${LAUNCH}.iamRole.arn`,
      message:
        `Invalid IAM Instance Profile: ${profileArn('210987654321', 'ledger')} is none of those that this deployment allows (ledger): ` +
        'deploy with -c instanceRoleArns=arn:...',
    },
    {
      name: 'the ARN of a role that is allowed, which a launch does not take',
      config: withRole({ arn: ROLE_ARN }),
      account: { instanceRoleArns: [ROLE_ARN] },
      code: 'InvalidParameterValue',
      field: `${LAUNCH}.iamRole.arn`,
      message: `Invalid IAM Instance Profile: ${ROLE_ARN} is a role, and a launch takes an instance profile: give iamRole.name ledger`,
    },
  ])('$name', ({ config, account, node, field, code, message }) => {
    expect(accountErrors(config, anAccount(account), node)).toEqual([{ field, code, message }]);
  });

  it('not for the private IP as well, if no subnet exists to check it against', () => {
    expect(fieldsOf(accountErrors(withPrivateIp, anAccount({ subnets: [] })))).toEqual([
      'compute.subnetIds.0',
      'compute.subnetIds.1',
    ]);
  });

  it('not for the private IP as well, if no subnet has an IPv4 range', () => {
    const subnets = [SUBNET_A, SUBNET_B].map((id) => aSubnet({ id, cidrBlock: undefined, hasIpv6: true }));
    const account = anAccount({ subnets });

    expect(fieldsOf(accountErrors(withPrivateIp, account))).toEqual(['compute.subnetIds.0', 'compute.subnetIds.1']);
    expect(eligibleSubnetIds(withPrivateIp, subnets)).toEqual([]);
    expect(eligibleSubnetIds(aConfig(), subnets)).toEqual([]);
  });

  it('not for an internet gateway of a VPC that does not exist', () => {
    const account = anAccount({ vpcIds: [], hasInternetGateway: false });

    expect(fieldsOf(accountErrors(withElasticIp, account))).toEqual(['compute.vpcId']);
  });

  it('for every volume at once, in the order of the document', () => {
    const blockDeviceMappings = [
      { deviceName: '/dev/sdf', ebs: {} },
      { deviceName: '/dev/sdg', ebs: { snapshotId: 'snap-gone' } },
      { deviceName: '/dev/sdh', ebs: { volumeSize: 1 } },
      { deviceName: '/dev/sdi', ebs: { snapshotId: SNAPSHOT_ID, volumeSize: 1 } },
    ];
    const config = aConfig({ launchSpecification: { blockDeviceMappings } });

    expect(fieldsOf(accountErrors(config, anAccount(aSnapshot())))).toEqual(
      ['0.ebs', '1.ebs.snapshotId', '3.ebs.volumeSize'].map((place) => `${LAUNCH}.blockDeviceMappings.${place}`),
    );
    expect(namesIn(config).snapshotIds).toEqual(['snap-gone', SNAPSHOT_ID]);
  });

  it('not for the volumes as well, if the image does not exist', () => {
    const config = withDevice({ deviceName: '/dev/sdf', ebs: {} });

    expect(fieldsOf(accountErrors(config, anAccount({ image: undefined })))).toEqual([`${LAUNCH}.imageId`]);
  });

  it('for a type that does not exist, in every place where it appears', () => {
    const config = aConfig({
      launchSpecification: {
        instanceTypes: { preferredType: 'm7g.large', preferredTypes: ['m6g.large', 'm7g.large'], types: ['m7g.large'] },
      },
    });
    const account = anAccount({ instanceTypes: [anInstanceType({ name: 'm6g.large' })] });

    expect(fieldsOf(accountErrors(config, account))).toEqual(
      ['preferredType', 'preferredTypes.1', 'types.0'].map((place) => `${LAUNCH}.instanceTypes.${place}`),
    );
  });

  it('for all of it at once', () => {
    const config = aConfig({
      region: 'us-east-1',
      compute: { elasticIp: ALLOCATION_ID, privateIp: '10.9.9.9' },
      launchSpecification: { ...primary(null, true), keyPair: 'operator', iamRole: { name: 'ledger' } },
    });
    const account = anAccount({
      vpcIds: [],
      subnets: [aSubnet({ vpcId: 'vpc-other' })],
      elasticIp: undefined,
      image: undefined,
      instanceTypes: [anInstanceType()],
      securityGroups: [],
    });

    expect(fieldsOf(accountErrors(config, account))).toEqual([
      'region',
      'compute.vpcId',
      'compute.subnetIds.0',
      'compute.subnetIds.0',
      'compute.subnetIds.1',
      'compute.privateIp',
      'compute.elasticIp',
      `${LAUNCH}.imageId`,
      `${LAUNCH}.instanceTypes.types.1`,
      `${LAUNCH}.securityGroupIds.0`,
      `${LAUNCH}.keyPair`,
      `${LAUNCH}.iamRole.name`,
    ]);
  });

  it('once for a private IP: one that cannot be assigned is not reported as taken too', () => {
    const inTheSubnets = fc.integer({ min: 0, max: 511 }).map((offset) => `10.0.${offset >> 8}.${offset & 255}`);
    const privateIpHolders = [{ interfaceId: FOREIGN_INTERFACE_ID, subnetId: SUBNET_A }];

    fc.assert(
      fc.property(fc.oneof(inTheSubnets, fc.ipV4()), (privateIp) => {
        const fieldErrors = accountErrors(aConfig({ compute: { privateIp } }), anAccount({ privateIpHolders }));

        expect(fieldsOf(fieldErrors)).toEqual(['compute.privateIp']);
      }),
    );
  });
});

describe('namesIn', () => {
  it('is everything that must exist in the account', () => {
    const config = aConfig({
      compute: { privateIp: '10.0.0.10', elasticIp: ALLOCATION_ID },
      launchSpecification: {
        instanceTypes: { preferredType: 'm6g.large', types: ['m7g.large', 'm6g.large'] },
        keyPair: 'operator',
      },
    });

    expect(namesIn(config)).toEqual({
      vpcId: VPC_ID,
      subnetIds: [SUBNET_A, SUBNET_B],
      privateIp: '10.0.0.10',
      elasticIp: ALLOCATION_ID,
      imageId: IMAGE_ID,
      instanceTypes: ['m6g.large', 'm7g.large'],
      securityGroupIds: [GROUP_ID],
      keyPair: 'operator',
      snapshotIds: [],
    });
  });
});

describe('A private IP in a subnet', () => {
  interface Range {
    readonly cidrBlock: string;
    readonly first: number;
    readonly size: number;
  }
  const textOf = (address: number) => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

  /** AWS gives subnets of /16 to /28. */
  const someRange: fc.Arbitrary<Range> = fc
    .tuple(fc.integer({ min: 16, max: 28 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
    .map(([prefixLength, address]) => {
      const size = 2 ** (32 - prefixLength);
      const first = Math.floor(address / size) * size;
      return { cidrBlock: `${textOf(first)}/${prefixLength}`, first, size };
    });

  function isAccepted({ cidrBlock }: Range, address: number): boolean {
    const config = aConfig({ compute: { subnetIds: [SUBNET_A], privateIp: textOf(address) } });
    const subnets = [aSubnet({ cidrBlock })];
    const fieldErrors = accountErrors(config, anAccount({ subnets }));
    const eligible = eligibleSubnetIds(config, subnets);
    // The two must agree. Otherwise a node would be accepted that has no subnet for its interface.
    expect(eligible).toEqual(fieldErrors.length === 0 ? [SUBNET_A] : []);
    return fieldErrors.length === 0;
  }

  it('is refused if AWS reserves it: the first four addresses and the last', () => {
    fc.assert(
      fc.property(someRange, (range) => {
        const { first, size } = range;
        for (const address of [first, first + 1, first + 2, first + 3, first + size - 1]) {
          expect(isAccepted(range, address)).toBe(false);
        }
      }),
    );
  });

  it('is accepted everywhere between them', () => {
    fc.assert(
      fc.property(someRange, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (range, place) => {
        const { first, size } = range;
        const assignable = size - 5;

        expect(isAccepted(range, first + 4)).toBe(true);
        expect(isAccepted(range, first + size - 2)).toBe(true);
        expect(isAccepted(range, first + 4 + Math.floor(place * assignable))).toBe(true);
      }),
    );
  });

  it('is refused outside', () => {
    fc.assert(
      fc.property(someRange, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (range, address) => {
        fc.pre(address < range.first || address >= range.first + range.size);

        expect(isAccepted(range, address)).toBe(false);
      }),
    );
  });
});

describe('eligibleSubnetIds', () => {
  const both = [aSubnet({ id: SUBNET_B, cidrBlock: '10.0.1.0/24' }), aSubnet()];

  it.each([
    { name: 'all of them, in the order given', privateIp: undefined, subnets: both, eligible: [SUBNET_A, SUBNET_B] },
    { name: 'the one that contains the private IP', privateIp: '10.0.1.10', subnets: both, eligible: [SUBNET_B] },
    { name: 'only those that exist', privateIp: undefined, subnets: [aSubnet()], eligible: [SUBNET_A] },
    { name: 'none that is not configured', privateIp: undefined, subnets: [aSubnet({ id: 'subnet-9' })], eligible: [] },
  ])('$name', ({ privateIp, subnets, eligible }) => {
    expect(eligibleSubnetIds(aConfig({ compute: { privateIp, vpcId: VPC_ID } }), subnets)).toEqual(eligible);
  });
});
