/** Launches that fail before they run, and instances that end by themselves. */
import { StartInstancesCommand } from '@aws-sdk/client-ec2';
import { Lab, PAGES, rule } from '../lab';

const LAUNCH = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html';
const SHUTDOWN =
  'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingInstanceInitiatedShutdownBehavior.html';
const KEY_DENIED = { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' };

const stateOf = async (lab: Lab, instanceId: string) => (await lab.instance(instanceId)).State?.Name;
const eventStates = (lab: Lab, instanceId: string) =>
  lab.events.filter(({ detail }) => detail['instance-id'] === instanceId).map(({ detail }) => detail['state']);

describe('failed launches', () => {
  rule('are pending, shutting-down, terminated, with the reason', LAUNCH, async () => {
    const lab = new Lab();
    lab.ec2.failLaunches({ stateReason: KEY_DENIED });
    const instanceId = await lab.launch();
    expect(await stateOf(lab, instanceId)).toBe('pending');
    await lab.passSeconds(10);
    expect(await lab.instance(instanceId)).toMatchObject({
      State: { Name: 'shutting-down' },
      StateReason: { Code: KEY_DENIED.code, Message: KEY_DENIED.message },
      StateTransitionReason: KEY_DENIED.code,
    });
    await lab.passSeconds(5);
    expect(await lab.instance(instanceId)).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: KEY_DENIED.code },
    });
    expect(eventStates(lab, instanceId)).toEqual(['pending', 'shutting-down', 'terminated']);
  });

  rule('release an interface that existed before', LAUNCH, async () => {
    const lab = new Lab();
    lab.ec2.failLaunches({ stateReason: KEY_DENIED });
    const interfaceId = await lab.makeInterface();
    await lab.launchWith(interfaceId);
    await lab.passSeconds(20);
    expect(await lab.interface(interfaceId)).toMatchObject({ Status: 'available' });
  });

  rule('are limited by the count; the next launch succeeds', LAUNCH, async () => {
    const lab = new Lab();
    lab.ec2.failLaunches({ stateReason: KEY_DENIED, count: 2 });
    const ids = [await lab.launch(), await lab.launch(), await lab.launch()];
    await lab.passSeconds(10);
    expect(await Promise.all(ids.map((id) => stateOf(lab, id)))).toEqual(['shutting-down', 'shutting-down', 'running']);
  });

  test.each([
    { selector: { instanceType: 'm7g.large' }, fails: true },
    { selector: { instanceType: 'm6g.large' }, fails: false },
    { selector: { availabilityZone: 'us-east-1b' }, fails: false },
    { selector: { availabilityZone: 'us-east-1a', lifeCycle: 'spot' }, fails: true },
    { selector: { lifeCycle: 'on_demand' }, fails: false },
    { selector: { tag: { key: 'node', value: 'one' } }, fails: true },
    { selector: { tag: { key: 'node', value: 'two' } }, fails: false },
  ] as const)(`must match the selector: $selector, fails: $fails [${LAUNCH}]`, async ({ selector, fails }) => {
    const lab = new Lab();
    lab.ec2.failLaunches({ ...selector, stateReason: KEY_DENIED });
    const Tags = [{ Key: 'node', Value: 'one' }];
    const instanceId = await lab.launchRunning({ TagSpecifications: [{ ResourceType: 'instance', Tags }] });
    expect(await stateOf(lab, instanceId)).toBe(fails ? 'shutting-down' : 'running');
  });

  test('end when they are revoked', async () => {
    const lab = new Lab();
    lab.ec2.failLaunches({ stateReason: KEY_DENIED });
    lab.ec2.spareLaunches();
    expect(await stateOf(lab, await lab.launchRunning())).toBe('running');
  });
});

describe('guests that shut themselves down', () => {
  rule('a Spot Instance is terminated by it', SHUTDOWN, async () => {
    const lab = new Lab();
    lab.ec2.endAfterRunning(60_000, 1);
    const instanceId = await lab.launchRunning();
    await lab.passSeconds(59.9);
    expect(await stateOf(lab, instanceId)).toBe('running');
    await lab.passSeconds(0.1);
    expect(await lab.instance(instanceId)).toMatchObject({
      State: { Name: 'shutting-down' },
      StateReason: { Code: 'Client.InstanceInitiatedShutdown' },
    });
    const next = await lab.launchRunning();
    await lab.passSeconds(120);
    expect(await stateOf(lab, next)).toBe('running');
  });

  rule('an on-demand instance is stopped by it', SHUTDOWN, async () => {
    const lab = new Lab();
    lab.ec2.endAfterRunning(60_000);
    const instanceId = await lab.launchOnDemand();
    await lab.passSeconds(80);
    expect(await lab.instance(instanceId)).toMatchObject({
      State: { Name: 'stopped' },
      StateReason: { Code: 'Client.InstanceInitiatedShutdown' },
    });
    await lab.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
    await lab.passSeconds(120);
    expect(await stateOf(lab, instanceId)).toBe('running');
  });

  rule('an instance that has stopped before stays stopped', PAGES.lifecycle, async () => {
    const lab = new Lab();
    lab.ec2.endAfterRunning(200_000);
    const instanceId = await lab.launchRunning();
    lab.ec2.interruptSpotInstance(instanceId, 'stop');
    await lab.passSeconds(300);
    expect(await stateOf(lab, instanceId)).toBe('stopped');
  });

  rule('an instance that was terminated before keeps its reason', PAGES.lifecycle, async () => {
    const lab = new Lab();
    lab.ec2.endAfterRunning(20_000);
    const instanceId = await lab.launchRunning();
    await lab.terminate(instanceId);
    await lab.passSeconds(30);
    expect(await lab.instance(instanceId)).toMatchObject({
      StateReason: { Code: 'Client.UserInitiatedShutdown' },
      StateTransitionReason: 'User initiated (2026-01-01 00:00:10 GMT)',
    });
  });
});
