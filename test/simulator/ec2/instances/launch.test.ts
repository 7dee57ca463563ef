import { RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, refusals, rule, type Refusal } from '../lab';

const page = PAGES.api('RunInstances');
const SPOT = { instanceType: 'm7g.large', availabilityZone: 'us-east-1a', lifeCycle: 'spot' } as const;
const ON_DEMAND = { ...SPOT, lifeCycle: 'on_demand' } as const;

describe('launching', () => {
  rule('the response is a reservation with a pending instance', page, async () => {
    const lab = new Lab();
    const response = await lab.send(new RunInstancesCommand(lab.launchInput({ SubnetId: lab.subnetId })));
    expect(response).toMatchObject({
      ReservationId: expect.stringMatching(/^r-0[0-9a-f]{16}$/),
      $metadata: { httpStatusCode: 200 },
      Instances: [
        {
          InstanceId: expect.stringMatching(/^i-0[0-9a-f]{16}$/),
          State: { Name: 'pending', Code: 0 },
          InstanceLifecycle: 'spot',
          InstanceType: 'm7g.large',
          SubnetId: lab.subnetId,
          Placement: { AvailabilityZone: 'us-east-1a' },
          NetworkInterfaces: [{ Attachment: { DeviceIndex: 0, DeleteOnTermination: true } }],
        },
      ],
    });
  });

  rule('an existing interface may be the primary one; it is retained', page, async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface({ PrivateIpAddress: '10.0.0.10' });
    expect(await lab.instance(await lab.launchWith(interfaceId))).toMatchObject({
      PrivateIpAddress: '10.0.0.10',
      SubnetId: lab.subnetId,
      NetworkInterfaces: [{ NetworkInterfaceId: interfaceId, Attachment: { DeleteOnTermination: false } }],
    });
  });

  rule('instance, volumes and a new interface can be tagged at launch', PAGES.tags, async () => {
    const lab = new Lab();
    const tag = (type: string) => ({ ResourceType: type as 'instance', Tags: [{ Key: 'for', Value: type }] });
    const instanceId = await lab.launch({
      TagSpecifications: [tag('instance'), tag('volume'), tag('network-interface'), tag('spot-instances-request')],
    });
    expect(await lab.instance(instanceId)).toMatchObject({ Tags: [{ Key: 'for', Value: 'instance' }] });
    expect(await lab.primaryOf(instanceId)).toMatchObject({ TagSet: [{ Key: 'for', Value: 'network-interface' }] });
  });

  rule('several instances: at least MinCount, MaxCount if there is room', page, async () => {
    const lab = new Lab();
    lab.ec2.setCapacity(SPOT, 3);
    const input = (MinCount: number, MaxCount: number) =>
      new RunInstancesCommand(lab.launchInput({ SubnetId: lab.subnetId, MinCount, MaxCount }));
    expect(await codeOf(lab.send(input(4, 5)))).toBe('InsufficientInstanceCapacity');
    expect((await lab.send(input(2, 5))).Instances).toHaveLength(3);
  });

  rule('several instances have one address each, or none is launched', PAGES.subnetSizing, async () => {
    const lab = new Lab();
    const SubnetId = lab.ec2.addSubnet({ cidrBlock: '10.0.9.0/28', availabilityZone: 'us-east-1a' });
    const input = (count: number) => lab.launchInput({ SubnetId, MinCount: count, MaxCount: count });
    const call = lab.send(new RunInstancesCommand(input(12)));
    expect(await codeOf(call)).toBe('InsufficientFreeAddressesInSubnet');
    expect(lab.ec2.world.instances.size).toBe(0);
    const { Instances = [] } = await lab.send(new RunInstancesCommand(input(11)));
    expect(new Set(Instances.map(({ PrivateIpAddress }) => PrivateIpAddress)).size).toBe(11);
  });

  const withInterface =
    (specification: object, input: Partial<RunInstancesCommandInput> = {}) =>
    (lab: Lab) =>
      lab.launch({ NetworkInterfaces: [{ DeviceIndex: 0, ...specification }], ...input });
  const withExisting =
    (specification: object, input: (lab: Lab) => Partial<RunInstancesCommandInput> = () => ({})) =>
    async (lab: Lab) =>
      lab.launch({
        NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: await lab.makeInterface(), ...specification }],
        ...input(lab),
      });
  const launch = (input: Partial<RunInstancesCommandInput>) => (lab: Lab) => lab.launch(input);

  const combinations: [string, Refusal['call']][] = [
    ['interfaces and a top-level subnet', withExisting({}, (lab) => ({ SubnetId: lab.subnetId }))],
    [
      'interfaces and top-level security groups',
      withExisting({}, (lab) => ({ SecurityGroupIds: [lab.account.securityGroupId] })),
    ],
    ['interfaces and a top-level private address', withExisting({}, () => ({ PrivateIpAddress: '10.0.0.10' }))],
    ['an existing interface and a subnet', withExisting({ SubnetId: 'subnet-0123456789abcdef0' })],
    ['an existing interface and groups', withExisting({ Groups: ['sg-0123456789abcdef0'] })],
    ['an existing interface and a private address', withExisting({ PrivateIpAddress: '10.0.0.10' })],
    ['an existing interface and a public address', withExisting({ AssociatePublicIpAddress: true })],
    ['an existing interface deleted on termination', withExisting({ DeleteOnTermination: true })],
    ['an existing interface for two instances', withExisting({}, () => ({ MinCount: 1, MaxCount: 2 }))],
    [
      'an interface and a placement in different zones',
      withExisting({}, () => ({ Placement: { AvailabilityZone: 'us-east-1b' } })),
    ],
    [
      'interfaces in different zones',
      async (lab) =>
        lab.launch({
          NetworkInterfaces: [
            { DeviceIndex: 0, SubnetId: lab.account.subnetIds[0] },
            { DeviceIndex: 1, SubnetId: lab.account.subnetIds[1] },
          ],
        }),
    ],
    [
      'a public address with two interfaces',
      (lab) =>
        lab.launch({
          NetworkInterfaces: [
            { DeviceIndex: 0, SubnetId: lab.subnetId, AssociatePublicIpAddress: true },
            { DeviceIndex: 1, SubnetId: lab.subnetId },
          ],
        }),
    ],
    [
      'a one-time Spot request that would stop when interrupted',
      launch({ InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { InstanceInterruptionBehavior: 'stop' } } }),
    ],
  ];
  refusals(combinations.map(([refused, call]) => ({ refused, page, code: 'InvalidParameterCombination', call })));

  const badValues: [string, Refusal['call']][] = [
    [
      'interface tags when no interface is made',
      withExisting({}, () => ({
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'a', Value: 'b' }] }],
      })),
    ],
    [
      'Spot request tags for an on-demand instance',
      launch({
        InstanceMarketOptions: undefined,
        TagSpecifications: [{ ResourceType: 'spot-instances-request', Tags: [{ Key: 'a', Value: 'b' }] }],
      }),
    ],
    ['a tag key that AWS reserves', launch({ TagSpecifications: [instanceTags('aws:x')] })],
    ['a duplicate tag key', launch({ TagSpecifications: [instanceTags('a', 'a')] })],
    ['no interface at device index 0', (lab) => withInterface({ DeviceIndex: 1, SubnetId: lab.subnetId })(lab)],
    ["another architecture than the type's", (lab) => lab.launch({ ImageId: lab.account.x86ImageId })],
    ['a MinCount above MaxCount', launch({ MinCount: 2, MaxCount: 1 })],
    ['user data that is not base64', launch({ UserData: '#!/bin/sh' })],
    ['more than 16 KB of user data', launch({ UserData: Buffer.alloc(16 * 1024 + 1).toString('base64') })],
  ];
  refusals(badValues.map(([refused, call]) => ({ refused, page, code: 'InvalidParameterValue', call })));

  refusals([
    {
      refused: 'an interface that is attached',
      page: PAGES.errors,
      code: 'InvalidNetworkInterface.InUse',
      call: async (lab) => {
        const interfaceId = await lab.makeInterface();
        await lab.launchWith(interfaceId);
        await lab.launchWith(interfaceId);
      },
    },
    {
      refused: 'more interfaces than the type allows',
      page: PAGES.errors,
      code: 'AttachmentLimitExceeded',
      call: (lab) => {
        const NetworkInterfaces = [0, 1, 2, 3].map((DeviceIndex) => ({ DeviceIndex, SubnetId: lab.subnetId }));
        return lab.launch({ NetworkInterfaces });
      },
    },
    {
      refused: 'no network',
      page: PAGES.errors,
      code: 'MissingInput',
      call: launch({ SubnetId: undefined }),
    },
    {
      refused: 'an unknown image',
      page: PAGES.errors,
      code: 'InvalidAMIID.NotFound',
      call: launch({ ImageId: 'ami-0123456789abcdef0' }),
    },
    ...(['pending', 'disabled'] as const).map((state) => ({
      refused: `an image that is ${state}`,
      page: PAGES.errors,
      code: 'InvalidAMIID.Unavailable',
      call: (lab: Lab) => lab.launch({ ImageId: lab.ec2.addImage({ name: 'not now', architecture: 'arm64', state }) }),
    })),
    {
      refused: 'an unknown key pair',
      page: PAGES.errors,
      code: 'InvalidKeyPair.NotFound',
      call: launch({ KeyName: 'nobody' }),
    },
    {
      refused: 'an unknown instance type',
      page: PAGES.errors,
      code: 'InvalidInstanceType',
      call: launch({ InstanceType: 'm99.huge' as 'm7g.large' }),
    },
    {
      refused: 'a type that the zone does not have',
      page: PAGES.errors,
      code: 'Unsupported',
      call: (lab) => {
        lab.ec2.addInstanceType({
          type: 'x9.large',
          vcpus: 2,
          architectures: ['arm64'],
          maximumNetworkInterfaces: 3,
          availabilityZones: ['us-east-1c'],
        });
        return lab.launch({ InstanceType: 'x9.large' as 'm7g.large' });
      },
    },
  ]);

  rule('a refused launch creates nothing', page, async () => {
    const lab = new Lab();
    lab.ec2.setCapacity(SPOT, 0);
    expect(await codeOf(lab.launch())).toBe('InsufficientInstanceCapacity');
    expect([lab.ec2.world.instances.size, lab.ec2.world.networkInterfaces.size]).toEqual([0, 0]);
    expect(lab.events).toEqual([]);
  });
});

function instanceTags(...keys: string[]) {
  return { ResourceType: 'instance' as const, Tags: keys.map((Key) => ({ Key, Value: 'x' })) };
}

describe('capacity and quotas', () => {
  rule('a pool launches up to its capacity, and again after capacity is released', PAGES.errors, async () => {
    const lab = new Lab();
    lab.ec2.setCapacity(SPOT, 1);
    const instanceId = await lab.launchRunning();
    expect(await codeOf(lab.launch())).toBe('InsufficientInstanceCapacity');
    await lab.terminate(instanceId);
    expect(await codeOf(lab.launch())).toBe('InsufficientInstanceCapacity');
    await lab.passSeconds(30);
    expect(await codeOf(lab.launch())).toBe('ok');
  });

  test.each<[string, Partial<RunInstancesCommandInput>]>([
    ['of the other life cycle', { InstanceMarketOptions: undefined }],
    ['of another type', { InstanceType: 'm6g.large' }],
  ])(`an empty pool says nothing of one %s [${PAGES.errors}]`, async (_which, input) => {
    const lab = new Lab();
    lab.ec2.setCapacity(SPOT, 0);
    expect(await codeOf(lab.launch())).toBe('InsufficientInstanceCapacity');
    expect(await codeOf(lab.launch(input))).toBe('ok');
  });

  rule('an empty pool does not affect one in another zone', PAGES.errors, async () => {
    const lab = new Lab();
    lab.ec2.setCapacity(SPOT, 0);
    expect(await codeOf(lab.launch({ SubnetId: lab.account.subnetIds[1] }))).toBe('ok');
  });

  rule('Infinity takes the limit away', PAGES.errors, async () => {
    const lab = new Lab();
    lab.ec2.setCapacity(ON_DEMAND, 0);
    lab.ec2.setCapacity(ON_DEMAND, Infinity);
    expect(await codeOf(lab.launch({ InstanceMarketOptions: undefined }))).toBe('ok');
  });

  refusals([
    {
      refused: 'more Spot vCPUs than the quota',
      page: PAGES.errors,
      code: 'MaxSpotInstanceCountExceeded',
      call: async (lab) => {
        lab.ec2.setVcpuQuota('spot', 3);
        await lab.launch();
        await lab.launch();
      },
    },
    {
      refused: 'more on-demand vCPUs than the quota',
      page: PAGES.errors,
      code: 'VcpuLimitExceeded',
      call: async (lab) => {
        lab.ec2.setVcpuQuota('on_demand', 3);
        await lab.launchOnDemand();
        await lab.launchOnDemand();
      },
    },
  ]);
});

describe('client tokens of RunInstances', () => {
  rule('the same token and parameters return the same instance, in its present state', PAGES.idempotency, async () => {
    const lab = new Lab();
    const input = lab.launchInput({ SubnetId: lab.subnetId, ClientToken: 'one' });
    const first = await lab.send(new RunInstancesCommand(input));
    await lab.passSeconds(10);
    const again = await lab.send(new RunInstancesCommand({ ...input }));
    expect(again.Instances![0]!.InstanceId).toBe(first.Instances![0]!.InstanceId);
    expect(again.Instances![0]!.State).toEqual({ Name: 'running', Code: 16 });
    expect(lab.ec2.world.instances.size).toBe(1);
  });

  rule('it returns the instance even if it is not visible yet', PAGES.idempotency, async () => {
    const lab = new Lab({ latencies: { newResourceVisible: 5_000 } });
    const first = await lab.launch({ ClientToken: 'one' });
    expect(await lab.launch({ ClientToken: 'one' })).toBe(first);
  });

  rule('other parameters are a mismatch', PAGES.idempotency, async () => {
    const lab = new Lab();
    await lab.launch({ ClientToken: 'one' });
    const other = lab.launch({ ClientToken: 'one', InstanceType: 'm6g.large' });
    expect(await codeOf(other)).toBe('IdempotentParameterMismatch');
  });

  rule('a token whose instance has been terminated is spent', PAGES.errors, async () => {
    const lab = new Lab();
    await lab.terminate(await lab.launchRunning({ ClientToken: 'one' }));
    await lab.passSeconds(30);
    expect(await codeOf(lab.launch({ ClientToken: 'one' }))).toBe('IdempotentInstanceTerminated');
    await lab.passSeconds(2 * 3600);
    expect(await codeOf(lab.launch({ ClientToken: 'one' }))).toBe('IdempotentInstanceTerminated');
  });

  rule('a refused launch leaves its token unused', PAGES.idempotency, async () => {
    const lab = new Lab();
    lab.ec2.setCapacity(SPOT, 0);
    expect(await codeOf(lab.launch({ ClientToken: 'one' }))).toBe('InsufficientInstanceCapacity');
    expect(await codeOf(lab.launch({ ClientToken: 'one', InstanceType: 'm6g.large' }))).toBe('ok');
  });

  rule('a token has at most 64 characters', PAGES.idempotency, async () => {
    const lab = new Lab();
    expect(await codeOf(lab.launch({ ClientToken: 'x'.repeat(64) }))).toBe('ok');
    expect(await codeOf(lab.launch({ ClientToken: 'x'.repeat(65) }))).toBe('InvalidParameterValue');
  });
});
