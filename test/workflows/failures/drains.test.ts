/** A drain ends early when it must: at the warning's deadline, with the instance, and when a person shortens it. */
import type { NodeConfig } from '../../../domain/config/node-config';
import { HOUR_SECONDS, isServed, isWhole, longestAway, secondsUntil, WITH_RECONCILER } from '../long-play';
import { plays, type Play } from '../play';

const open = plays();

/** An hour: the longest that a document may ask for. */
const DRAINING_SECONDS = HOUR_SECONDS;
/** EC2 announces the end of a Spot Instance this long before. */
const NOTICE_SECONDS = 120;
/** The slowest cold replacement in EC2, and the time to notice that it is needed. */
const AWAY_SECONDS = 120;
/** An update that shortens a drain takes effect within this time. */
const EFFECTIVE_WITHIN_SECONDS = 30;

const withDrain = (document: NodeConfig): NodeConfig => ({
  ...document,
  strategy: { ...document.strategy, drainingTimeout: DRAINING_SECONDS },
});

async function draining(how: 'recycle' | 'pause'): Promise<Play> {
  const play = await open({ controlPlane: WITH_RECONCILER });
  await play.create(withDrain);
  await play.settle(play.service.act(play.nodeId, how));
  await play.passSeconds(60);
  expect(play.liveInstanceIds()).toHaveLength(1);
  return play;
}

test('a recycle waits for the whole drain if nothing ends it early', async () => {
  const play = await draining('recycle');
  const { instance, identity } = await play.node();
  await play.passSeconds(DRAINING_SECONDS - 120);
  expect(play.instanceState(instance?.id ?? '')).toBe('running');
  expect(isServed(play, identity.interfaceId ?? '')).toBe(true);
  await play.passSeconds(120 + AWAY_SECONDS);
  expect(await isWhole(play)).toBe(true);
});

describe('the drain of a recycle', () => {
  test('ends with the instance that a warning announces two minutes ahead', async () => {
    const play = await draining('recycle');
    const { identity, instance } = await play.node();
    await play.interrupt();
    const away = await longestAway(play, identity.interfaceId ?? '', NOTICE_SECONDS + 2 * AWAY_SECONDS);
    expect(away).toBeLessThanOrEqual(AWAY_SECONDS);
    expect(await isWhole(play)).toBe(true);
    expect((await play.node()).instance?.id).not.toBe(instance?.id);
  });

  test('ends with the instance', async () => {
    const play = await draining('recycle');
    const { identity, instance } = await play.node();
    await play.terminateByHand(instance?.id ?? '');
    const away = await longestAway(play, identity.interfaceId ?? '', 3 * AWAY_SECONDS);
    expect(away).toBeLessThanOrEqual(AWAY_SECONDS);
    expect(await isWhole(play)).toBe(true);
  });

  test.each([0, 90])('ends when a person lowers it to %i seconds', async (drainingTimeout) => {
    const play = await draining('recycle');
    const before = await play.node();
    await play.settle(play.service.update(play.nodeId, { strategy: { drainingTimeout } }));
    const ended = await secondsUntil(
      play,
      ({ instance }) => play.instanceState(instance?.id ?? '') !== 'running',
      drainingTimeout + EFFECTIVE_WITHIN_SECONDS,
    );
    expect(ended).toBeLessThanOrEqual(Math.max(0, drainingTimeout - 60) + EFFECTIVE_WITHIN_SECONDS);
    await play.passSeconds(2 * AWAY_SECONDS);
    expect(await isWhole(play)).toBe(true);
    expect((await play.node()).instance?.id).not.toBe(before.instance?.id);
    expect((await play.node()).config.strategy?.drainingTimeout).toBe(drainingTimeout);
  });
});

describe('the drain of a pause', () => {
  const isPaused = ({ status, operation }: Awaited<ReturnType<Play['node']>>) =>
    status === 'PAUSED' && operation === undefined;

  test.each([
    { end: 'with the warning of the instance', cut: (play: Play) => play.interrupt() },
    {
      end: 'with the instance',
      cut: async (play: Play) => play.terminateByHand((await play.node()).instance?.id ?? ''),
    },
    {
      end: 'when a person lowers it',
      cut: (play: Play) => play.settle(play.service.update(play.nodeId, { strategy: { drainingTimeout: 0 } })),
    },
  ])('ends $end', async ({ cut }) => {
    const play = await draining('pause');
    await cut(play);
    const limit = NOTICE_SECONDS + AWAY_SECONDS;
    expect(await secondsUntil(play, isPaused, limit)).toBeLessThanOrEqual(limit);
    expect(play.liveInstanceIds()).toEqual([]);
  });
});

test('the drain of a deletion ends when the instance does', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  const { instance } = await play.create(withDrain);
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
  await play.settle(play.service.delete(play.nodeId, deletion));
  await play.passSeconds(60);
  await play.terminateByHand(instance?.id ?? '');
  await play.passSeconds(2 * AWAY_SECONDS);
  expect(await play.settle(play.sandbox.node(play.nodeId))).toBeUndefined();
  expect(play.interfaceIds()).toEqual([]);
});
