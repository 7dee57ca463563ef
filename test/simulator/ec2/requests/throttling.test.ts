import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, rule } from '../lab';

const NOBODY = 'i-0123456789abcdef0';
const NOTHING = 'eni-0123456789abcdef0';

/** A call that EC2 refuses takes its token too, so failing calls can also measure a bucket. */
const BUCKETS: readonly { action: string; capacity: number; perSecond: number; command: () => object }[] = [
  {
    action: 'DescribeInstances by id',
    capacity: 100,
    perSecond: 20,
    command: () => new DescribeInstancesCommand({ InstanceIds: [NOBODY] }),
  },
  {
    action: 'DescribeInstances by filter',
    capacity: 100,
    perSecond: 20,
    command: () => new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [NOBODY] }] }),
  },
  {
    action: 'DescribeInstances in pages',
    capacity: 100,
    perSecond: 20,
    command: () => new DescribeInstancesCommand({ MaxResults: 100 }),
  },
  { action: 'DescribeInstances, all', capacity: 50, perSecond: 10, command: () => new DescribeInstancesCommand({}) },
  {
    action: 'DescribeNetworkInterfaces, all',
    capacity: 50,
    perSecond: 10,
    command: () => new DescribeNetworkInterfacesCommand({}),
  },
  {
    action: 'DescribeInstanceStatus, all',
    capacity: 50,
    perSecond: 10,
    command: () => new DescribeInstanceStatusCommand({ InstanceIds: [] }),
  },
  { action: 'DescribeSubnets', capacity: 100, perSecond: 20, command: () => new DescribeSubnetsCommand({}) },
  {
    action: 'RunInstances',
    capacity: 5,
    perSecond: 2,
    command: () => new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }),
  },
  {
    action: 'StartInstances',
    capacity: 5,
    perSecond: 2,
    command: () => new StartInstancesCommand({ InstanceIds: [NOBODY] }),
  },
  {
    action: 'TerminateInstances',
    capacity: 100,
    perSecond: 5,
    command: () => new TerminateInstancesCommand({ InstanceIds: [NOBODY] }),
  },
  {
    action: 'CreateNetworkInterface',
    capacity: 100,
    perSecond: 5,
    command: () => new CreateNetworkInterfaceCommand({ SubnetId: 'subnet-0123456789abcdef0' }),
  },
  {
    action: 'DeleteNetworkInterface',
    capacity: 100,
    perSecond: 5,
    command: () => new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: NOTHING }),
  },
  {
    action: 'ModifyNetworkInterfaceAttribute',
    capacity: 100,
    perSecond: 5,
    command: () => new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: NOTHING }),
  },
  {
    action: 'CreateTags',
    capacity: 100,
    perSecond: 10,
    command: () => new CreateTagsCommand({ Resources: [NOBODY], Tags: [] }),
  },
  { action: 'DeleteTags', capacity: 100, perSecond: 10, command: () => new DeleteTagsCommand({ Resources: [NOBODY] }) },
  {
    action: 'AttachNetworkInterface',
    capacity: 50,
    perSecond: 5,
    command: () =>
      new AttachNetworkInterfaceCommand({ DeviceIndex: 1, InstanceId: NOBODY, NetworkInterfaceId: NOTHING }),
  },
  {
    action: 'DetachNetworkInterface',
    capacity: 50,
    perSecond: 5,
    command: () => new DetachNetworkInterfaceCommand({ AttachmentId: 'eni-attach-0123456789abcdef0' }),
  },
  {
    action: 'AssociateAddress',
    capacity: 50,
    perSecond: 5,
    command: () => new AssociateAddressCommand({ AllocationId: 'eipalloc-0123456789abcdef0' }),
  },
  {
    action: 'DisassociateAddress',
    capacity: 50,
    perSecond: 5,
    command: () => new DisassociateAddressCommand({ AssociationId: 'eipassoc-0123456789abcdef0' }),
  },
];

/** Returns how many calls at one moment are not throttled. */
async function admittedNow(lab: Lab, command: () => object): Promise<number> {
  for (let count = 0; ; count += 1) {
    if ((await codeOf(lab.send(command() as never))) === 'RequestLimitExceeded') return count;
  }
}

describe('token buckets', () => {
  test.each(BUCKETS)(
    `$action: $capacity at once, $perSecond more a second [${PAGES.throttling}]`,
    async ({ capacity, perSecond, command }) => {
      const lab = new Lab({ throttling: true });
      expect(await admittedNow(lab, command)).toBe(capacity);
      await lab.passSeconds(1);
      expect(await admittedNow(lab, command)).toBe(perSecond);
      await lab.passSeconds(1000);
      expect(await admittedNow(lab, command)).toBe(capacity);
    },
  );

  rule('each action has its own bucket', PAGES.throttling, async () => {
    const lab = new Lab({ throttling: true });
    await admittedNow(lab, () => new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
    expect(await codeOf(lab.send(new AllocateAddressCommand({})))).toBe('ok');
  });

  rule('instances are counted as well as requests', PAGES.throttling, async () => {
    const lab = new Lab({ throttling: true });
    const run = (count: number) => new RunInstancesCommand({ MinCount: count, MaxCount: count });
    expect(await codeOf(lab.send(run(600)))).toBe('MissingParameter');
    expect(await codeOf(lab.send(run(600)))).toBe('RequestLimitExceeded');
    expect(await codeOf(lab.send(run(400)))).toBe('MissingParameter');
  });

  rule('terminated instances are counted too', PAGES.throttling, async () => {
    const lab = new Lab({ throttling: true });
    const terminate = new TerminateInstancesCommand({ InstanceIds: Array.from({ length: 501 }, () => NOBODY) });
    expect(await codeOf(lab.send(terminate))).toBe('InvalidInstanceID.NotFound');
    expect(await codeOf(lab.send(terminate))).toBe('RequestLimitExceeded');
  });
});
