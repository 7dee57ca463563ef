/** Responses that lag the real state, and lists in any order. */
import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeNetworkInterfacesCommand,
  CreateTagsCommand,
  DetachNetworkInterfaceCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { worldFromJson, worldToJson } from '../../../simulator/ec2/world';
import { codeOf, Lab, PAGES, rule } from './lab';

const LAG_SECONDS = 3;
const late = (options: ConstructorParameters<typeof Lab>[0] = {}) =>
  new Lab({ describeLagMs: LAG_SECONDS * 1000, detachedShownShare: 0, ...options });

const stateOf = async (lab: Lab, instanceId: string) => (await lab.instance(instanceId)).State?.Name;
const lastEventState = (lab: Lab) => lab.events.at(-1)?.detail['state'];

describe('the state of an instance', () => {
  rule('is shown after its event', PAGES.consistency, async () => {
    const lab = late();
    const instanceId = await lab.launchRunning();
    expect([lastEventState(lab), await stateOf(lab, instanceId)]).toEqual(['running', 'pending']);
    await lab.passSeconds(LAG_SECONDS - 0.1);
    expect(await stateOf(lab, instanceId)).toBe('pending');
    await lab.passSeconds(0.1);
    expect(await stateOf(lab, instanceId)).toBe('running');
  });

  rule('goes through every state, each with the same lag, with its reason', PAGES.consistency, async () => {
    const lab = late({ describeLagMs: 20_000 });
    const instanceId = await lab.launchRunning();
    await lab.passSeconds(15);
    await lab.terminate(instanceId);
    const seen: unknown[] = [];
    for (let second = 0; second <= 50; second += 1) {
      const { State, StateReason } = await lab.instance(instanceId);
      seen.push(`${second} ${State?.Name} ${StateReason?.Code ?? '-'}`);
      await lab.passSeconds(1);
    }
    expect([seen[4], seen[5], seen[19], seen[20], seen[49], seen[50]]).toEqual([
      '4 pending -',
      '5 running -',
      '19 running -',
      '20 shutting-down Client.UserInitiatedShutdown',
      '49 shutting-down Client.UserInitiatedShutdown',
      '50 terminated Client.UserInitiatedShutdown',
    ]);
  });

  rule('never goes back, however the lag is drawn', PAGES.consistency, async () => {
    const order = ['pending', 'running', 'shutting-down', 'terminated'];
    for (let seed = 0; seed < 20; seed += 1) {
      const lab = late({ seed, describeLagMs: { typicalMs: [0, 30_000], tailMs: 60_000, tailShare: 0.1 } });
      const instanceId = await lab.launchRunning();
      await lab.terminate(instanceId);
      const seen: number[] = [];
      for (let second = 0; second < 90; second += 1) {
        seen.push(order.indexOf((await stateOf(lab, instanceId)) ?? ''));
        await lab.passSeconds(1);
      }
      expect(seen).toEqual([...seen].sort((one, other) => one - other));
      expect(seen.at(-1)).toBe(3);
    }
  });

  rule('is the same in filters and in DescribeInstanceStatus', PAGES.consistency, async () => {
    const lab = late();
    await lab.launchRunning();
    const inState = async (value: string) => {
      const Filters = [{ Name: 'instance-state-name', Values: [value] }];
      return (await lab.send(new DescribeInstancesCommand({ Filters }))).Reservations?.length;
    };
    const statuses = async () => (await lab.send(new DescribeInstanceStatusCommand({}))).InstanceStatuses;
    expect([await inState('pending'), await inState('running'), await statuses()]).toEqual([1, 0, []]);
    await lab.passSeconds(LAG_SECONDS);
    expect([await inState('pending'), await inState('running')]).toEqual([0, 1]);
    expect(await statuses()).toMatchObject([{ InstanceState: { Name: 'running' } }]);
  });

  rule('takes effect at once for other calls', PAGES.consistency, async () => {
    const lab = late();
    const instanceId = await lab.launchOnDemand();
    const stopped = lab.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    expect((await stopped).StoppingInstances).toMatchObject([
      { PreviousState: { Name: 'running' }, CurrentState: { Name: 'stopping' } },
    ]);
    await lab.passSeconds(21);
    expect(await stateOf(lab, instanceId)).toBe('stopping');
    await lab.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
    await lab.passSeconds(LAG_SECONDS - 0.1);
    expect(await stateOf(lab, instanceId)).toBe('stopped');
    await lab.passSeconds(0.1);
    expect(await stateOf(lab, instanceId)).toBe('pending');
  });

  test('the lag outlives a restart of the simulator', async () => {
    const lab = late();
    await lab.launchRunning();
    expect(worldFromJson(worldToJson(lab.ec2.world))).toEqual(lab.ec2.world);
    expect([...lab.ec2.world.instances.values()][0]?.past).toHaveLength(1);
  });
});

describe('interfaces', () => {
  const detach = async (lab: Lab, attachmentId: string) =>
    lab.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId }));
  const seen = async (lab: Lab, interfaceId: string) => {
    const { Status, Attachment } = await lab.interface(interfaceId);
    return [Status, Attachment?.Status];
  };

  rule('a new one is pending for a moment, but can be used', PAGES.api('NetworkInterface'), async () => {
    const lab = late();
    const interfaceId = await lab.makeInterface();
    expect(await seen(lab, interfaceId)).toEqual(['pending', undefined]);
    await lab.passSeconds(LAG_SECONDS);
    expect(await seen(lab, interfaceId)).toEqual(['available', undefined]);
    expect(await codeOf(lab.launchWith(await lab.makeInterface()))).toBe('ok');
  });

  rule('attachment and status are shown late, in lists and filters', PAGES.consistency, async () => {
    const lab = late();
    const instanceId = await lab.launchRunning();
    const interfaceId = await lab.makeInterface();
    await lab.passSeconds(10);
    const attachmentId = await lab.attach(interfaceId, instanceId);
    const byInstance = async () => {
      const Filters = [{ Name: 'attachment.instance-id', Values: [instanceId] }];
      const { NetworkInterfaces } = await lab.send(new DescribeNetworkInterfacesCommand({ Filters }));
      return NetworkInterfaces?.length;
    };
    const ofInstance = async () => (await lab.instance(instanceId)).NetworkInterfaces?.length;
    expect([await seen(lab, interfaceId), await byInstance(), await ofInstance()]).toEqual([
      ['available', undefined],
      1,
      1,
    ]);
    await lab.passSeconds(LAG_SECONDS);
    expect([await seen(lab, interfaceId), await byInstance(), await ofInstance()]).toEqual([
      ['attaching', 'attaching'],
      2,
      2,
    ]);
    await lab.passSeconds(2);
    expect(await seen(lab, interfaceId)).toEqual(['in-use', 'attached']);
    await detach(lab, attachmentId);
    expect(await seen(lab, interfaceId)).toEqual(['in-use', 'attached']);
    await lab.passSeconds(LAG_SECONDS);
    expect(await seen(lab, interfaceId)).toEqual(['detaching', 'detaching']);
    expect(lab.ec2.world.networkInterfaces.get(interfaceId)?.status).toBe('available');
    await lab.passSeconds(LAG_SECONDS);
    expect([await seen(lab, interfaceId), await ofInstance()]).toEqual([['available', undefined], 1]);
  });

  rule(
    'an available one may show its last attachment as detached',
    PAGES.api('NetworkInterfaceAttachment'),
    async () => {
      const lab = late({ detachedShownShare: 1 });
      const instanceId = await lab.launchRunning();
      const interfaceId = await lab.makeInterface();
      await lab.passSeconds(10);
      const attachmentId = await lab.attach(interfaceId, instanceId);
      await lab.passSeconds(10);
      await detach(lab, attachmentId);
      await lab.passSeconds(3 + LAG_SECONDS);
      const first = await lab.interface(interfaceId);
      expect(first).toMatchObject({ Status: 'available', Attachment: { Status: 'detached', InstanceId: instanceId } });
      expect((await lab.instance(instanceId)).NetworkInterfaces).toHaveLength(1);
      await lab.passSeconds(LAG_SECONDS);
      expect((await lab.interface(interfaceId)).Attachment).toBeUndefined();
    },
  );

  rule('a forced detachment is shown late', PAGES.consistency, async () => {
    const lab = late({ describeLagMs: 500 });
    const instanceId = await lab.launchRunning();
    const interfaceId = await lab.makeInterface();
    const AttachmentId = await lab.attach(interfaceId, instanceId);
    await lab.passSeconds(10);
    await lab.send(new DetachNetworkInterfaceCommand({ AttachmentId, Force: true }));
    expect(await seen(lab, interfaceId)).toEqual(['in-use', 'attached']);
    await lab.passSeconds(0.5);
    expect(await seen(lab, interfaceId)).toEqual(['detaching', 'detaching']);
  });

  rule('the end of the instance is shown late', PAGES.consistency, async () => {
    const lab = late();
    const interfaceId = await lab.makeInterface();
    const instanceId = await lab.launchWith(interfaceId);
    await lab.passSeconds(15);
    await lab.terminate(instanceId);
    await lab.passSeconds(30);
    expect(await seen(lab, interfaceId)).toEqual(['in-use', 'attached']);
    await lab.passSeconds(LAG_SECONDS);
    expect(await seen(lab, interfaceId)).toEqual(['in-use', 'detaching']);
    await lab.passSeconds(4);
    expect(await seen(lab, interfaceId)).toEqual(['available', undefined]);
  });

  rule('the response of a launch shows them at once', PAGES.consistency, async () => {
    const lab = late();
    const launch = new RunInstancesCommand(lab.launchInput({ SubnetId: lab.subnetId }));
    const { Instances: [launched] = [] } = await lab.send(launch);
    expect(launched?.NetworkInterfaces).toMatchObject([{ Attachment: { Status: 'attaching' } }]);
    expect((await lab.instance(launched?.InstanceId ?? '')).NetworkInterfaces).toEqual([]);
  });
});

describe('a terminated instance, for some time', () => {
  rule('counts towards the vCPU quota', PAGES.consistency, async () => {
    const lab = new Lab({ quotaLagMs: 60_000 });
    lab.ec2.setVcpuQuota('spot', 2);
    await lab.terminate(await lab.launchRunning());
    await lab.passSeconds(30 + 59.9);
    expect(await codeOf(lab.launch())).toBe('MaxSpotInstanceCountExceeded');
    await lab.passSeconds(0.1);
    expect(await codeOf(lab.launch())).toBe('ok');
  });

  rule(
    "counts only towards its own life cycle's quota, and not towards the capacity of its pool",
    PAGES.consistency,
    async () => {
      const lab = new Lab({ quotaLagMs: 60_000 });
      const pool = { instanceType: 'm7g.large', availabilityZone: 'us-east-1a', lifeCycle: 'spot' } as const;
      lab.ec2.setVcpuQuota('on_demand', 2);
      lab.ec2.setCapacity(pool, 1);
      await lab.terminate(await lab.launchRunning());
      await lab.passSeconds(30);
      expect(await codeOf(lab.launchOnDemand())).toBe('ok');
      expect(await codeOf(lab.launch())).toBe('ok');
    },
  );

  rule('loses its tags before it vanishes', PAGES.terminating, async () => {
    const lab = new Lab();
    const Tags = [{ Key: 'node', Value: 'one' }];
    const instanceId = await lab.launchRunning({ TagSpecifications: [{ ResourceType: 'instance', Tags }] });
    const found = async () => {
      const Filters = [{ Name: 'tag:node', Values: ['one'] }];
      return (await lab.send(new DescribeInstancesCommand({ Filters }))).Reservations?.length;
    };
    await lab.terminate(instanceId);
    await lab.passSeconds(30 + 60);
    const more = { Key: 'more', Value: '' };
    await lab.send(new CreateTagsCommand({ Resources: [instanceId], Tags: [more] }));
    await lab.passSeconds(539.9);
    expect([await found(), (await lab.instance(instanceId)).Tags]).toEqual([1, [...Tags, more]]);
    await lab.passSeconds(0.1);
    expect([await found(), (await lab.instance(instanceId)).Tags]).toEqual([0, []]);
    expect(await stateOf(lab, instanceId)).toBe('terminated');
  });
});

describe('lists in any order', () => {
  const page = PAGES.api('DescribeInstances');

  async function made(lab: Lab): Promise<string[]> {
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push(await lab.makeInterface());
    return ids;
  }
  const listed = async (lab: Lab, input: { MaxResults?: number; NextToken?: string } = {}) => {
    const { NetworkInterfaces = [], NextToken } = await lab.send(new DescribeNetworkInterfacesCommand(input));
    return { ids: NetworkInterfaces.map(({ NetworkInterfaceId = '' }) => NetworkInterfaceId), NextToken };
  };

  rule('have the same elements, in another order each time', page, async () => {
    const lab = new Lab({ shuffleAnswers: true });
    const ids = await made(lab);
    const [first, second] = [(await listed(lab)).ids, (await listed(lab)).ids];
    expect(first).not.toEqual(ids);
    expect(second).not.toEqual(first);
    expect([[...first].sort(), [...second].sort()]).toEqual([[...ids].sort(), [...ids].sort()]);
  });

  rule('include tags, security groups, and the instances of a reservation', page, async () => {
    const orders = { tags: new Set<string>(), groups: new Set<string>(), instances: new Set<string>() };
    const lab = new Lab({ shuffleAnswers: true });
    const Tags = ['a', 'b', 'c'].map((Key) => ({ Key, Value: '' }));
    const SecurityGroupIds = ['one', 'two', 'three'].map((name) => lab.ec2.addSecurityGroup({ name }));
    const TagSpecifications = [{ ResourceType: 'instance' as const, Tags }];
    await lab.launch({ MinCount: 3, MaxCount: 3, SecurityGroupIds, TagSpecifications });
    for (let look = 0; look < 30; look += 1) {
      const { Reservations = [] } = await lab.send(new DescribeInstancesCommand({}));
      const instances = Reservations[0]?.Instances ?? [];
      orders.instances.add(instances.map(({ AmiLaunchIndex }) => AmiLaunchIndex).join());
      orders.tags.add((instances[0]?.Tags ?? []).map(({ Key }) => Key).join());
      orders.groups.add((instances[0]?.SecurityGroups ?? []).map(({ GroupName }) => GroupName).join());
    }
    expect([orders.tags.size, orders.groups.size, orders.instances.size]).toEqual([6, 6, 6]);
  });

  rule('do not change the contents of pages', PAGES.pagination, async () => {
    const lab = new Lab({ shuffleAnswers: true });
    const ids = await made(lab);
    const first = await listed(lab, { MaxResults: 8 });
    const second = await listed(lab, { MaxResults: 8, NextToken: first.NextToken });
    expect([...first.ids].sort()).toEqual(ids.slice(0, 8).sort());
    expect([...second.ids].sort()).toEqual(ids.slice(8).sort());
  });

  test('are the same for the same seed', async () => {
    const order = async (seed: number) => {
      const lab = new Lab({ seed, shuffleAnswers: true });
      const ids = await made(lab);
      return (await listed(lab)).ids.map((id) => ids.indexOf(id));
    };
    expect(await order(1)).toEqual(await order(1));
    expect(await order(1)).not.toEqual(await order(2));
  });
});
