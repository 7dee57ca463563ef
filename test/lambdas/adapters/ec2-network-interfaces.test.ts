import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  EC2Client,
  EC2ServiceException,
  ModifyNetworkInterfaceAttributeCommand,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import {
  AddressTaken,
  InterfaceNotFree,
  NotReady,
  NotYetVisible,
  QuotaExceeded,
  RequestRejected,
} from '../../../domain/errors';
import { ec2NetworkInterfaces } from '../../../lambdas/adapters/ec2-network-interfaces';
import { ALLOCATION_ID, INTERFACE_ID, NODE_ID, REPLACEMENT_ID, SUBNET_A } from '../../domain/builders';
import { DEPLOYMENT } from '../runtime';

const ec2 = mockClient(EC2Client);
const interfaces = ec2NetworkInterfaces(new EC2Client({ region: 'eu-west-1' }), DEPLOYMENT);

beforeEach(() => ec2.reset());

function answered(name: string): EC2ServiceException {
  return new EC2ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 400 }, message: 'because' });
}

const free: NetworkInterface = {
  NetworkInterfaceId: INTERFACE_ID,
  Status: 'available',
  SubnetId: SUBNET_A,
  AvailabilityZone: 'eu-west-1a',
  PrivateIpAddress: '10.0.0.10',
  MacAddress: '02:00:00:00:00:01',
  Groups: [{ GroupId: 'sg-00000000000000001' }],
};
const seenFree = {
  id: INTERFACE_ID,
  status: 'available',
  subnetId: SUBNET_A,
  availabilityZone: 'eu-west-1a',
  privateIp: '10.0.0.10',
  macAddress: '02:00:00:00:00:01',
  securityGroupIds: ['sg-00000000000000001'],
};

describe('Observing an interface', () => {
  async function seen(found: NetworkInterface): Promise<unknown> {
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [found] });
    return interfaces.observe(INTERFACE_ID);
  }

  it('asks for it by its id', async () => {
    await expect(seen(free)).resolves.toEqual(seenFree);
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand)[0]?.args[0].input).toEqual({
      NetworkInterfaceIds: [INTERFACE_ID],
    });
  });

  it('sees what it is attached to, and the addresses that it carries', async () => {
    const found: NetworkInterface = {
      ...free,
      Status: 'in-use',
      Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }],
      Association: { AllocationId: ALLOCATION_ID },
      Attachment: {
        AttachmentId: 'eni-attach-1',
        InstanceId: REPLACEMENT_ID,
        DeviceIndex: 1,
        Status: 'attached',
        DeleteOnTermination: true,
      },
    };

    await expect(seen(found)).resolves.toEqual({
      ...seenFree,
      status: 'in-use',
      ipv6Address: '2001:db8::1',
      allocationId: ALLOCATION_ID,
      attachment: {
        id: 'eni-attach-1',
        instanceId: REPLACEMENT_ID,
        deviceIndex: 1,
        status: 'attached',
        deleteOnTermination: true,
      },
    });
  });

  it('sees no attachment in one that is detached', async () => {
    const Attachment = { AttachmentId: 'eni-attach-1', InstanceId: REPLACEMENT_ID, Status: 'detached' as const };

    await expect(seen({ ...free, Attachment })).resolves.toEqual(seenFree);
  });

  it('sees that another service holds it', async () => {
    const Attachment = { AttachmentId: 'ela-attach-1', InstanceOwnerId: 'amazon-elb', Status: 'attached' as const };

    await expect(seen({ ...free, Attachment })).resolves.toMatchObject({ attachment: { instanceId: 'amazon-elb' } });
  });

  it('sees the node that it is tagged with, and the tags that people set', async () => {
    const TagSet = [
      { Key: 'team', Value: 'ledger' },
      { Key: 'holdfast:node-id', Value: NODE_ID },
    ];

    await expect(seen({ ...free, TagSet })).resolves.toEqual({
      ...seenFree,
      nodeId: NODE_ID,
      tags: [{ key: 'team', value: 'ledger' }],
    });
  });

  it.each([
    { name: 'nothing', answer: {} },
    { name: 'an empty list', answer: { NetworkInterfaces: [] } },
  ])('returns undefined if EC2 answers $name', async ({ answer }) => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves(answer);

    await expect(interfaces.observe(INTERFACE_ID)).resolves.toBeUndefined();
  });

  it('returns undefined if EC2 knows no such interface', async () => {
    ec2.on(DescribeNetworkInterfacesCommand).rejects(answered('InvalidNetworkInterfaceID.NotFound'));

    await expect(interfaces.observe(INTERFACE_ID)).resolves.toBeUndefined();
  });
});

describe('Making an interface', () => {
  const request = {
    clientToken: `${NODE_ID}-4-0000000000000000a`,
    subnetId: SUBNET_A,
    privateIp: '10.0.0.10',
    withIpv6Address: true,
    securityGroupIds: ['sg-00000000000000001'],
    tags: [{ key: 'holdfast:node-id', value: NODE_ID }],
  };
  const input = {
    ClientToken: request.clientToken,
    SubnetId: SUBNET_A,
    Groups: ['sg-00000000000000001'],
    Description: 'Persisted by Holdfast: the address of a stateful node. Do not delete.',
    TagSpecifications: [
      {
        ResourceType: 'network-interface',
        Tags: [
          { Key: 'holdfast:node-id', Value: NODE_ID },
          { Key: 'holdfast:deployment', Value: DEPLOYMENT },
          { Key: 'holdfast:request', Value: request.clientToken },
        ],
      },
    ],
  };

  it.each([
    { name: 'with both addresses', asked: request, gets: { PrivateIpAddress: '10.0.0.10', Ipv6AddressCount: 1 } },
    { name: 'with neither', asked: { ...request, privateIp: undefined, withIpv6Address: false }, gets: {} },
  ])('asks for exactly this, $name', async ({ asked, gets }) => {
    // EC2 answers `pending` for a new interface, which the SDK's type does not list.
    const made = { ...free, Status: 'pending' as 'available' };
    ec2.on(CreateNetworkInterfaceCommand).resolves({ NetworkInterface: made });

    await expect(interfaces.create(asked)).resolves.toEqual({
      kind: 'made',
      interface: { ...seenFree, status: 'pending' },
    });
    expect(ec2.commandCalls(CreateNetworkInterfaceCommand)[0]?.args[0].input).toEqual({ ...input, ...gets });
  });

  it('says that the private IP is taken', async () => {
    ec2.on(CreateNetworkInterfaceCommand).rejects(answered('InvalidIPAddress.InUse'));

    await expect(interfaces.create(request)).rejects.toThrow(AddressTaken);
  });

  it('says that the subnet is full, in EC2’s words: another one may have room', async () => {
    ec2.on(CreateNetworkInterfaceCommand).rejects(answered('InsufficientFreeAddressesInSubnet'));

    await expect(interfaces.create(request)).resolves.toEqual({
      kind: 'refused',
      refusal: { because: 'capacity', of: 'subnet', code: 'InsufficientFreeAddressesInSubnet', message: 'because' },
    });
  });

  it('returns the interface of the token if the earlier request was different', async () => {
    ec2.on(CreateNetworkInterfaceCommand).rejects(answered('IdempotentParameterMismatch'));
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [free] });

    await expect(interfaces.create(request)).resolves.toEqual({ kind: 'made', interface: seenFree });
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand)[0]?.args[0].input).toEqual({
      Filters: [{ Name: 'tag:holdfast:request', Values: [request.clientToken] }],
    });
  });

  it('waits for the interface of the token if EC2 does not show it yet', async () => {
    ec2.on(CreateNetworkInterfaceCommand).rejects(answered('IdempotentParameterMismatch'));
    ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] });

    await expect(interfaces.create(request)).rejects.toThrow(NotYetVisible);
  });

  it.each([
    { name: 'a security group that EC2 does not know yet', code: 'InvalidGroup.NotFound', ErrorClass: NotYetVisible },
    { name: 'what IAM forbids', code: 'UnauthorizedOperation', ErrorClass: RequestRejected },
    { name: 'a quota', code: 'NetworkInterfaceLimitExceeded', ErrorClass: QuotaExceeded },
  ])('says why it cannot be made: $name', async ({ code, ErrorClass }) => {
    ec2.on(CreateNetworkInterfaceCommand).rejects(answered(code));

    await expect(interfaces.create(request)).rejects.toThrow(ErrorClass);
  });

  it('refuses an answer without an interface', async () => {
    ec2.on(CreateNetworkInterfaceCommand).resolves({});

    await expect(interfaces.create(request)).rejects.toThrow(RequestRejected);
  });
});

describe('Finding an interface by the token of its request', () => {
  it.each([
    { name: 'one', answer: { NetworkInterfaces: [free] }, seen: seenFree },
    { name: 'none', answer: { NetworkInterfaces: [] }, seen: undefined },
    { name: 'nothing', answer: {}, seen: undefined },
  ])('finds $name', async ({ answer, seen }) => {
    ec2.on(DescribeNetworkInterfacesCommand).resolves(answer);

    await expect(interfaces.madeBy('the token')).resolves.toEqual(seen);
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand)[0]?.args[0].input).toEqual({
      Filters: [{ Name: 'tag:holdfast:request', Values: ['the token'] }],
    });
  });
});

describe('Moving an interface', () => {
  it('detaches by the attachment', async () => {
    ec2.on(DetachNetworkInterfaceCommand).resolves({});
    await interfaces.detach('eni-attach-1');

    expect(ec2.commandCalls(DetachNetworkInterfaceCommand)[0]?.args[0].input).toEqual({ AttachmentId: 'eni-attach-1' });
  });

  it.each([
    { force: true, input: { AttachmentId: 'eni-attach-1', Force: true } },
    { force: false, input: { AttachmentId: 'eni-attach-1' } },
  ])('detaches by force only if asked to: $force', async ({ force, input }) => {
    ec2.on(DetachNetworkInterfaceCommand).resolves({});
    await interfaces.detach('eni-attach-1', { force });

    expect(ec2.commandCalls(DetachNetworkInterfaceCommand)[0]?.args[0].input).toEqual(input);
  });

  it.each([{ force: false }, { force: true }])(
    'does nothing if the attachment is gone: by force $force',
    async (how) => {
      ec2.on(DetachNetworkInterfaceCommand).rejects(answered('InvalidAttachmentID.NotFound'));

      await expect(interfaces.detach('eni-attach-1', how)).resolves.toBeUndefined();
    },
  );

  it('attaches at the device index', async () => {
    ec2.on(AttachNetworkInterfaceCommand).resolves({});
    await interfaces.attach(INTERFACE_ID, REPLACEMENT_ID, 1);

    expect(ec2.commandCalls(AttachNetworkInterfaceCommand)[0]?.args[0].input).toEqual({
      NetworkInterfaceId: INTERFACE_ID,
      InstanceId: REPLACEMENT_ID,
      DeviceIndex: 1,
    });
  });

  it.each([
    { code: 'InvalidNetworkInterface.InUse', ErrorClass: InterfaceNotFree },
    { code: 'IncorrectInstanceState', ErrorClass: NotReady },
    { code: 'InvalidInstanceID.NotFound', ErrorClass: NotYetVisible },
    { code: 'InvalidNetworkInterfaceID.NotFound', ErrorClass: NotYetVisible },
    { code: 'AttachmentLimitExceeded', ErrorClass: RequestRejected },
  ])('says why it cannot be attached: $code', async ({ code, ErrorClass }) => {
    ec2.on(AttachNetworkInterfaceCommand).rejects(answered(code));

    await expect(interfaces.attach(INTERFACE_ID, REPLACEMENT_ID, 1)).rejects.toThrow(ErrorClass);
  });

  it('keeps it when its instance is terminated', async () => {
    ec2.on(ModifyNetworkInterfaceAttributeCommand).resolves({});
    await interfaces.keepOnTermination(INTERFACE_ID, 'eni-attach-1');

    expect(ec2.commandCalls(ModifyNetworkInterfaceAttributeCommand)[0]?.args[0].input).toEqual({
      NetworkInterfaceId: INTERFACE_ID,
      Attachment: { AttachmentId: 'eni-attach-1', DeleteOnTermination: false },
    });
  });
});

describe('Letting an interface end with its instance', () => {
  it('names the attachment', async () => {
    ec2.on(ModifyNetworkInterfaceAttributeCommand).resolves({});
    await interfaces.deleteOnTermination(INTERFACE_ID, 'eni-attach-1');

    expect(ec2.commandCalls(ModifyNetworkInterfaceAttributeCommand)[0]?.args[0].input).toEqual({
      NetworkInterfaceId: INTERFACE_ID,
      Attachment: { AttachmentId: 'eni-attach-1', DeleteOnTermination: true },
    });
  });

  it('does nothing if the attachment is gone, but keeping it fails then', async () => {
    ec2.on(ModifyNetworkInterfaceAttributeCommand).rejects(answered('InvalidAttachmentID.NotFound'));

    await expect(interfaces.deleteOnTermination(INTERFACE_ID, 'eni-attach-1')).resolves.toBeUndefined();
    await expect(interfaces.keepOnTermination(INTERFACE_ID, 'eni-attach-1')).rejects.toThrow(NotYetVisible);
  });
});

describe('Changing the security groups of an interface', () => {
  it('names all of them', async () => {
    ec2.on(ModifyNetworkInterfaceAttributeCommand).resolves({});
    await interfaces.setSecurityGroups(INTERFACE_ID, ['sg-1', 'sg-2']);

    expect(ec2.commandCalls(ModifyNetworkInterfaceAttributeCommand)[0]?.args[0].input).toEqual({
      NetworkInterfaceId: INTERFACE_ID,
      Groups: ['sg-1', 'sg-2'],
    });
  });
});

describe('Deleting an interface', () => {
  it('names it', async () => {
    ec2.on(DeleteNetworkInterfaceCommand).resolves({});
    await interfaces.delete(INTERFACE_ID);

    expect(ec2.commandCalls(DeleteNetworkInterfaceCommand)[0]?.args[0].input).toEqual({
      NetworkInterfaceId: INTERFACE_ID,
    });
  });

  it('does nothing if it is gone', async () => {
    ec2.on(DeleteNetworkInterfaceCommand).rejects(answered('InvalidNetworkInterfaceID.NotFound'));

    await expect(interfaces.delete(INTERFACE_ID)).resolves.toBeUndefined();
  });

  it.each([
    { name: 'that is gone, and its tags with it, is deleted', answer: { NetworkInterfaces: [] }, error: undefined },
    { name: 'that is there stays', answer: { NetworkInterfaces: [free] }, error: RequestRejected },
  ])('looks at the interface if IAM refuses: one $name', async ({ answer, error }) => {
    ec2.on(DeleteNetworkInterfaceCommand).rejects(answered('UnauthorizedOperation'));
    ec2.on(DescribeNetworkInterfacesCommand).resolves(answer);
    const deleting = interfaces.delete(INTERFACE_ID);

    await (error === undefined ? expect(deleting).resolves.toBeUndefined() : expect(deleting).rejects.toThrow(error));
  });

  it('says that it is attached', async () => {
    ec2.on(DeleteNetworkInterfaceCommand).rejects(answered('InvalidNetworkInterface.InUse'));

    await expect(interfaces.delete(INTERFACE_ID)).rejects.toThrow(InterfaceNotFree);
  });
});
