/** The reconciler takes over an operation however many others run, and surveys once a minute even if EC2 refuses. */
import { createNodes, isWhole, MINUTE_SECONDS, refused, UNAUTHORIZED, WITH_RECONCILER } from '../long-play';
import { plays } from '../play';

const open = plays();

const RUNNING = 150;

test(`an operation whose execution was aborted is taken over while ${RUNNING} older ones run`, async () => {
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
  // It is taken over with the rest of its drain; the update ends the drain.
  await play.settle(play.service.update(stopped, { strategy: { drainingTimeout: 0 } }));
  await play.passSeconds(6 * MINUTE_SECONDS);
  expect(await isWhole(play)).toBe(true);
  expect((await play.node()).instance?.id).not.toBe(before.instance?.id);
});

test('a survey that EC2 refuses is repeated once a minute, not three times', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  await play.create();
  play.fault = (command) => (command.startsWith('Describe') ? refused(UNAUTHORIZED) : undefined);
  const from = play.calls.length;
  await play.passSeconds(20 * MINUTE_SECONDS);
  const surveys = play.calls.slice(from).filter(({ command }) => command === 'DescribeAddresses');
  expect(surveys.length).toBeGreaterThanOrEqual(19);
  expect(surveys.length).toBeLessThanOrEqual(21);
});
