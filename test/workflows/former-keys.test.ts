/** An earlier version has kept all node records in one partition. They move, and nothing else changes. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import { partitionsOf, takeBackToFormerKeys } from './former-keys';
import { plays, type Play } from './play';

const HOUR_SECONDS = 3_600;
const open = plays();

async function aFormerNode(): Promise<{ readonly play: Play; readonly before: StatefulNode }> {
  const play = await open();
  await play.create();
  await play.settle(takeBackToFormerKeys(play.sandbox));
  return { play, before: await play.node() };
}

/** Lets time pass as the schedule would, with fewer runs: the reconciler must run every few minutes. */
async function passHours(play: Play, hours: number): Promise<void> {
  for (let minutes = 0; minutes < hours * 60; minutes += 10) {
    await play.passSeconds(600);
    await play.reconcile();
  }
}

const partitions = (play: Play) => play.settle(partitionsOf(play.sandbox));

test('a record stays where an earlier version finds it for a day, and works there', async () => {
  const { play, before } = await aFormerNode();
  await passHours(play, 23);
  await expect(partitions(play)).resolves.toEqual({ [before.id]: 'NODE' });

  await play.ask((service) => service.act(before.id, 'recycle'));
  const after = await play.node();
  expect(after).toMatchObject({ status: 'ACTIVE', identity: before.identity });
  expect(after.instance?.id).not.toBe(before.instance?.id);
  await expect(partitions(play)).resolves.toEqual({ [before.id]: 'NODE' });
});

test('a new record is made there too, and a deletion removes it', async () => {
  const { play, before } = await aFormerNode();
  const { config } = before;
  const { elasticIp: _, privateIp: __, ...compute } = config.compute;
  const made = await play.settle(play.service.create({ ...config, name: 'another', compute }));
  await expect(partitions(play)).resolves.toEqual({ [before.id]: 'NODE', [made.id]: 'NODE' });

  await play.passSeconds(300);
  await play.settle(
    play.service.delete(made.id, { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true }),
  );
  await play.passSeconds(600);
  await expect(partitions(play)).resolves.toEqual({ [before.id]: 'NODE' });
});

test('a day later the record moves, unchanged, and the node works as before', async () => {
  const { play, before } = await aFormerNode();
  await passHours(play, 24.5);
  await expect(partitions(play)).resolves.toEqual({ [before.id]: `NODE#${before.id[4]}` });
  await expect(play.node()).resolves.toEqual(before);

  await play.ask((service) => service.act(before.id, 'recycle'));
  await expect(play.node()).resolves.toMatchObject({ status: 'ACTIVE', identity: before.identity });
  await expect(play.reconcile()).resolves.toMatchObject({ nodes: 1, started: [], unknown: [] });
});

test('the day begins again if the reconciler did not run for a while: an earlier version may have run', async () => {
  const { play, before } = await aFormerNode();
  await passHours(play, 23);
  await play.passSeconds(HOUR_SECONDS);
  await passHours(play, 23);
  await expect(partitions(play)).resolves.toEqual({ [before.id]: 'NODE' });
});
