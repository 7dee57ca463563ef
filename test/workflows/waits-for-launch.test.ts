/** What the status says of settings that wait for the next launch: after updates, and after the launch. */
import { statusItem } from '../../lambdas/api/node-items';
import type { Play } from './play';
import { plays } from './play';

const open = plays();
const TENANCY = 'compute.launchSpecification.tenancy';
const MONITORING = 'compute.launchSpecification.monitoring';

const waiting = async (play: Play) => statusItem(await play.node()).waitsForLaunch;
const change = (play: Play, launchSpecification: object) =>
  play.service.update(play.nodeId, { compute: { launchSpecification } });

test('a setting waits until a launch, with what the instance has instead', async () => {
  const play = await open();
  await play.create();
  await expect(waiting(play)).resolves.toEqual([]);
  await play.ask(() => change(play, { tenancy: 'dedicated', tags: [{ tagKey: 'stage', tagValue: 'live' }] }));
  await expect(waiting(play)).resolves.toEqual([{ field: TENANCY, running: null }]);
  await play.ask((service) => service.act(play.nodeId, 'recycle'));
  await expect(waiting(play)).resolves.toEqual([]);
});

test('a setting that is changed back does not wait', async () => {
  const play = await open();
  await play.create();
  await play.ask(() => change(play, { monitoring: true }));
  await expect(waiting(play)).resolves.toEqual([{ field: MONITORING, running: null }]);
  await play.ask(() => change(play, { monitoring: null }));
  await expect(waiting(play)).resolves.toEqual([]);
});

test.each(['cold', 'hot'] as const)(
  'a setting that came too late for a launch waits for the next one, %s',
  async (attachment) => {
    const play = await open({ attachment });
    await play.create();
    await play.settle(play.service.act(play.nodeId, 'recycle'));
    await play.untilEntered(
      attachment === 'cold' ? 'Cold: wait until the replacement runs' : 'Hot: wait until the replacement runs',
    );
    await play.settle(change(play, { monitoring: true }));
    await play.untilIdle();
    expect((await play.node()).status).toBe('ACTIVE');
    await expect(waiting(play)).resolves.toEqual([{ field: MONITORING, running: null }]);
  },
);

test('a node without an instance waits for nothing: its next launch has everything', async () => {
  const play = await open();
  await play.create();
  await play.ask(() => change(play, { monitoring: true }));
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  await expect(waiting(play)).resolves.toEqual([]);
});
