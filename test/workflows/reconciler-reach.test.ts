/** What the reconciler reaches however much is under way, and how often it looks where it cannot. */
import { createNodes, isWhole, MINUTE_SECONDS, refused, UNAUTHORIZED, WITH_RECONCILER } from './long-play';
import { plays } from './play';

const open = plays();

const RUNNING = 150;

test(`a stopped operation is taken over although ${RUNNING} older ones run`, async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  const ids = await createNodes(play, RUNNING + 1, (document) => ({
    ...document,
    strategy: { ...document.strategy, drainingTimeout: 3_600 },
  }));
  for (const id of ids) {
    await play.settle(play.service.act(id, 'recycle'));
    await play.passSeconds(1);
  }
  await play.passSeconds(10);
  const stopped = ids.at(-1) ?? '';
  play.nodeId = stopped;
  const before = await play.node();
  play.sandbox.plane.abort(before.operation?.executionId ?? '');
  // It is taken over with what is left of its drain; a person who wants it now shortens that.
  await play.settle(play.service.update(stopped, { strategy: { drainingTimeout: 0 } }));
  await play.passSeconds(6 * MINUTE_SECONDS);
  expect(await isWhole(play)).toBe(true);
  expect((await play.node()).instance?.id).not.toBe(before.instance?.id);
});

test('a survey that EC2 refuses is taken once a minute, not thrice', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  await play.create();
  play.fault = (command) => (command.startsWith('Describe') ? refused(UNAUTHORIZED) : undefined);
  const from = play.calls.length;
  await play.passSeconds(20 * MINUTE_SECONDS);
  const surveys = play.calls.slice(from).filter(({ command }) => command === 'DescribeAddresses');
  expect(surveys.length).toBeGreaterThanOrEqual(19);
  expect(surveys.length).toBeLessThanOrEqual(21);
});
