/** A hot node’s launch template, and the launch from it if many nodes launch at once. */
import type { Fault } from '../../simulator/ec2/injected-faults';
import { PACED_ACTIONS } from '../../domain/throttling/paced-actions';
import { plays, type Play, type PlayOptions } from './play';

const open = plays();

const HOT = { attachment: 'hot' } as const;
const templates = (play: Play) => [...play.sandbox.ec2.world.launchTemplates.values()];
const called = (play: Play, command: string) => play.calls.filter((call) => call.command === command);
const living = (play: Play) =>
  [...play.sandbox.ec2.world.instances.values()].filter(({ state }) => state === 'running' || state === 'pending');

async function created(options: PlayOptions = HOT): Promise<Play> {
  const play = await open(options);
  await play.create();
  return play;
}

/** Interrupts the node while so many others wait for their launches that its own would wait for minutes. */
async function interruptInStorm(play: Play): Promise<void> {
  const { pacer } = play.ports;
  for (let taken = 0; taken < 200; taken += 1) {
    await play.settle(pacer.take('RunInstances', new Date(play.clock.now()).toISOString()));
  }
  play.calls.length = 0;
  await play.interrupt();
  await play.untilIdle();
}

test('is made with the first launch, carries the tags of its node, and is deleted with it', async () => {
  const play = await created();
  const [template, ...more] = templates(play);
  expect(more).toEqual([]);
  expect(template?.name).toBe((await play.node()).launchTemplate);
  expect(template?.tags.current).toEqual({
    'holdfast:node-id': play.nodeId,
    'holdfast:deployment': play.sandbox.plane.environmentOf('NodeApi')['DEPLOYMENT'],
  });
  await play.ask((service) =>
    service.delete(play.nodeId, { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true }),
  );
  expect(templates(play)).toEqual([]);
});

test('a cold node has none', async () => {
  const play = await created({ attachment: 'cold' });
  expect(templates(play)).toEqual([]);
});

test('is replaced when the configuration changes, and stays as it is otherwise', async () => {
  const play = await created();
  const [before] = templates(play);
  await play.interrupt();
  await play.untilIdle();
  expect(templates(play)).toEqual([before]);
  await play.ask((service) =>
    service.update(play.nodeId, { compute: { launchSpecification: { userData: 'aGVsbG8=' } } }),
  );
  await play.interrupt();
  await play.untilIdle();
  await play.reconcile();
  const [after, ...more] = templates(play);
  expect(more).toEqual([]);
  expect(after?.data['UserData']).toBe('aGVsbG8=');
  expect(after?.name).not.toBe(before?.name);
});

test('a node alone is launched without a fleet', async () => {
  const play = await created();
  play.calls.length = 0;
  await play.interrupt();
  await play.untilIdle();
  expect([called(play, 'CreateFleet').length, called(play, 'RunInstances').length]).toEqual([0, 1]);
  expect(called(play, 'CreateLaunchTemplate')).toEqual([]);
});

test('a node among many others is launched by a fleet at once, with everything that a launch gives it', async () => {
  const play = await created();
  const before = await play.node();
  await interruptInStorm(play);
  const node = await play.node();
  expect(node.status).toBe('ACTIVE');
  expect([called(play, 'CreateFleet').length, called(play, 'RunInstances').length]).toEqual([1, 0]);
  const [ours] = living(play).filter(({ id }) => id === node.instance?.id);
  expect(ours?.tags.current).toMatchObject({
    'holdfast:node-id': play.nodeId,
    'holdfast:generation': String(node.generation),
  });
  expect(ours?.volumeTags).toMatchObject({ 'holdfast:node-id': play.nodeId });
  expect(node.identity).toEqual(before.identity);
  expect(play.history.filter(({ state }) => state === 'Hot: wait for capacity or a turn')).toEqual([]);
});

test('an outdated template is not used', async () => {
  const play = await created();
  play.fault = (command) => (command === 'CreateLaunchTemplate' ? { kind: 'throttle' } : undefined);
  await play.ask((service) =>
    service.update(play.nodeId, { compute: { launchSpecification: { userData: 'aGVsbG8=' } } }),
  );
  await interruptInStorm(play);
  expect([called(play, 'CreateFleet').length, called(play, 'RunInstances').length]).toEqual([0, 1]);
  expect((await play.node()).status).toBe('ACTIVE');
});

describe.each([true, false])('if a repeat lists what the first fleet launched: %s', (fleetRepeatsAreComplete) => {
  test.each<Fault>([{ kind: 'error-after' }, { kind: 'crash-after' }, { kind: 'throttle' }, { kind: 'crash-before' }])(
    'the fleet’s first answer is lost: $kind. No second instance is launched',
    async (fault) => {
      const play = await created({ ...HOT, ec2: { fleetRepeatsAreComplete } });
      let left = 1;
      play.fault = (command) => (command === 'CreateFleet' && left-- > 0 ? fault : undefined);
      await interruptInStorm(play);
      const node = await play.node();
      expect(node.status).toBe('ACTIVE');
      await play.passSeconds(300);
      expect(living(play).map(({ id }) => id)).toEqual([node.instance?.id]);
      expect(play.sandbox.ec2.world.instances.size).toBe(2);
    },
  );
});

test.each<{ name: string; code: string }>([
  { name: 'there is no permission', code: 'UnauthorizedOperation' },
  { name: 'there are too many fleets', code: 'MaxFleetCountExceeded' },
  { name: 'EC2 does not take the template', code: 'InvalidParameterCombination' },
])('the node is launched without a fleet if $name', async ({ code }) => {
  const play = await created();
  play.fault = (command) => (command === 'CreateFleet' ? { kind: 'refuse', code, message: 'no' } : undefined);
  await interruptInStorm(play);
  expect((await play.node()).status).toBe('ACTIVE');
  expect([called(play, 'CreateFleet').length, called(play, 'RunInstances').length]).toEqual([1, 1]);
});

test('the node is launched without a fleet if a person has deleted its template', async () => {
  const play = await created();
  play.sandbox.ec2.world.launchTemplates.clear();
  await interruptInStorm(play);
  expect((await play.node()).status).toBe('ACTIVE');
  expect(called(play, 'RunInstances')).toHaveLength(1);
});

test('fleets take as many turns as EC2 allows, and no more', () => {
  const { burst, intervalMs, bucket } = PACED_ACTIONS.CreateFleet;
  expect(burst).toBeLessThan(bucket);
  expect(1_000 / intervalMs).toBeLessThan(5);
});
