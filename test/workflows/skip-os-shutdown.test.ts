/** `strategy.skipOsShutdown`: who ends without an OS shutdown, and who does not. */
import type { TerminateInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { NodeConfig } from '../../domain/config/node-config';
import { leavingData } from './left-volumes';
import { identityIn, plays, type Play } from './play';

const open = plays();

const skipping = (document: NodeConfig): NodeConfig => ({
  ...document,
  strategy: { ...document.strategy, skipOsShutdown: true },
});

/** Of each termination, in their order, whether it skips the OS shutdown. */
const skipped = (play: Play): readonly boolean[] =>
  play
    .callsOf('TerminateInstances')
    .map(({ input }) => (input as TerminateInstancesCommandInput).SkipOsShutdown === true);

async function logOf(play: Play): Promise<readonly string[]> {
  const { entries } = await play.settle(play.service.log(play.nodeId, { limit: 1000 }));
  return entries.map(({ message }) => message);
}

/** From the end of the old instance until the replacement runs, in seconds of modelled time. */
async function secondsAway(play: Play): Promise<number> {
  await play.interrupt();
  await play.untilIdle();
  const endedAt = play.callsOf('TerminateInstances')[0]?.at ?? NaN;
  const confirmedAt = play.history.findLast(
    ({ state, type }) => state === 'Confirm the node' && type === 'entered',
  )?.at;
  return ((confirmedAt ?? NaN) - endedAt) / 1000;
}

test.each([1, 2, 3])(
  'seed %i: a cold replacement takes less than two thirds of the time, with the same addresses',
  async (seed) => {
    const usual = await open({ seed });
    await usual.create();
    const usualSeconds = await secondsAway(usual);

    const play = await open({ seed });
    await play.create(skipping);
    const before = await play.addresses();
    const seconds = await secondsAway(play);
    const after = await play.addresses();

    expect(skipped(usual)).toEqual([false]);
    expect(skipped(play)).toEqual([true]);
    expect(seconds).toBeLessThan((usualSeconds * 2) / 3);
    expect(identityIn(after)).toEqual(identityIn(before));
    expect(await logOf(play)).toContainEqual(expect.stringMatching(/^terminating i-\w+ without its OS shutdown$/));
  },
);

test('an instance with a volume of an earlier configuration gets its shutdown, and the next one does not', async () => {
  const play = await open();
  await play.create(leavingData);
  const [volumeId] = [...play.sandbox.ec2.world.volumes.values()]
    .filter(({ sizeGib }) => sizeGib === 100)
    .map(({ id }) => id);
  const patch = {
    strategy: { skipOsShutdown: true },
    compute: { launchSpecification: { blockDeviceMappings: null } },
  };
  await play.ask((service) => service.update(play.nodeId, patch));
  await play.ask((service) => service.act(play.nodeId, 'recycle'));
  await play.ask((service) => service.act(play.nodeId, 'recycle'));

  expect(skipped(play)).toEqual([false, true]);
  expect(await logOf(play)).toContainEqual(
    expect.stringMatching(new RegExp(`^terminating i-\\w+ with its OS shutdown, because of .* ${volumeId}$`)),
  );
});

test('a pause, a resume and a deletion skip no shutdown', async () => {
  const play = await open();
  await play.create(skipping);
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  await play.ask((service) => service.act(play.nodeId, 'resume'));
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
  await play.ask((service) => service.delete(play.nodeId, deletion));

  expect(skipped(play)).toEqual([false, false]);
});

test('a hot replacement skips no shutdown: its address has moved by then', async () => {
  const play = await open({ attachment: 'hot' });
  await play.create(skipping);
  await play.interrupt();
  await play.untilIdle();

  expect(skipped(play)).toEqual([false]);
});
