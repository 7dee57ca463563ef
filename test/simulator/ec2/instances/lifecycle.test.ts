import {
  DescribeInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, refusals, rule } from '../lab';

const stateOf = async (lab: Lab, instanceId: string) => (await lab.instance(instanceId)).State?.Name;
const stop = (lab: Lab, ...ids: string[]) => lab.send(new StopInstancesCommand({ InstanceIds: ids }));
const start = (lab: Lab, ...ids: string[]) => lab.send(new StartInstancesCommand({ InstanceIds: ids }));
const statesTold = (lab: Lab) => lab.events.map(({ detail }) => detail['state']);

describe('instance states', () => {
  rule('pending, then running', PAGES.lifecycle, async () => {
    const lab = new Lab();
    const instanceId = await lab.launch();
    await lab.passSeconds(9.9);
    expect(await stateOf(lab, instanceId)).toBe('pending');
    await lab.passSeconds(0.1);
    expect(await stateOf(lab, instanceId)).toBe('running');
  });

  rule('shutting-down, then terminated', PAGES.lifecycle, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    expect((await lab.terminate(instanceId)).TerminatingInstances).toMatchObject([
      { InstanceId: instanceId, PreviousState: { Name: 'running' }, CurrentState: { Name: 'shutting-down', Code: 32 } },
    ]);
    await lab.passSeconds(29.9);
    expect(await stateOf(lab, instanceId)).toBe('shutting-down');
    await lab.passSeconds(0.1);
    expect(await stateOf(lab, instanceId)).toBe('terminated');
  });

  rule('a pending instance can be terminated, and then never runs', PAGES.lifecycle, async () => {
    const lab = new Lab();
    const instanceId = await lab.launch();
    await lab.terminate(instanceId);
    await lab.passSeconds(60);
    expect(await stateOf(lab, instanceId)).toBe('terminated');
    expect(statesTold(lab)).toEqual(['pending', 'shutting-down', 'terminated']);
  });

  rule('SkipOsShutdown ends it sooner', PAGES.api('TerminateInstances'), async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    await lab.send(new TerminateInstancesCommand({ InstanceIds: [instanceId], SkipOsShutdown: true }));
    await lab.passSeconds(5);
    expect(await stateOf(lab, instanceId)).toBe('terminated');
  });

  rule('terminating is idempotent', PAGES.api('TerminateInstances'), async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    await lab.terminate(instanceId);
    await lab.passSeconds(20);
    await lab.terminate(instanceId);
    await lab.passSeconds(10);
    expect((await lab.terminate(instanceId)).TerminatingInstances).toMatchObject([
      { PreviousState: { Name: 'terminated' }, CurrentState: { Name: 'terminated' } },
    ]);
  });

  rule('with one unknown id, no instance is terminated', PAGES.api('TerminateInstances'), async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    const InstanceIds = [instanceId, 'i-0123456789abcdef0'];
    const call = lab.send(new TerminateInstancesCommand({ InstanceIds }));
    expect(await codeOf(call)).toBe('InvalidInstanceID.NotFound');
    expect(await stateOf(lab, instanceId)).toBe('running');
  });

  rule('a terminated instance is shown for about an hour, without a network', PAGES.terminating, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchWith(await lab.makeInterface());
    await lab.passSeconds(10);
    await lab.terminate(instanceId);
    await lab.passSeconds(30);
    const seen = await lab.instance(instanceId);
    expect([seen.SubnetId, seen.PrivateIpAddress, seen.NetworkInterfaces]).toEqual([undefined, undefined, []]);
    expect(seen.StateReason?.Code).toBe('Client.UserInitiatedShutdown');
    await lab.passSeconds(3599);
    expect(await stateOf(lab, instanceId)).toBe('terminated');
    await lab.passSeconds(1);
    expect(await codeOf(lab.instance(instanceId))).toBe('InvalidInstanceID.NotFound');
  });

  rule('stopping, stopped, and pending again', PAGES.lifecycle, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchOnDemand();
    const { PrivateIpAddress } = await lab.instance(instanceId);
    await stop(lab, instanceId);
    expect(await stateOf(lab, instanceId)).toBe('stopping');
    await lab.passSeconds(20);
    expect(await stateOf(lab, instanceId)).toBe('stopped');
    await start(lab, instanceId);
    await lab.passSeconds(10);
    expect(await lab.instance(instanceId)).toMatchObject({ State: { Name: 'running' }, PrivateIpAddress });
    expect(statesTold(lab)).toEqual(['pending', 'running', 'stopping', 'stopped', 'pending', 'running']);
  });

  rule('starting needs capacity too', PAGES.errors, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchOnDemand();
    await stop(lab, instanceId);
    await lab.passSeconds(20);
    lab.ec2.setCapacity({ instanceType: 'm7g.large', availabilityZone: 'us-east-1a', lifeCycle: 'on_demand' }, 0);
    expect(await codeOf(start(lab, instanceId))).toBe('InsufficientInstanceCapacity');
  });

  refusals([
    {
      refused: 'stopping a pending instance',
      page: PAGES.lifecycle,
      code: 'IncorrectInstanceState',
      call: async (lab) => stop(lab, await lab.launch({ InstanceMarketOptions: undefined })),
    },
    {
      refused: 'stopping a one-time Spot instance',
      page: PAGES.spotStop,
      code: 'UnsupportedOperation',
      call: async (lab) => stop(lab, await lab.launchRunning()),
    },
    {
      refused: 'starting a terminated instance',
      page: PAGES.lifecycle,
      code: 'IncorrectInstanceState',
      call: async (lab) => {
        const instanceId = await lab.launchOnDemand();
        await lab.terminate(instanceId);
        await lab.passSeconds(30);
        await start(lab, instanceId);
      },
    },
    {
      refused: 'an id that is not an instance id',
      page: PAGES.errors,
      code: 'InvalidInstanceID.Malformed',
      call: (lab) => lab.terminate('nonsense'),
    },
    {
      refused: 'a call without ids',
      page: PAGES.errors,
      code: 'MissingParameter',
      call: (lab) => lab.send(new TerminateInstancesCommand({ InstanceIds: [] })),
    },
  ]);
});

describe('events', () => {
  rule('every change of state has an event at the moment it happens', PAGES.stateEvents, async () => {
    const lab = new Lab();
    const instanceId = await lab.launch();
    await lab.passSeconds(10);
    await lab.terminate(instanceId);
    await lab.passSeconds(30);
    expect(lab.events.map(({ time, detail }) => [time, detail])).toEqual([
      ['2026-01-01T00:00:00Z', { 'instance-id': instanceId, state: 'pending' }],
      ['2026-01-01T00:00:10Z', { 'instance-id': instanceId, state: 'running' }],
      ['2026-01-01T00:00:10Z', { 'instance-id': instanceId, state: 'shutting-down' }],
      ['2026-01-01T00:00:40Z', { 'instance-id': instanceId, state: 'terminated' }],
    ]);
  });

  rule('a state change has this event', PAGES.stateEvents, async () => {
    const lab = new Lab();
    const instanceId = await lab.launch();
    expect(lab.events[0]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      'detail-type': 'EC2 Instance State-change Notification',
      source: 'aws.ec2',
      account: '123456789012',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${instanceId}`],
      detail: { 'instance-id': instanceId, state: 'pending' },
    });
  });

  rule('an interruption sends this warning now, and ends the instance 120 s later', PAGES.interruptions, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    lab.ec2.interruptSpotInstance(instanceId);
    expect(lab.events.at(-1)).toMatchObject({
      'detail-type': 'EC2 Spot Instance Interruption Warning',
      source: 'aws.ec2',
      resources: [`arn:aws:ec2:us-east-1a:instance/${instanceId}`],
      detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
    });
    await lab.passSeconds(119.9);
    expect(await stateOf(lab, instanceId)).toBe('running');
    await lab.passSeconds(0.1);
    expect(await lab.instance(instanceId)).toMatchObject({
      State: { Name: 'shutting-down' },
      StateReason: { Code: 'Server.SpotInstanceTermination' },
    });
  });

  rule('an instance is interrupted even if its warning was lost', PAGES.interruptions, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    const eventCount = lab.events.length;
    lab.ec2.reclaimSpotInstance(instanceId);
    await lab.passSeconds(119.9);
    expect(lab.events).toHaveLength(eventCount);
    expect(await stateOf(lab, instanceId)).toBe('running');
    await lab.passSeconds(0.1);
    expect(await stateOf(lab, instanceId)).toBe('shutting-down');
  });

  rule('an instance that ended before is not changed', PAGES.interruptions, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    lab.ec2.interruptSpotInstance(instanceId);
    await lab.terminate(instanceId);
    await lab.passSeconds(200);
    expect(await lab.instance(instanceId)).toMatchObject({ StateReason: { Code: 'Client.UserInitiatedShutdown' } });
  });

  rule('an interruption may stop instead', PAGES.interruptions, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    lab.ec2.interruptSpotInstance(instanceId, 'stop');
    expect(lab.events.at(-1)?.detail).toEqual({ 'instance-id': instanceId, 'instance-action': 'stop' });
    await lab.passSeconds(120);
    expect(await stateOf(lab, instanceId)).toBe('stopping');
  });

  rule('a rebalance recommendation has an event and no other effect', PAGES.rebalance, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    lab.ec2.recommendRebalance(instanceId);
    expect(lab.events.at(-1)).toMatchObject({
      'detail-type': 'EC2 Instance Rebalance Recommendation',
      detail: { 'instance-id': instanceId },
    });
    await lab.passSeconds(600);
    expect(await stateOf(lab, instanceId)).toBe('running');
  });

  rule('only Spot instances are interrupted', PAGES.interruptions, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchOnDemand();
    expect(() => lab.ec2.interruptSpotInstance(instanceId)).toThrow('not a Spot instance');
    expect(() => lab.ec2.reclaimSpotInstance(instanceId)).toThrow('not a Spot instance');
    expect(() => lab.ec2.recommendRebalance(instanceId)).toThrow('not a Spot instance');
  });
});

test('a launch of two instances is one reservation; two launches are two reservations', async () => {
  const lab = new Lab();
  await lab.launch({ MinCount: 2, MaxCount: 2 });
  await lab.launch();
  const { Reservations } = await lab.send(new DescribeInstancesCommand({ Filters: [] }));
  expect(Reservations?.map(({ Instances }) => Instances?.length)).toEqual([2, 1]);
});
