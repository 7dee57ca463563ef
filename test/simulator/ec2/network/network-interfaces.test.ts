import {
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, refusals, rule } from '../lab';

describe('creating an interface', () => {
  rule("it has an address of its subnet, a MAC address, and its subnet's zone", PAGES.interfaces, async () => {
    const lab = new Lab();
    const { NetworkInterface: made } = await lab.send(new CreateNetworkInterfaceCommand({ SubnetId: lab.subnetId }));
    expect(made).toMatchObject({
      NetworkInterfaceId: expect.stringMatching(/^eni-0[0-9a-f]{16}$/),
      PrivateIpAddress: expect.stringMatching(/^10\.0\.0\.\d+$/),
      MacAddress: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
      AvailabilityZone: 'us-east-1a',
      Status: 'pending',
    });
    expect(await lab.interface(made!.NetworkInterfaceId!)).toMatchObject({ Status: 'available' });
  });

  rule('it gets the requested address', PAGES.api('CreateNetworkInterface'), async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface({ PrivateIpAddress: '10.0.0.10' });
    expect(await lab.interface(interfaceId)).toMatchObject({ PrivateIpAddress: '10.0.0.10' });
  });

  rule('it gets groups, a description, IPv6 addresses and tags', PAGES.api('CreateNetworkInterface'), async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface({
      Groups: [lab.account.securityGroupId],
      Description: 'an identity',
      Ipv6AddressCount: 1,
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'Name', Value: 'one' }] }],
    });
    expect(await lab.interface(interfaceId)).toMatchObject({
      Groups: [{ GroupId: lab.account.securityGroupId, GroupName: 'stateful-nodes' }],
      Description: 'an identity',
      Ipv6Addresses: [{ Ipv6Address: expect.stringMatching(/^2001:db8:0:1:/) }],
      TagSet: [{ Key: 'Name', Value: 'one' }],
    });
  });

  rule('without groups it has the default group of its VPC', PAGES.api('CreateNetworkInterface'), async () => {
    const lab = new Lab();
    expect((await lab.interface(await lab.makeInterface())).Groups).toMatchObject([{ GroupName: 'default' }]);
  });

  rule(
    'five addresses of every subnet are reserved, and each other address is used once',
    PAGES.subnetSizing,
    async () => {
      const lab = new Lab();
      const subnetId = lab.ec2.addSubnet({ cidrBlock: '10.0.9.0/28', availabilityZone: 'us-east-1a' });
      const addresses: (string | undefined)[] = [];
      for (let count = 0; count < 11; count += 1) {
        addresses.push((await lab.interface(await lab.makeInterface({ SubnetId: subnetId }))).PrivateIpAddress);
      }
      expect(addresses.sort()).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((host) => `10.0.9.${host}`).sort());
      expect(await codeOf(lab.makeInterface({ SubnetId: subnetId }))).toBe('InsufficientFreeAddressesInSubnet');
      const { Subnets: [subnet] = [] } = await lab.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
      expect(subnet).toMatchObject({ AvailableIpAddressCount: 0 });
    },
  );

  rule("a deleted interface's address can be used again", PAGES.api('DeleteNetworkInterface'), async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface({ PrivateIpAddress: '10.0.0.10' });
    await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
    expect(await codeOf(lab.interface(interfaceId))).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(await codeOf(lab.makeInterface({ PrivateIpAddress: '10.0.0.10' }))).toBe('ok');
  });

  const page = PAGES.api('CreateNetworkInterface');
  refusals([
    {
      refused: 'an address outside the subnet',
      page,
      code: 'InvalidParameterValue',
      call: (lab) => lab.makeInterface({ PrivateIpAddress: '10.0.1.10' }),
    },
    ...['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.255'].map((address) => ({
      refused: `the reserved address ${address}`,
      page: PAGES.subnetSizing,
      code: 'InvalidParameterValue',
      call: (lab: Lab) => lab.makeInterface({ PrivateIpAddress: address }),
    })),
    {
      refused: 'an address that another interface has',
      page: PAGES.errors,
      code: 'InvalidIPAddress.InUse',
      call: async (lab) => {
        await lab.makeInterface({ PrivateIpAddress: '10.0.0.10' });
        await lab.makeInterface({ PrivateIpAddress: '10.0.0.10' });
      },
    },
    {
      refused: 'an unknown subnet',
      page: PAGES.errors,
      code: 'InvalidSubnetID.NotFound',
      call: (lab) => lab.makeInterface({ SubnetId: 'subnet-0123456789abcdef0' }),
    },
    {
      refused: 'an unknown security group',
      page: PAGES.errors,
      code: 'InvalidGroup.NotFound',
      call: (lab) => lab.makeInterface({ Groups: ['sg-0123456789abcdef0'] }),
    },
    {
      refused: "another VPC's security group",
      page,
      code: 'InvalidParameter',
      call: (lab) => {
        const vpcId = lab.ec2.addVpc({ cidrBlock: '10.9.0.0/16' });
        return lab.makeInterface({ Groups: [lab.ec2.addSecurityGroup({ vpcId, name: 'elsewhere' })] });
      },
    },
    {
      refused: 'an IPv6 address in a subnet that has none',
      page,
      code: 'InvalidParameterValue',
      call: (lab) => lab.makeInterface({ SubnetId: lab.account.subnetIds[1], Ipv6AddressCount: 1 }),
    },
    {
      refused: 'tags for another kind of resource',
      page,
      code: 'InvalidParameterValue',
      call: (lab) => lab.makeInterface({ TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a' }] }] }),
    },
  ]);
});

describe('client tokens of CreateNetworkInterface', () => {
  rule('the same token and parameters return the same interface', PAGES.idempotency, async () => {
    const lab = new Lab();
    const first = await lab.makeInterface({ ClientToken: 'one' });
    expect(await lab.makeInterface({ ClientToken: 'one' })).toBe(first);
    expect(await lab.makeInterface({ ClientToken: 'two' })).not.toBe(first);
  });

  rule('other parameters are a mismatch', PAGES.idempotency, async () => {
    const lab = new Lab();
    await lab.makeInterface({ ClientToken: 'one' });
    const other = lab.makeInterface({ ClientToken: 'one', Description: 'other' });
    expect(await codeOf(other)).toBe('IdempotentParameterMismatch');
  });

  rule('a failed call leaves its token unused', PAGES.idempotency, async () => {
    const lab = new Lab();
    expect(await codeOf(lab.makeInterface({ ClientToken: 'one', PrivateIpAddress: '10.0.0.1' }))).not.toBe('ok');
    expect(await codeOf(lab.makeInterface({ ClientToken: 'one', PrivateIpAddress: '10.0.0.10' }))).toBe('ok');
  });

  rule('a token has at most 64 characters', PAGES.idempotency, async () => {
    const lab = new Lab();
    expect(await codeOf(lab.makeInterface({ ClientToken: 'x'.repeat(64) }))).toBe('ok');
    expect(await codeOf(lab.makeInterface({ ClientToken: 'x'.repeat(65) }))).toBe('InvalidParameterValue');
  });
});

describe('deleting and modifying an interface', () => {
  const page = PAGES.api('ModifyNetworkInterfaceAttribute');

  rule('security groups and the source check belong to the interface', page, async () => {
    const lab = new Lab();
    const id = await lab.makeInterface();
    const groups = { NetworkInterfaceId: id, Groups: [lab.account.securityGroupId] };
    await lab.send(new ModifyNetworkInterfaceAttributeCommand(groups));
    const check = { NetworkInterfaceId: id, SourceDestCheck: { Value: false } };
    await lab.send(new ModifyNetworkInterfaceAttributeCommand(check));
    expect(await lab.interface(id)).toMatchObject({
      Groups: [{ GroupId: lab.account.securityGroupId }],
      SourceDestCheck: false,
    });
  });

  rule('DeleteOnTermination can be changed for each attachment', page, async () => {
    const lab = new Lab();
    const { NetworkInterfaceId: id, Attachment: attachment } = await lab.primaryOf(await lab.launchRunning());
    expect(attachment).toMatchObject({ DeleteOnTermination: true });
    await lab.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: id,
        Attachment: { AttachmentId: attachment?.AttachmentId, DeleteOnTermination: false },
      }),
    );
    expect(await lab.interface(id!)).toMatchObject({ Attachment: { DeleteOnTermination: false } });
  });

  refusals([
    {
      refused: 'modifying two attributes at a time',
      page,
      code: 'InvalidParameterCombination',
      call: async (lab) =>
        lab.send(
          new ModifyNetworkInterfaceAttributeCommand({
            NetworkInterfaceId: await lab.makeInterface(),
            Description: { Value: 'one' },
            SourceDestCheck: { Value: false },
          }),
        ),
    },
    {
      refused: "modifying another interface's attachment",
      page: PAGES.errors,
      code: 'InvalidAttachmentID.NotFound',
      call: async (lab) =>
        lab.send(
          new ModifyNetworkInterfaceAttributeCommand({
            NetworkInterfaceId: await lab.makeInterface(),
            Attachment: { AttachmentId: 'eni-attach-0123456789abcdef0', DeleteOnTermination: true },
          }),
        ),
    },
    {
      refused: 'deleting an interface in use',
      page: PAGES.errors,
      code: 'InvalidNetworkInterface.InUse',
      call: async (lab) => {
        const { NetworkInterfaceId: id } = await lab.primaryOf(await lab.launchRunning());
        await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
      },
    },
    {
      refused: 'deleting an interface that does not exist',
      page: PAGES.errors,
      code: 'InvalidNetworkInterfaceID.NotFound',
      call: (lab) => lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: 'eni-0123456789abcdef0' })),
    },
    {
      refused: 'an id that is not an interface id',
      page: PAGES.errors,
      code: 'InvalidNetworkInterfaceID.Malformed',
      call: (lab) => lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: 'i-0123456789abcdef0' })),
    },
  ]);

  rule('an interface in use may also be refused with InvalidParameterValue', PAGES.errors, async () => {
    const lab = new Lab({ interfaceInUseCode: 'InvalidParameterValue' });
    const { NetworkInterfaceId: id } = await lab.primaryOf(await lab.launchRunning());
    const call = lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
    expect(await codeOf(call)).toBe('InvalidParameterValue');
  });
});

describe('describing interfaces', () => {
  const filtersThatFindIt = (lab: Lab, found: any): [string, string][] => [
    ['network-interface-id', found.NetworkInterfaceId],
    ['subnet-id', lab.subnetId],
    ['vpc-id', lab.account.vpcId],
    ['availability-zone', 'us-east-1a'],
    ['status', 'in-use'],
    ['attachment.instance-id', found.Attachment.InstanceId],
    ['attachment.attachment-id', found.Attachment.AttachmentId],
    ['attachment.device-index', '0'],
    ['attachment.status', 'attached'],
    ['attachment.delete-on-termination', 'true'],
    ['private-ip-address', found.PrivateIpAddress],
    ['addresses.private-ip-address', found.PrivateIpAddress],
    ['mac-address', found.MacAddress],
  ];

  rule('each filter finds only the interface with its value', PAGES.api('DescribeNetworkInterfaces'), async () => {
    const lab = new Lab();
    const elsewhere = lab.ec2.addVpc({ cidrBlock: '10.9.0.0/16' });
    const subnetId = lab.ec2.addSubnet({ vpcId: elsewhere, cidrBlock: '10.9.0.0/24', availabilityZone: 'us-east-1b' });
    await lab.makeInterface({ SubnetId: subnetId });
    const found = await lab.primaryOf(await lab.launchRunning());
    for (const [Name, value] of filtersThatFindIt(lab, found)) {
      const response = await lab.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name, Values: [value] }] }));
      expect([Name, response.NetworkInterfaces?.map((one) => one.NetworkInterfaceId)]).toEqual([
        Name,
        [found.NetworkInterfaceId],
      ]);
    }
  });
});
