/** One operation per node: events that come twice, together, for the wrong instance, or during an operation. */
import type { NodeConfig } from '../../domain/config/node-config';
import type { EventBridgeEvent } from '../../simulator/events';
import { identityIn, plays } from './play';

const open = plays();

const withRebalance =
  (rebalanceRecommendation: 'ignore' | 'replace') =>
  (document: NodeConfig): NodeConfig => ({ ...document, strategy: { ...document.strategy, rebalanceRecommendation } });

const warning = (instanceId: string, time: string): EventBridgeEvent => ({
  version: '0',
  id: '12345678-1234-1234-1234-123456789012',
  'detail-type': 'EC2 Spot Instance Interruption Warning',
  source: 'aws.ec2',
  account: '123456789012',
  time,
  region: 'us-east-1',
  resources: [`arn:aws:ec2:us-east-1a:instance/${instanceId}`],
  detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
});

test.each([
  { attachment: 'cold' as const, copies: [0, 0] },
  { attachment: 'cold' as const, copies: [100, 40_000] },
  { attachment: 'hot' as const, copies: [0, 0] },
  { attachment: 'hot' as const, copies: [100, 300_000] },
])('$attachment: the same event after $copies ms makes one replacement', async ({ attachment, copies }) => {
  const play = await open({ attachment, controlPlane: { deliver: () => ({ copies }) } });
  await play.create();
  const before = await play.addresses();
  await play.interrupt();
  await play.untilIdle();

  expect(play.executionsOf('replace-node').map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  // The first launch, and one replacement.
  expect(play.callsOf('RunInstances')).toHaveLength(2);
  expect(identityIn(await play.addresses())).toEqual(identityIn(before));
  expect((await play.node()).intents).toEqual([]);
});

test('a warning and a rebalance recommendation together make one replacement', async () => {
  const play = await open();
  const { instance } = await play.create(withRebalance('replace'));
  play.sandbox.ec2.recommendRebalance(instance?.id ?? '');
  play.sandbox.ec2.interruptSpotInstance(instance?.id ?? '');
  await play.untilIdle();
  expect(play.executionsOf('replace-node')).toHaveLength(2);
  expect(play.callsOf('RunInstances')).toHaveLength(2);
  expect((await play.node()).status).toBe('ACTIVE');
});

test.each([
  { rebalanceRecommendation: 'ignore' as const, launches: 1 },
  { rebalanceRecommendation: 'replace' as const, launches: 2 },
])('a rebalance recommendation alone: $rebalanceRecommendation', async ({ rebalanceRecommendation, launches }) => {
  const play = await open();
  const { instance } = await play.create(withRebalance(rebalanceRecommendation));
  play.sandbox.ec2.recommendRebalance(instance?.id ?? '');
  await play.untilIdle();
  expect(play.callsOf('RunInstances')).toHaveLength(launches);
  expect(play.executionsOf('replace-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
  expect((await play.node()).status).toBe('ACTIVE');
});

test('the execution for an instance that is not a node’s ends at once, successfully', async () => {
  const play = await open();
  await play.create();
  const before = await play.node();
  play.publish(warning('i-0feedfacefeedface', '2026-01-01T00:00:00Z'));
  await play.untilIdle();
  const [execution] = play.executionsOf('replace-node');
  expect(execution?.status).toBe('SUCCEEDED');
  expect(play.statesEntered('replace-node').at(-1)).toBe('Nothing to do');
  expect(await play.node()).toEqual(before);
});

test('a warning that comes after the replacement changes nothing: its instance no longer carries the node', async () => {
  const play = await open();
  await play.create();
  const oldInstanceId = await play.interrupt();
  await play.untilIdle();
  const replaced = await play.node();
  play.publish(warning(oldInstanceId, '2026-01-01T00:00:00Z'));
  await play.untilIdle();
  expect(await play.node()).toEqual(replaced);
});

describe.each(['cold', 'hot'] as const)('%s: the replacement is interrupted during the operation', (attachment) => {
  const noun = attachment === 'cold' ? 'Cold' : 'Hot';
  // The launch attaches a primary interface.
  const attaching =
    attachment === 'cold' ? 'Cold: wait until the replacement runs' : 'Hot: attach the ENI and reassociate the EIP';

  test.each([
    { phase: 'while it starts', state: `${noun}: wait until the replacement runs` },
    { phase: 'while the interface is attached', state: attaching },
    { phase: 'before it is confirmed', state: 'Confirm the node' },
  ])('with a warning $phase: it is replaced in turn', async ({ state }) => {
    const play = await open({ attachment });
    await play.create();
    const before = await play.addresses();
    await play.interrupt();
    await play.untilEntered(state);
    const replacementId = (await play.node()).operation?.launch?.instanceId ?? '';
    play.sandbox.ec2.interruptSpotInstance(replacementId);
    await play.untilIdle();
    await play.passSeconds(300);

    const after = await play.addresses();
    expect(identityIn(after)).toEqual(identityIn(before));
    expect(after?.instanceId).not.toBe(replacementId);
    expect(play.liveInstanceIds()).toEqual([after?.instanceId]);
    expect(await play.node()).toMatchObject({ status: 'ACTIVE', intents: [] });
    expect((await play.node()).operation).toBeUndefined();
  });

  test.each([
    { phase: 'while it starts', state: `${noun}: wait until the replacement runs` },
    { phase: 'before the interface is attached', state: attaching },
  ])('terminated without a warning $phase: another replacement is launched', async ({ state }) => {
    const play = await open({ attachment });
    await play.create();
    const before = await play.addresses();
    await play.interrupt();
    await play.untilEntered(state);
    const replacementId = (await play.node()).operation?.launch?.instanceId ?? '';
    // EC2 finds a new instance by its id only after a moment.
    await play.passSeconds(state.endsWith('runs') ? 3 : 0);
    await play.terminateByHand(replacementId);
    await play.untilIdle();
    await play.passSeconds(300);

    const node = await play.node();
    const after = await play.addresses();
    expect(identityIn(after)).toEqual(identityIn(before));
    expect(play.liveInstanceIds()).toEqual([after?.instanceId]);
    expect(node).toMatchObject({ status: 'ACTIVE' });
  });
});

test('the first instance is interrupted during the launch: the node comes up all the same', async () => {
  const play = await open();
  await play.startCreating();
  await play.untilEntered('Cold: wait until the replacement runs');
  const instanceId = (await play.node()).operation?.launch?.instanceId ?? '';
  play.sandbox.ec2.interruptSpotInstance(instanceId);
  await play.untilIdle();
  expect((await play.node()).instance?.id).not.toBe(instanceId);
  expect(await play.node()).toMatchObject({ status: 'ACTIVE', identity: { privateIp: '10.0.0.42' } });
});

test('an operation that lost the node stops and changes nothing', async () => {
  const play = await open();
  await play.create();
  await play.interrupt();
  await play.untilEntered('Terminate the old instance');
  const stolen = await play.stealNode();
  await play.untilIdle();
  expect(await play.node()).toEqual(stolen);
  expect(play.statesEntered('replace-node').at(-1)).toBe('Another operation owns the node');
  expect(play.callsOf('RunInstances')).toHaveLength(1);
});
