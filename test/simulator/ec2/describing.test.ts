import {
  CreateTagsCommand,
  DescribeAddressesCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstanceTypesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type DescribeInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, refusals, rule } from './lab';

const idsOf = async (lab: Lab, input: DescribeInstancesCommandInput) => {
  const { Reservations = [] } = await lab.send(new DescribeInstancesCommand(input));
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
};

const setTags = (lab: Lab, id: string, tags: Record<string, string>) =>
  lab.send(
    new CreateTagsCommand({ Resources: [id], Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  );

describe('filters', () => {
  rule(
    'each filter of DescribeInstances finds the instances with its value',
    PAGES.api('DescribeInstances'),
    async () => {
      const lab = new Lab();
      const other = lab.ec2.addVpc({ cidrBlock: '10.9.0.0/16' });
      const SubnetId = lab.ec2.addSubnet({ vpcId: other, cidrBlock: '10.9.0.0/24', availabilityZone: 'us-east-1b' });
      await lab.launchRunning({ InstanceType: 't3.micro', ImageId: lab.account.x86ImageId, SubnetId });
      lab.ec2.world.instances.forEach((instance) => expect(instance.lifeCycle).toBe('spot'));
      const instanceId = await lab.launch({
        ClientToken: 'one',
        KeyName: 'operator',
        InstanceMarketOptions: undefined,
      });
      const found: any = await lab.instance(instanceId);
      const filters = {
        'availability-zone': 'us-east-1a',
        'client-token': 'one',
        'image-id': lab.account.arm64ImageId,
        'instance-id': instanceId,
        'instance-state-code': '0',
        'instance-state-name': 'pending',
        'instance-type': 'm7g.large',
        'ip-address': found.PublicIpAddress,
        'key-name': 'operator',
        'network-interface.network-interface-id': found.NetworkInterfaces[0].NetworkInterfaceId,
        'network-interface.subnet-id': lab.subnetId,
        'private-ip-address': found.PrivateIpAddress,
        'subnet-id': lab.subnetId,
        'vpc-id': lab.account.vpcId,
      };
      for (const [Name, value] of Object.entries(filters)) {
        expect([Name, await idsOf(lab, { Filters: [{ Name, Values: [value] }] })]).toEqual([Name, [instanceId]]);
      }
      const spot = await idsOf(lab, { Filters: [{ Name: 'instance-lifecycle', Values: ['spot'] }] });
      expect(spot).not.toContain(instanceId);
      expect(spot).toHaveLength(1);
    },
  );

  rule('one value of a filter must match, and all filters must match', PAGES.filters, async () => {
    const lab = new Lab();
    const [one, other] = [await lab.launch(), await lab.launch({ InstanceType: 'm6g.large' })];
    const type = (...Values: string[]) => ({ Name: 'instance-type', Values });
    const id = (...Values: string[]) => ({ Name: 'instance-id', Values });
    expect(await idsOf(lab, { Filters: [type('m7g.large', 'm6g.large')] })).toEqual([one, other]);
    expect(await idsOf(lab, { Filters: [type('m7g.large'), id(other)] })).toEqual([]);
  });

  test.each([
    { pattern: 'm?g.large', found: true },
    { pattern: 'm7*', found: true },
    { pattern: '*', found: true },
    { pattern: 'm?.large', found: false },
    { pattern: 'm7g', found: false },
    { pattern: 'm7g\\*', found: false },
    { pattern: 'm7g.larg.', found: false },
  ])(`$pattern matches m7g.large: $found [${PAGES.filters}]`, async ({ pattern, found }) => {
    const lab = new Lab();
    await lab.launch();
    const ids = await idsOf(lab, { Filters: [{ Name: 'instance-type', Values: [pattern] }] });
    expect(ids.length > 0).toBe(found);
  });

  rule('instances are found by tag and by tag key', PAGES.tags, async () => {
    const lab = new Lab();
    const [one, other] = [await lab.launch(), await lab.launch()];
    await setTags(lab, one, { node: 'smi-1' });
    await setTags(lab, other, { node: 'smi-2', extra: '' });
    expect(await idsOf(lab, { Filters: [{ Name: 'tag:node', Values: ['smi-1'] }] })).toEqual([one]);
    expect(await idsOf(lab, { Filters: [{ Name: 'tag-key', Values: ['extra'] }] })).toEqual([other]);
    expect(await idsOf(lab, { Filters: [{ Name: 'tag:extra', Values: [''] }] })).toEqual([other]);
  });
});

describe('tags', () => {
  rule('tags are added, replaced and removed', PAGES.tags, async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface();
    await setTags(lab, interfaceId, { a: '1', b: '1', c: '1' });
    await setTags(lab, interfaceId, { b: '2' });
    const Tags = [{ Key: 'a' }, { Key: 'c', Value: 'not this one' }];
    await lab.send(new DeleteTagsCommand({ Resources: [interfaceId], Tags }));
    expect((await lab.interface(interfaceId)).TagSet).toEqual([
      { Key: 'b', Value: '2' },
      { Key: 'c', Value: '1' },
    ]);
  });

  rule('a character counts once, whatever its encoding', PAGES.tags, async () => {
    const lab = new Lab();
    const [interfaceId, key, value] = [await lab.makeInterface(), '\u{1f511}'.repeat(128), '\u{1f4e6}'.repeat(256)];
    await setTags(lab, interfaceId, { [key]: value });
    expect((await lab.interface(interfaceId)).TagSet).toEqual([{ Key: key, Value: value }]);
  });

  refusals([
    ...[
      { what: 'a control character', value: 'a\u0000b' },
      { what: 'a lone surrogate', value: 'a\ud83db' },
    ].map(({ what, value }) => ({
      refused: `${what} in a value`,
      page: PAGES.errors,
      code: 'InvalidCharacter',
      call: async (lab: Lab) => setTags(lab, await lab.makeInterface(), { k: value }),
    })),
    {
      refused: 'a tag on an unknown resource',
      page: PAGES.errors,
      code: 'InvalidInstanceID.NotFound',
      call: (lab) => setTags(lab, 'i-0123456789abcdef0', { a: '1' }),
    },
    {
      refused: 'more than 50 tags',
      page: PAGES.tags,
      code: 'TagLimitExceeded',
      call: async (lab) => {
        const interfaceId = await lab.makeInterface();
        const tags = (from: number) =>
          Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`key-${from + index}`, '']));
        await setTags(lab, interfaceId, tags(0));
        await setTags(lab, interfaceId, tags(26));
      },
    },
    {
      refused: 'a key of more than 128 characters',
      page: PAGES.tags,
      code: 'InvalidParameterValue',
      call: async (lab) => setTags(lab, await lab.makeInterface(), { ['k'.repeat(129)]: '' }),
    },
    {
      refused: 'a value of more than 256 characters',
      page: PAGES.tags,
      code: 'InvalidParameterValue',
      call: async (lab) => setTags(lab, await lab.makeInterface(), { k: 'v'.repeat(257) }),
    },
  ]);
});

describe('pages', () => {
  const threePages = async (lab: Lab) => {
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push(await lab.launch());
    return ids;
  };

  rule('MaxResults cuts pages, and NextToken leads to the next', PAGES.pagination, async () => {
    const lab = new Lab();
    const ids = await threePages(lab);
    const first = await lab.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    const second = await lab.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: first.NextToken }));
    const third = await lab.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: second.NextToken }));
    const pages = [first, second, third].map(({ Reservations }) =>
      Reservations?.map((one) => one.Instances![0]!.InstanceId),
    );
    expect(pages).toEqual([ids.slice(0, 5), ids.slice(5, 10), ids.slice(10)]);
    expect(third.NextToken).toBeUndefined();
  });

  rule('a full last page has no token', PAGES.pagination, async () => {
    const lab = new Lab();
    for (let count = 0; count < 5; count += 1) await lab.makeInterface();
    const response = await lab.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 }));
    expect([response.NetworkInterfaces?.length, response.NextToken]).toEqual([5, undefined]);
  });

  rule('a response may come in pages without MaxResults', PAGES.pagination, async () => {
    const lab = new Lab({ pageSize: 2 });
    for (let count = 0; count < 3; count += 1) await lab.makeInterface();
    const first = await lab.send(new DescribeNetworkInterfacesCommand({}));
    const second = await lab.send(new DescribeNetworkInterfacesCommand({ NextToken: first.NextToken }));
    expect([first.NetworkInterfaces?.length, second.NetworkInterfaces?.length, second.NextToken]).toEqual([
      2,
      1,
      undefined,
    ]);
  });

  rule(
    'entities that appear or vanish between pages neither hide nor repeat the others',
    PAGES.pagination,
    async () => {
      const lab = new Lab({ pageSize: 4 });
      const ids = await threePages(lab);
      const first = await lab.send(new DescribeInstancesCommand({}));
      lab.ec2.world.instances.delete(ids[0]!);
      const rest = await idsOf(lab, { NextToken: first.NextToken });
      expect(rest).toEqual(ids.slice(4, 8));
    },
  );

  describe('filtered pages may be short', () => {
    const inVpc = (lab: Lab) => [{ Name: 'vpc-id', Values: [lab.account.vpcId] }];

    async function pagesOf(lab: Lab): Promise<{ sizes: number[]; ids: (string | undefined)[] }> {
      const sizes: number[] = [];
      const ids: (string | undefined)[] = [];
      let NextToken: string | undefined;
      do {
        const input = { Filters: inVpc(lab), MaxResults: 5, ...(NextToken && { NextToken }) };
        const page = await lab.send(new DescribeNetworkInterfacesCommand(input));
        const found = page.NetworkInterfaces ?? [];
        sizes.push(found.length);
        ids.push(...found.map(({ NetworkInterfaceId }) => NetworkInterfaceId));
        ({ NextToken } = page);
      } while (NextToken !== undefined);
      return { sizes, ids };
    }

    rule('but their token still leads to the next page', PAGES.pagination, async () => {
      const lab = new Lab({ shortPageShare: 1 });
      const made: string[] = [];
      for (let count = 0; count < 23; count += 1) made.push(await lab.makeInterface());
      const { sizes, ids } = await pagesOf(lab);
      expect(ids).toEqual(made);
      expect(sizes.length).toBeGreaterThan(5);
      expect(sizes.slice(0, -1).some((size) => size < 5)).toBe(true);
    });

    rule('even if nothing matches', PAGES.pagination, async () => {
      expect(await pagesOf(new Lab({ shortPageShare: 1 }))).toEqual({ sizes: [0, 0], ids: [] });
    });

    rule('but only with a filter and MaxResults', PAGES.pagination, async () => {
      const lab = new Lab({ shortPageShare: 1 });
      for (let count = 0; count < 6; count += 1) await lab.makeInterface();
      const unfiltered = await lab.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 }));
      const unpaginated = await lab.send(new DescribeNetworkInterfacesCommand({ Filters: inVpc(lab) }));
      expect([unfiltered.NetworkInterfaces?.length, unpaginated.NetworkInterfaces?.length]).toEqual([5, 6]);
    });
  });

  refusals([
    {
      refused: 'MaxResults together with ids',
      page: PAGES.api('DescribeInstances'),
      code: 'InvalidParameterCombination',
      call: async (lab) => lab.send(new DescribeInstancesCommand({ InstanceIds: [await lab.launch()], MaxResults: 5 })),
    },
    ...[4, 1001].map((MaxResults) => ({
      refused: `MaxResults of ${MaxResults}`,
      page: PAGES.api('DescribeInstances'),
      code: 'InvalidParameterValue',
      call: (lab: Lab) => lab.send(new DescribeInstancesCommand({ MaxResults })),
    })),
    {
      refused: 'more than 100 instance types in a page',
      page: PAGES.api('DescribeInstanceTypes'),
      code: 'InvalidParameterValue',
      call: (lab) => lab.send(new DescribeInstanceTypesCommand({ MaxResults: 101 })),
    },
    {
      refused: 'a token of another operation',
      page: PAGES.errors,
      code: 'InvalidNextToken',
      call: async (lab) => {
        for (let count = 0; count < 6; count += 1) await lab.makeInterface();
        const { NextToken } = await lab.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 }));
        await lab.send(new DescribeInstancesCommand({ NextToken }));
      },
    },
  ]);
});

describe('eventual consistency', () => {
  rule('a new instance is not found at once, either by id or in a list', PAGES.consistency, async () => {
    const lab = new Lab({ latencies: { newResourceVisible: 2_000 } });
    const instanceId = await lab.launch();
    expect(await codeOf(lab.instance(instanceId))).toBe('InvalidInstanceID.NotFound');
    expect(await codeOf(lab.terminate(instanceId))).toBe('InvalidInstanceID.NotFound');
    expect(await idsOf(lab, {})).toEqual([]);
    await lab.passSeconds(2);
    expect(await codeOf(lab.instance(instanceId))).toBe('ok');
    expect(await idsOf(lab, {})).toEqual([instanceId]);
  });

  rule('a new interface is not found at once', PAGES.consistency, async () => {
    const lab = new Lab({ latencies: { newResourceVisible: 2_000 } });
    const interfaceId = await lab.makeInterface();
    expect(await codeOf(lab.interface(interfaceId))).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(await codeOf(lab.launchWith(interfaceId))).toBe('InvalidNetworkInterfaceID.NotFound');
    await lab.passSeconds(2);
    expect(await codeOf(lab.launchWith(interfaceId))).toBe('ok');
  });

  rule('tags are shown and filtered on later', PAGES.consistency, async () => {
    const lab = new Lab({ latencies: { tagsVisible: 2_000 } });
    const byTag = { Filters: [{ Name: 'tag:a', Values: ['1'] }] };
    const instanceId = await lab.launch({
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: '1' }] }],
    });
    expect(await idsOf(lab, byTag)).toEqual([]);
    await lab.passSeconds(2);
    expect(await idsOf(lab, byTag)).toEqual([instanceId]);
    await setTags(lab, instanceId, { a: '2' });
    expect(await idsOf(lab, byTag)).toEqual([instanceId]);
    await lab.passSeconds(2);
    expect(await idsOf(lab, byTag)).toEqual([]);
  });
});

describe('DescribeInstanceStatus', () => {
  const page = PAGES.api('DescribeInstanceStatus');

  rule('shows running instances, whose checks pass after some time', page, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    const status = async () => (await lab.send(new DescribeInstanceStatusCommand({}))).InstanceStatuses;
    expect(await status()).toMatchObject([{ InstanceId: instanceId, InstanceStatus: { Status: 'initializing' } }]);
    await lab.passSeconds(15);
    expect(await status()).toMatchObject([{ InstanceId: instanceId, InstanceStatus: { Status: 'ok' } }]);
  });

  rule('shows other instances only with IncludeAllInstances', page, async () => {
    const lab = new Lab();
    const InstanceIds = [await lab.launch()];
    const seen = async (IncludeAllInstances?: boolean) =>
      (await lab.send(new DescribeInstanceStatusCommand({ InstanceIds, IncludeAllInstances }))).InstanceStatuses;
    expect(await seen()).toEqual([]);
    expect(await seen(true)).toMatchObject([{ InstanceState: { Name: 'pending' } }]);
  });
});

describe('status checks that fail', () => {
  const page = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html';
  const statusOf = async (lab: Lab) => (await lab.send(new DescribeInstanceStatusCommand({}))).InstanceStatuses?.[0];

  async function healthy(lab: Lab): Promise<string> {
    const instanceId = await lab.launchOnDemand();
    await lab.passSeconds(15);
    return instanceId;
  }

  rule(
    'the check shows the failure and its time; the instance keeps running, and there is no event',
    page,
    async () => {
      const lab = new Lab();
      const instanceId = await healthy(lab);
      const eventCount = lab.events.length;
      lab.ec2.impairInstance(instanceId);
      await lab.passSeconds(60);
      expect(await statusOf(lab)).toMatchObject({
        InstanceState: { Name: 'running' },
        InstanceStatus: {
          Status: 'impaired',
          Details: [{ Name: 'reachability', Status: 'failed', ImpairedSince: new Date('2026-01-01T00:00:25Z') }],
        },
        SystemStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
      });
      expect(lab.events).toHaveLength(eventCount);
    },
  );

  test.each([
    { check: 'system', status: 'impaired' },
    { check: 'instance', status: 'insufficient-data' },
  ] as const)(`each check and status is found by its filter: $check $status [${page}]`, async ({ check, status }) => {
    const lab = new Lab();
    const instanceId = await healthy(lab);
    await healthy(lab);
    lab.ec2.impairInstance(instanceId, { check, status });
    const found = async (filter: string, value: string) => {
      const Filters = [{ Name: `${filter}-status.status`, Values: [value] }];
      const response = await lab.send(new DescribeInstanceStatusCommand({ Filters }));
      return response.InstanceStatuses?.map(({ InstanceId }) => InstanceId);
    };
    const other = check === 'system' ? 'instance' : 'system';
    expect(await found(check, status)).toEqual([instanceId]);
    expect(await found(other, status)).toEqual([]);
  });

  rule('they pass again after the instance is healed or restarted', page, async () => {
    const lab = new Lab();
    const instanceId = await healthy(lab);
    lab.ec2.impairInstance(instanceId);
    lab.ec2.healInstance(instanceId);
    expect(await statusOf(lab)).toMatchObject({ InstanceStatus: { Status: 'ok' } });
    lab.ec2.impairInstance(instanceId);
    await lab.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    await lab.passSeconds(20);
    expect(await statusOf(lab)).toBeUndefined();
    await lab.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
    await lab.passSeconds(30);
    expect(await statusOf(lab)).toMatchObject({ InstanceStatus: { Status: 'ok' } });
  });

  test('an unknown instance is an error', () => {
    expect(() => new Lab().ec2.impairInstance('i-1')).toThrow('has no instance i-1');
  });
});

describe('the resources of an account', () => {
  test('are a VPC, subnets in three zones, security groups, images, a key pair', async () => {
    const lab = new Lab();
    const { vpcId, subnetIds, securityGroupId, arm64ImageId, x86ImageId } = lab.account;
    const { Vpcs } = await lab.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
    const { Subnets } = await lab.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
    const { SecurityGroups } = await lab.send(new DescribeSecurityGroupsCommand({ GroupIds: [securityGroupId] }));
    const { Images } = await lab.send(new DescribeImagesCommand({}));
    const { KeyPairs } = await lab.send(new DescribeKeyPairsCommand({ KeyNames: ['operator'] }));
    expect(Vpcs).toMatchObject([{ VpcId: vpcId, CidrBlock: '10.0.0.0/16' }]);
    expect(Subnets?.map((subnet) => [subnet.SubnetId, subnet.AvailabilityZone, subnet.MapPublicIpOnLaunch])).toEqual([
      [subnetIds[0], 'us-east-1a', true],
      [subnetIds[1], 'us-east-1b', false],
      [subnetIds[2], 'us-east-1c', false],
    ]);
    expect(Subnets?.map((subnet) => subnet.Ipv6CidrBlockAssociationSet?.length)).toEqual([1, 0, 0]);
    expect(SecurityGroups).toMatchObject([{ GroupName: 'stateful-nodes', VpcId: vpcId }]);
    expect(Images?.map(({ ImageId, Architecture }) => [ImageId, Architecture])).toEqual([
      [arm64ImageId, 'arm64'],
      [x86ImageId, 'x86_64'],
    ]);
    expect(KeyPairs).toMatchObject([{ KeyName: 'operator' }]);
  });

  rule('an internet gateway is found by its VPC', PAGES.api('DescribeInternetGateways'), async () => {
    const lab = new Lab();
    const { vpcId } = lab.account;
    const other = lab.ec2.addVpc({ cidrBlock: '10.9.0.0/16' });
    const detached = lab.ec2.addInternetGateway();
    const gatewaysOf = async (id: string) => {
      const Filters = [{ Name: 'attachment.vpc-id', Values: [id] }];
      const { InternetGateways = [] } = await lab.send(new DescribeInternetGatewaysCommand({ Filters }));
      return InternetGateways.map(({ Attachments }) => Attachments);
    };
    expect(await gatewaysOf(vpcId)).toEqual([[{ VpcId: vpcId, State: 'available' }]]);
    expect(await gatewaysOf(other)).toEqual([]);
    const byId = new DescribeInternetGatewaysCommand({ InternetGatewayIds: [detached] });
    expect((await lab.send(byId)).InternetGateways).toMatchObject([{ InternetGatewayId: detached, Attachments: [] }]);
  });

  rule('an IPv6-only subnet has no IPv4 range', PAGES.api('Subnet'), async () => {
    const lab = new Lab();
    const ipv6CidrBlock = '2001:db8:0:9::/64';
    const subnetId = lab.ec2.addSubnet({ availabilityZone: 'us-east-1a', ipv6CidrBlock });
    const { Subnets = [] } = await lab.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'ipv6-native', Values: ['true'] }] }),
    );
    expect(Subnets).toMatchObject([{ SubnetId: subnetId, Ipv6Native: true, AvailableIpAddressCount: 0 }]);
    expect(Subnets[0]).not.toHaveProperty('CidrBlock');
    await expect(lab.makeInterface({ SubnetId: subnetId })).rejects.toThrow('which has no IPv4 range');
  });

  rule("an image's root device is made from a snapshot", PAGES.api('Image'), async () => {
    const lab = new Lab();
    const ImageIds = [lab.account.arm64ImageId];
    const { Images: [image] = [] } = await lab.send(new DescribeImagesCommand({ ImageIds }));
    const [mapping, ...others] = image?.BlockDeviceMappings ?? [];
    expect([mapping?.DeviceName, others]).toEqual([image?.RootDeviceName, []]);
    const SnapshotIds = [mapping?.Ebs?.SnapshotId ?? ''];
    const { Snapshots } = await lab.send(new DescribeSnapshotsCommand({ SnapshotIds }));
    expect(Snapshots).toMatchObject([{ State: 'completed', VolumeSize: mapping?.Ebs?.VolumeSize }]);
    const gone = lab.send(new DescribeSnapshotsCommand({ SnapshotIds: ['snap-0123'] }));
    await expect(gone).rejects.toThrow(expect.objectContaining({ name: 'InvalidSnapshot.NotFound' }));
  });

  rule('an image shows what it runs, and its platform only if that is Windows', PAGES.api('Image'), async () => {
    const lab = new Lab();
    const platformDetails = 'Windows with SQL Server Web';
    const windows = lab.ec2.addImage({ name: 'windows', architecture: 'x86_64', platformDetails });
    const ImageIds = [windows, lab.account.arm64ImageId];
    const { Images = [] } = await lab.send(new DescribeImagesCommand({ ImageIds }));
    expect(Images.map(({ PlatformDetails, Platform }) => [PlatformDetails, Platform])).toEqual([
      ['Linux/UNIX', undefined],
      [platformDetails, 'Windows'],
    ]);
  });

  rule(
    'a disabled image is left out, even by its id, unless the request includes disabled images',
    PAGES.api('DescribeImages'),
    async () => {
      const lab = new Lab();
      const disabled = lab.ec2.addImage({ name: 'retired', architecture: 'arm64', state: 'disabled' });
      const pending = lab.ec2.addImage({ name: 'in the making', architecture: 'arm64', state: 'pending' });
      const seen = async (IncludeDisabled?: boolean) => {
        const ImageIds = [disabled, pending];
        const { Images = [] } = await lab.send(new DescribeImagesCommand({ ImageIds, IncludeDisabled }));
        return Images.map(({ ImageId, State }) => [ImageId, State]);
      };
      expect(await seen()).toEqual([[pending, 'pending']]);
      expect(await seen(true)).toEqual([
        [disabled, 'disabled'],
        [pending, 'pending'],
      ]);
      const command = new DescribeImagesCommand({ Filters: [{ Name: 'state', Values: ['pending'] }] });
      expect((await lab.send(command)).Images).toMatchObject([{ ImageId: pending }]);
    },
  );

  rule('unknown names in a filter are ignored', PAGES.filters, async () => {
    const lab = new Lab();
    const { vpcId, securityGroupId } = lab.account;
    const named = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });
    const types = await lab.send(new DescribeInstanceTypesCommand(named('instance-type', 'm99.huge', 'm7g.large')));
    const groups = await lab.send(new DescribeSecurityGroupsCommand(named('group-id', 'sg-0123', securityGroupId)));
    const subnets = await lab.send(new DescribeSubnetsCommand(named('subnet-id', lab.subnetId, 'subnet-0123')));
    const vpcs = await lab.send(new DescribeVpcsCommand(named('vpc-id', 'vpc-0123', vpcId)));
    const pairs = await lab.send(new DescribeKeyPairsCommand(named('key-name', 'nobody')));
    const addresses = await lab.send(new DescribeAddressesCommand(named('allocation-id', 'eipalloc-0123')));
    expect(types.InstanceTypes).toMatchObject([{ InstanceType: 'm7g.large' }]);
    expect(groups.SecurityGroups).toMatchObject([{ GroupId: securityGroupId }]);
    expect(subnets.Subnets).toMatchObject([{ SubnetId: lab.subnetId }]);
    expect(vpcs.Vpcs).toMatchObject([{ VpcId: vpcId }]);
    expect([pairs.KeyPairs, addresses.Addresses]).toEqual([[], []]);
  });

  test('instance types show their maximum number of interfaces', async () => {
    const lab = new Lab();
    const command = new DescribeInstanceTypesCommand({ InstanceTypes: ['t3.micro', 'm7g.xlarge'] });
    const { InstanceTypes = [] } = await lab.send(command);
    expect(InstanceTypes.map((type) => [type.InstanceType, type.NetworkInfo?.MaximumNetworkInterfaces])).toEqual([
      ['t3.micro', 2],
      ['m7g.xlarge', 4],
    ]);
  });
});
