import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  EC2ServiceException,
  type DescribeInstanceStatusCommandInput,
  type DescribeInstanceStatusCommandOutput,
  type InstanceStatus,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { Throttled } from '../../../domain/errors';
import { ec2Fleet } from '../../../lambdas/adapters/ec2-fleet';
import { DEPLOYMENT } from '../runtime';
import { ALLOCATION_ID, INTERFACE_ID, NODE_ID, OLD_INSTANCE_ID, REPLACEMENT_ID, SUBNET_A } from '../../domain/builders';

const ec2 = mockClient(EC2Client);
const fleet = ec2Fleet(new EC2Client({ region: 'eu-west-1' }), DEPLOYMENT);
const OURS = { Filters: [{ Name: 'tag:holdfast:deployment', Values: [DEPLOYMENT] }], MaxResults: 1000 };
const origin = { nodeId: NODE_ID, generation: 4, isLeft: false };
const tagged = (tags: Readonly<Record<string, string>> = {}) =>
  Object.entries({ 'holdfast:node-id': NODE_ID, 'holdfast:generation': '4', ...tags }).map(([Key, Value]) => ({
    Key,
    Value,
  }));

beforeEach(() => ec2.reset());

describe('Listing instances', () => {
  const shown = (InstanceId: string, Tags = tagged()) => ({
    InstanceId,
    State: { Name: 'running' as const },
    ImageId: 'ami-1',
    InstanceType: 'm7g.large' as const,
    InstanceLifecycle: 'spot' as const,
    SubnetId: SUBNET_A,
    Placement: { AvailabilityZone: 'eu-west-1a' },
    LaunchTime: new Date('2026-11-03T10:00:20.000Z'),
    Tags,
  });
  const seen = (id: string) => ({
    id,
    state: 'running',
    imageId: 'ami-1',
    instanceType: 'm7g.large',
    lifeCycle: 'spot',
    subnetId: SUBNET_A,
    availabilityZone: 'eu-west-1a',
    launchedAt: '2026-11-03T10:00:20.000Z',
    nodeId: NODE_ID,
    origin,
  });

  it('lists those with the tag of the deployment, page by page, from all reservations', async () => {
    ec2
      .on(DescribeInstancesCommand)
      .resolvesOnce({ Reservations: [{ Instances: [shown('i-1'), shown('i-2')] }, {}], NextToken: 'two' })
      // A page may be empty and still not be the last.
      .resolvesOnce({ NextToken: 'three' })
      .resolvesOnce({ Reservations: [{ Instances: [shown('i-3')] }] });

    await expect(fleet.instances()).resolves.toEqual([seen('i-1'), seen('i-2'), seen('i-3')]);
    expect(ec2.commandCalls(DescribeInstancesCommand).map(({ args }) => args[0].input)).toEqual([
      OURS,
      { ...OURS, NextToken: 'two' },
      { ...OURS, NextToken: 'three' },
    ]);
  });

  it.each([
    { name: 'made by an operation', tags: tagged(), from: {} },
    {
      name: 'adopted',
      tags: [{ Key: 'holdfast:node-id', Value: NODE_ID }],
      from: { generation: undefined },
    },
    {
      name: 'left by a deletion',
      tags: tagged({ 'holdfast:left-by': NODE_ID }),
      from: { isLeft: true, leftBy: NODE_ID },
    },
    {
      name: 'made by a request',
      tags: tagged({ 'holdfast:request': 'the token' }),
      from: { clientToken: 'the token' },
    },
    { name: 'made for a node', tags: tagged({ 'holdfast:node-name': 'ledger' }), from: { nodeName: 'ledger' } },
    ...['', 'four', '4.5', '-4', '4e9', '9'.repeat(10)].map((value) => ({
      name: `with a generation that is no number, "${value}"`,
      tags: tagged({ 'holdfast:generation': value }),
      from: { generation: undefined },
    })),
    { name: 'without any tag', tags: undefined, from: { nodeId: '', generation: undefined } },
  ])('reads the origin of each: $name', async ({ tags, from }) => {
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [{ ...shown('i-1'), Tags: tags }] }] });
    const [found] = await fleet.instances();

    expect(found?.origin).toEqual({ ...origin, ...from });
  });

  it.each([
    { name: 'nothing', answer: {} },
    { name: 'no reservations', answer: { Reservations: [] } },
  ])('is empty if EC2 answers $name', async ({ answer }) => {
    ec2.on(DescribeInstancesCommand).resolves(answer);

    await expect(fleet.instances()).resolves.toEqual([]);
  });

  it('fails as a whole if a page fails: the missing instances would look as if they were gone', async () => {
    const throttled = new EC2ServiceException({
      name: 'RequestLimitExceeded',
      $fault: 'client',
      $metadata: { httpStatusCode: 503 },
      message: 'because',
    });
    ec2
      .on(DescribeInstancesCommand)
      .resolvesOnce({ Reservations: [{ Instances: [shown('i-1')] }], NextToken: 'two' })
      .rejects(throttled);

    await expect(fleet.instances()).rejects.toThrow(Throttled);
  });
});

describe('Listing interfaces', () => {
  const shown = (NetworkInterfaceId: string) => ({
    NetworkInterfaceId,
    Status: 'available' as const,
    SubnetId: SUBNET_A,
    AvailabilityZone: 'eu-west-1a',
    PrivateIpAddress: '10.0.0.10',
    MacAddress: '02:00:00:00:00:01',
    Groups: [{ GroupId: 'sg-1' }],
    TagSet: tagged({ 'holdfast:left-by': NODE_ID }),
  });
  const seen = (id: string) => ({
    id,
    status: 'available',
    subnetId: SUBNET_A,
    availabilityZone: 'eu-west-1a',
    privateIp: '10.0.0.10',
    macAddress: '02:00:00:00:00:01',
    securityGroupIds: ['sg-1'],
    nodeId: NODE_ID,
    origin: { ...origin, isLeft: true, leftBy: NODE_ID },
  });

  it('lists those with the tag of the deployment, page by page', async () => {
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolvesOnce({ NextToken: 'two' })
      .resolvesOnce({ NetworkInterfaces: [shown('eni-1')], NextToken: 'three' })
      .resolvesOnce({ NetworkInterfaces: [shown('eni-2')] });

    await expect(fleet.interfaces()).resolves.toEqual([seen('eni-1'), seen('eni-2')]);
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand).map(({ args }) => args[0].input)).toEqual([
      OURS,
      { ...OURS, NextToken: 'two' },
      { ...OURS, NextToken: 'three' },
    ]);
  });
});

describe('Listing Elastic IPs', () => {
  it('returns every address of the account, from the one page that EC2 has', async () => {
    ec2.on(DescribeAddressesCommand).resolves({
      Addresses: [
        {
          AllocationId: ALLOCATION_ID,
          PublicIp: '198.51.100.7',
          AssociationId: 'eipassoc-1',
          NetworkInterfaceId: INTERFACE_ID,
        },
        { AllocationId: 'eipalloc-2', PublicIp: '198.51.100.8' },
      ],
    });

    await expect(fleet.elasticIps()).resolves.toEqual([
      {
        allocationId: ALLOCATION_ID,
        publicIp: '198.51.100.7',
        associationId: 'eipassoc-1',
        interfaceId: INTERFACE_ID,
      },
      { allocationId: 'eipalloc-2', publicIp: '198.51.100.8' },
    ]);
    expect(ec2.commandCalls(DescribeAddressesCommand).map(({ args }) => args[0].input)).toEqual([{}]);
  });

  it('returns an empty list if there are none', async () => {
    ec2.on(DescribeAddressesCommand).resolves({});

    await expect(fleet.elasticIps()).resolves.toEqual([]);
  });
});

describe('Listing failed status checks', () => {
  const FIRST = '2026-11-03T09:50:00.000Z';
  const LATER = '2026-11-03T09:55:00.000Z';
  const failed = (since?: string) => ({
    Status: 'impaired' as const,
    Details: [
      {
        Name: 'reachability' as const,
        Status: 'failed' as const,
        ...(since !== undefined && { ImpairedSince: new Date(since) }),
      },
    ],
  });
  const passed = { Status: 'ok' as const, Details: [{ Name: 'reachability' as const, Status: 'passed' as const }] };
  /** Pages by check and token, like `system-status.status` and `system-status.status two`. */
  const answer = (pages: Readonly<Record<string, Partial<DescribeInstanceStatusCommandOutput>>>) =>
    ec2.on(DescribeInstanceStatusCommand).callsFake(({ Filters, NextToken }: DescribeInstanceStatusCommandInput) => {
      const page = [Filters?.[0]?.Name, ...(NextToken === undefined ? [] : [NextToken])].join(' ');
      return pages[page] ?? {};
    });
  const asking = (check: string) => ({ Filters: [{ Name: check, Values: ['impaired'] }], MaxResults: 1000 });

  it('asks for each of the two checks, page by page', async () => {
    const of = (InstanceId: string) => ({ InstanceId, InstanceStatus: failed(FIRST), SystemStatus: passed });
    answer({
      'instance-status.status': { InstanceStatuses: [of('i-1')], NextToken: 'two' },
      'instance-status.status two': { InstanceStatuses: [of('i-2')] },
      'system-status.status': { InstanceStatuses: [of('i-3')] },
    });

    await expect(fleet.impairments()).resolves.toEqual([
      { instanceId: 'i-1', since: FIRST },
      { instanceId: 'i-2', since: FIRST },
      { instanceId: 'i-3', since: FIRST },
    ]);
    expect(ec2.commandCalls(DescribeInstanceStatusCommand).map(({ args }) => args[0].input)).toEqual([
      asking('instance-status.status'),
      asking('system-status.status'),
      { ...asking('instance-status.status'), NextToken: 'two' },
    ]);
  });

  it.each<{ name: string; status: InstanceStatus; since: string | undefined }>([
    {
      name: 'the instance fails, the system passes',
      status: { InstanceStatus: failed(FIRST), SystemStatus: passed },
      since: FIRST,
    },
    {
      name: 'the system fails, the instance passes',
      status: { InstanceStatus: passed, SystemStatus: failed(FIRST) },
      since: FIRST,
    },
    {
      name: 'both fail, the instance first',
      status: { InstanceStatus: failed(FIRST), SystemStatus: failed(LATER) },
      since: FIRST,
    },
    {
      name: 'both fail, the system first',
      status: { InstanceStatus: failed(LATER), SystemStatus: failed(FIRST) },
      since: FIRST,
    },
    {
      name: 'EC2 does not say since when',
      status: { InstanceStatus: failed(), SystemStatus: passed },
      since: undefined,
    },
    { name: 'EC2 gives no details', status: { InstanceStatus: { Status: 'impaired' } }, since: undefined },
    { name: 'EC2 returns no checks', status: {}, since: undefined },
  ])('counts from the first failure: $name', async ({ status, since }) => {
    answer({ 'instance-status.status': { InstanceStatuses: [{ InstanceId: OLD_INSTANCE_ID, ...status }] } });

    await expect(fleet.impairments()).resolves.toEqual(
      since === undefined ? [] : [{ instanceId: OLD_INSTANCE_ID, since }],
    );
  });

  it('names an instance for each check that it fails', async () => {
    ec2.on(DescribeInstanceStatusCommand).resolves({
      InstanceStatuses: [{ InstanceId: REPLACEMENT_ID, InstanceStatus: failed(FIRST), SystemStatus: failed(LATER) }],
    });

    await expect(fleet.impairments()).resolves.toEqual([
      { instanceId: REPLACEMENT_ID, since: FIRST },
      { instanceId: REPLACEMENT_ID, since: FIRST },
    ]);
  });
});
