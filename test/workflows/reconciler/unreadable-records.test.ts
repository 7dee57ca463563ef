/** A record that cannot be read: Holdfast leaves its node as it is and keeps all others; correcting the record is enough. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { addressesOf } from '../../../local/sandbox';
import { createNodes, HOUR_SECONDS, isWhole, WITH_RECONCILER } from '../long-play';
import { itemsOf, restoreTable, type Item } from './lost-tables';
import { identityIn, plays, type Play } from '../play';

const open = plays();

/** Changes the record's version, as a person who edits it might. */
async function writeVersion(play: Play, nodeId: string, version: AttributeValue): Promise<void> {
  const items = await itemsOf(play);
  await restoreTable(
    play,
    items.map((item): Item => (item.sk?.S === nodeId ? { ...item, version } : item)),
  );
}

/** The interfaces and living instances that carry the node's tag. */
function ownedBy(play: Play, nodeId: string): readonly string[] {
  const { instances, networkInterfaces } = play.sandbox.ec2.world;
  const isOwned = ({ tags }: { readonly tags: { readonly current: Readonly<Record<string, string>> } }) =>
    tags.current['holdfast:node-id'] === nodeId;
  const living = [...instances.values()].filter(({ state }) => state === 'running');
  return [...living, ...networkInterfaces.values()].filter(isOwned).map(({ id }) => id);
}

test.each(['cold', 'hot'] as const)('%s: two nodes, one with a record that cannot be read', async (attachment) => {
  const play = await open({ attachment, controlPlane: WITH_RECONCILER });
  const [broken = '', whole = ''] = await createNodes(play, 2);
  const before = await play.node();
  const addresses = identityIn(addressesOf(play.sandbox, before));
  const owned = ownedBy(play, broken);
  await writeVersion(play, broken, { S: 'three' });

  play.nodeId = whole;
  await play.passSeconds(HOUR_SECONDS);
  expect(ownedBy(play, broken)).toEqual(owned);
  await expect(play.settle(play.service.recovery.state())).resolves.toMatchObject({
    doubt: undefined,
    nodes: 2,
    unknown: [],
    unreadable: [{ record: { kind: 'NODE', id: broken }, field: 'version' }],
  });
  await expect(play.settle(play.service.get(broken))).rejects.toThrow(
    `The record NODE ${broken} cannot be read: version`,
  );

  play.sandbox.ec2.interruptSpotInstance(before.instance?.id ?? '');
  await play.interrupt();
  await play.passSeconds(HOUR_SECONDS);
  expect(await isWhole(play)).toBe(true);
  expect((await play.node()).generation).toBe(2);
  // Its instance has ended; its interface is its identity, and stays.
  expect(ownedBy(play, broken)).toEqual([before.identity.interfaceId]);

  await writeVersion(play, broken, { N: String(before.version) });
  play.nodeId = broken;
  await play.passSeconds(HOUR_SECONDS);
  expect(await isWhole(play)).toBe(true);
  expect(identityIn(await play.addresses())).toEqual(addresses);
});
