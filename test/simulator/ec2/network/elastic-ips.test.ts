import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DeleteNetworkInterfaceCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type AssociateAddressCommandInput,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, refusals, rule } from '../lab';

const associate = async (lab: Lab, input: AssociateAddressCommandInput) =>
  (await lab.send(new AssociateAddressCommand(input))).AssociationId;

const page = PAGES.api('AssociateAddress');

describe('associating an Elastic IP', () => {
  rule('with an available interface: both describe calls show it', page, async () => {
    const lab = new Lab();
    const [AllocationId, NetworkInterfaceId] = [await lab.allocate(), await lab.makeInterface()];
    const AssociationId = await associate(lab, { AllocationId, NetworkInterfaceId });
    const { PrivateIpAddress } = await lab.interface(NetworkInterfaceId);
    const address = await lab.address(AllocationId);
    expect(AssociationId).toMatch(/^eipassoc-0[0-9a-f]{16}$/);
    expect(address).toMatchObject({ AllocationId, AssociationId, NetworkInterfaceId, PrivateIpAddress });
    const Association = { AllocationId, AssociationId, PublicIp: address.PublicIp };
    expect(await lab.interface(NetworkInterfaceId)).toMatchObject({ Association });
  });

  rule('with the only interface of an instance', page, async () => {
    const lab = new Lab();
    const [AllocationId, InstanceId] = [await lab.allocate(), await lab.launchRunning()];
    await associate(lab, { AllocationId, InstanceId });
    const { PublicIp } = await lab.address(AllocationId);
    expect(await lab.address(AllocationId)).toMatchObject({ InstanceId });
    expect(await lab.instance(InstanceId)).toMatchObject({ PublicIpAddress: PublicIp });
  });

  rule('twice with the same interface: the same association, and no error', page, async () => {
    const lab = new Lab();
    const [AllocationId, NetworkInterfaceId] = [await lab.allocate(), await lab.makeInterface()];
    const first = await associate(lab, { AllocationId, NetworkInterfaceId });
    const again = { AllocationId, NetworkInterfaceId, AllowReassociation: false };
    expect(await associate(lab, again)).toBe(first);
  });

  rule('with another interface: it moves there', page, async () => {
    const lab = new Lab();
    const [AllocationId, from, to] = [await lab.allocate(), await lab.makeInterface(), await lab.makeInterface()];
    await associate(lab, { AllocationId, NetworkInterfaceId: from });
    await associate(lab, { AllocationId, NetworkInterfaceId: to });
    expect(await lab.address(AllocationId)).toMatchObject({ NetworkInterfaceId: to });
    expect((await lab.interface(from)).Association).toBeUndefined();
  });

  rule("with an interface that has an address: it replaces the interface's address", page, async () => {
    const lab = new Lab();
    const [one, other, NetworkInterfaceId] = [await lab.allocate(), await lab.allocate(), await lab.makeInterface()];
    await associate(lab, { AllocationId: one, NetworkInterfaceId });
    await associate(lab, { AllocationId: other, NetworkInterfaceId });
    expect((await lab.address(one)).AssociationId).toBeUndefined();
    expect(await lab.interface(NetworkInterfaceId)).toMatchObject({ Association: { AllocationId: other } });
  });

  rule('it is shown a moment later, and the earlier association until then', PAGES.consistency, async () => {
    const lab = new Lab({ latencies: { associationVisible: 1_000 } });
    const [AllocationId, from, to] = [await lab.allocate(), await lab.makeInterface(), await lab.makeInterface()];
    await associate(lab, { AllocationId, NetworkInterfaceId: from });
    expect((await lab.address(AllocationId)).NetworkInterfaceId).toBeUndefined();
    await lab.passSeconds(1);
    await associate(lab, { AllocationId, NetworkInterfaceId: to });
    expect((await lab.address(AllocationId)).NetworkInterfaceId).toBe(from);
    await lab.passSeconds(1);
    expect((await lab.address(AllocationId)).NetworkInterfaceId).toBe(to);
  });

  rule('it moves with a secondary interface', PAGES.interfaces, async () => {
    const lab = new Lab();
    const [AllocationId, NetworkInterfaceId] = [await lab.allocate(), await lab.makeInterface()];
    await associate(lab, { AllocationId, NetworkInterfaceId });
    const AttachmentId = await lab.attach(NetworkInterfaceId, await lab.launchRunning());
    await lab.passSeconds(2);
    await lab.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
    await lab.passSeconds(3);
    const otherId = await lab.launchRunning();
    await lab.attach(NetworkInterfaceId, otherId);
    expect(await lab.address(AllocationId)).toMatchObject({ NetworkInterfaceId, InstanceId: otherId });
  });

  refusals([
    {
      refused: 'an interface in a VPC without an internet gateway',
      page: PAGES.errors,
      code: 'Gateway.NotAttached',
      call: async (lab) => {
        const vpcId = lab.ec2.addVpc({ cidrBlock: '10.9.0.0/16' });
        const SubnetId = lab.ec2.addSubnet({ vpcId, cidrBlock: '10.9.0.0/24', availabilityZone: 'us-east-1a' });
        // A detached gateway makes no difference.
        lab.ec2.addInternetGateway();
        const NetworkInterfaceId = await lab.makeInterface({ SubnetId });
        await associate(lab, { AllocationId: await lab.allocate(), NetworkInterfaceId });
      },
    },
    {
      refused: 'moving it with AllowReassociation false',
      page,
      code: 'Resource.AlreadyAssociated',
      call: async (lab) => {
        const AllocationId = await lab.allocate();
        await associate(lab, { AllocationId, NetworkInterfaceId: await lab.makeInterface() });
        const NetworkInterfaceId = await lab.makeInterface();
        await associate(lab, { AllocationId, NetworkInterfaceId, AllowReassociation: false });
      },
    },
    {
      refused: 'an interface whose instance is pending',
      page: PAGES.errors,
      code: 'IncorrectInstanceState',
      call: async (lab) => {
        const NetworkInterfaceId = await lab.makeInterface();
        await lab.launchWith(NetworkInterfaceId);
        await associate(lab, { AllocationId: await lab.allocate(), NetworkInterfaceId });
      },
    },
    {
      refused: 'a pending instance',
      page: PAGES.errors,
      code: 'InvalidInstanceID',
      call: async (lab) => associate(lab, { AllocationId: await lab.allocate(), InstanceId: await lab.launch() }),
    },
    {
      refused: 'an instance with two interfaces, without naming one',
      page,
      code: 'InvalidInstanceID',
      call: async (lab) => {
        const InstanceId = await lab.launchRunning();
        await lab.attach(await lab.makeInterface(), InstanceId);
        await associate(lab, { AllocationId: await lab.allocate(), InstanceId });
      },
    },
    {
      refused: 'both an instance and an interface',
      page,
      code: 'InvalidParameterCombination',
      call: async (lab) => {
        const [NetworkInterfaceId, InstanceId] = [await lab.makeInterface(), await lab.launchRunning()];
        await associate(lab, { AllocationId: await lab.allocate(), NetworkInterfaceId, InstanceId });
      },
    },
    {
      refused: 'neither an instance nor an interface',
      page,
      code: 'MissingParameter',
      call: async (lab) => associate(lab, { AllocationId: await lab.allocate() }),
    },
    {
      refused: 'an unknown address',
      page: PAGES.errors,
      code: 'InvalidAllocationID.NotFound',
      call: async (lab) =>
        associate(lab, {
          AllocationId: 'eipalloc-0123456789abcdef0',
          NetworkInterfaceId: await lab.makeInterface(),
        }),
    },
    {
      refused: 'an unknown interface',
      page: PAGES.errors,
      code: 'InvalidNetworkInterfaceID.NotFound',
      call: async (lab) =>
        associate(lab, { AllocationId: await lab.allocate(), NetworkInterfaceId: 'eni-0123456789abcdef0' }),
    },
  ]);
});

describe('an Elastic IP when its instance ends or stops', () => {
  const afterTermination = async (elasticIpSurvivesTermination: boolean) => {
    const lab = new Lab({ elasticIpSurvivesTermination });
    const [AllocationId, NetworkInterfaceId] = [await lab.allocate(), await lab.makeInterface()];
    await associate(lab, { AllocationId, NetworkInterfaceId });
    const instanceId = await lab.launchWith(NetworkInterfaceId);
    await lab.passSeconds(10);
    await lab.terminate(instanceId);
    await lab.passSeconds(40);
    return (await lab.interface(NetworkInterfaceId)).Association?.AllocationId === AllocationId;
  };

  rule(
    'on a retained interface: it is disassociated, in one reading of the documentation',
    PAGES.elasticIps,
    async () => {
      expect(await afterTermination(false)).toBe(false);
    },
  );

  rule('on a retained interface: it stays, in the other reading', PAGES.elasticIps, async () => {
    expect(await afterTermination(true)).toBe(true);
  });

  rule('it stays with an instance that stops and starts', PAGES.elasticIps, async () => {
    const lab = new Lab();
    const [AllocationId, InstanceId] = [await lab.allocate(), await lab.launchOnDemand()];
    await associate(lab, { AllocationId, InstanceId });
    await lab.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    await lab.passSeconds(20);
    expect(await lab.address(AllocationId)).toMatchObject({ InstanceId });
    await lab.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
    const { AssociationId, PublicIp } = await lab.address(AllocationId);
    expect(await lab.instance(InstanceId)).toMatchObject({ PublicIpAddress: PublicIp });
    await lab.send(new DisassociateAddressCommand({ AssociationId }));
    expect((await lab.instance(InstanceId)).PublicIpAddress).toBeUndefined();
  });

  rule('it is disassociated from an interface that is deleted', PAGES.elasticIps, async () => {
    const lab = new Lab();
    const [AllocationId, NetworkInterfaceId] = [await lab.allocate(), await lab.makeInterface()];
    await associate(lab, { AllocationId, NetworkInterfaceId });
    await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    expect((await lab.address(AllocationId)).AssociationId).toBeUndefined();
  });
});

describe('disassociating and releasing an Elastic IP', () => {
  rule('disassociating is idempotent', PAGES.api('DisassociateAddress'), async () => {
    const lab = new Lab();
    const [AllocationId, NetworkInterfaceId] = [await lab.allocate(), await lab.makeInterface()];
    const AssociationId = await associate(lab, { AllocationId, NetworkInterfaceId });
    await lab.send(new DisassociateAddressCommand({ AssociationId }));
    await lab.send(new DisassociateAddressCommand({ AssociationId }));
    expect((await lab.interface(NetworkInterfaceId)).Association).toBeUndefined();
    await lab.send(new ReleaseAddressCommand({ AllocationId }));
    expect(await codeOf(lab.address(AllocationId))).toBe('InvalidAllocationID.NotFound');
  });

  refusals([
    {
      refused: 'releasing an associated address',
      page: PAGES.api('ReleaseAddress'),
      code: 'InvalidIPAddress.InUse',
      call: async (lab) => {
        const AllocationId = await lab.allocate();
        await associate(lab, { AllocationId, NetworkInterfaceId: await lab.makeInterface() });
        await lab.send(new ReleaseAddressCommand({ AllocationId }));
      },
    },
    {
      refused: 'disassociating an unknown association',
      page: PAGES.errors,
      code: 'InvalidAssociationID.NotFound',
      call: (lab) => lab.send(new DisassociateAddressCommand({ AssociationId: 'eipassoc-0123456789abcdef0' })),
    },
    {
      refused: 'a sixth address in a Region',
      page: PAGES.elasticIps,
      code: 'AddressLimitExceeded',
      call: async (lab) => {
        for (let count = 0; count < 6; count += 1) await lab.send(new AllocateAddressCommand({}));
      },
    },
  ]);
});

describe('describing addresses', () => {
  rule('each filter finds the address with its value', PAGES.api('DescribeAddresses'), async () => {
    const lab = new Lab();
    const [AllocationId, InstanceId] = [await lab.allocate(), await lab.launchRunning()];
    await lab.allocate();
    await associate(lab, { AllocationId, InstanceId });
    const found: any = await lab.address(AllocationId);
    const filters = {
      'allocation-id': found.AllocationId,
      'association-id': found.AssociationId,
      'instance-id': InstanceId,
      'network-interface-id': found.NetworkInterfaceId,
      'private-ip-address': found.PrivateIpAddress,
      'public-ip': found.PublicIp,
    };
    for (const [Name, value] of Object.entries(filters)) {
      const { Addresses } = await lab.send(new DescribeAddressesCommand({ Filters: [{ Name, Values: [value] }] }));
      expect([Name, Addresses]).toEqual([Name, [found]]);
    }
  });

  rule('the interface is found by its address', PAGES.api('DescribeNetworkInterfaces'), async () => {
    const lab = new Lab();
    const [AllocationId, NetworkInterfaceId] = [await lab.allocate(), await lab.makeInterface()];
    await lab.makeInterface();
    await associate(lab, { AllocationId, NetworkInterfaceId });
    const { AssociationId, PublicIp } = await lab.address(AllocationId);
    const filters = {
      'association.allocation-id': AllocationId,
      'association.association-id': AssociationId!,
      'association.public-ip': PublicIp!,
      'addresses.association.public-ip': PublicIp!,
    };
    for (const [Name, value] of Object.entries(filters)) {
      const response = await lab.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name, Values: [value] }] }));
      expect(response.NetworkInterfaces).toMatchObject([{ NetworkInterfaceId }]);
    }
  });
});

describe('the public address that comes with a launch', () => {
  const publicIpOf = async (lab: Lab, instanceId: string) => (await lab.instance(instanceId)).PublicIpAddress;
  const launchInto = (lab: Lab, subnet: 0 | 1, AssociatePublicIpAddress?: boolean) =>
    lab.launchRunning({
      NetworkInterfaces: [
        {
          DeviceIndex: 0,
          SubnetId: lab.account.subnetIds[subnet],
          ...(AssociatePublicIpAddress !== undefined && { AssociatePublicIpAddress }),
        },
      ],
    });

  test.each([
    { subnet: 'that maps one', index: 0, requested: undefined, given: true },
    { subnet: 'that maps one', index: 0, requested: false, given: false },
    { subnet: 'that maps none', index: 1, requested: undefined, given: false },
    { subnet: 'that maps none', index: 1, requested: true, given: true },
  ] as const)(
    `in a subnet $subnet, requested $requested: $given [${PAGES.publicIps}]`,
    async ({ index, requested, given }) => {
      const lab = new Lab();
      expect((await publicIpOf(lab, await launchInto(lab, index, requested))) !== undefined).toBe(given);
    },
  );

  rule('an existing interface gets none', PAGES.publicIps, async () => {
    const lab = new Lab();
    expect(await publicIpOf(lab, await lab.launchWith(await lab.makeInterface()))).toBeUndefined();
  });

  rule('an Elastic IP replaces it', PAGES.elasticIps, async () => {
    const lab = new Lab();
    const [AllocationId, InstanceId] = [await lab.allocate(), await launchInto(lab, 0)];
    await associate(lab, { AllocationId, InstanceId });
    const { AssociationId } = await lab.address(AllocationId);
    await lab.send(new DisassociateAddressCommand({ AssociationId }));
    expect(await publicIpOf(lab, InstanceId)).toBeUndefined();
  });

  rule('a stop removes it, and a start gives another one', PAGES.publicIps, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchOnDemand();
    const before = await publicIpOf(lab, instanceId);
    await lab.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    await lab.passSeconds(20);
    expect(await publicIpOf(lab, instanceId)).toBeUndefined();
    await lab.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
    const after = await publicIpOf(lab, instanceId);
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
  });
});
