/** The promises of `Nodes`: conditional writes, order, and what a second writer sees. */
import { RecordContended, UnreadableRecord } from '../../domain/errors';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { aBusyNode, aConfig, aLaunch, aNode, NODE_ID } from '../domain/builders';
import { atOnce, tableContract } from './table';

const OTHER = 'smi-0a1b2c3e';

tableContract('Nodes', (table) => {
  const nodes = () => table().nodes;

  async function idsFrom(after?: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { id } of nodes().listFrom(after)) found.push(id);
    return found;
  }

  describe('a record', () => {
    test('is undefined before it is created', async () => {
      await expect(nodes().get(NODE_ID)).resolves.toBeUndefined();
    });

    test('is read back as it was created, at its own version', async () => {
      const node = aBusyNode({ intents: [], restarts: 2 }, { launch: aLaunch() });
      await nodes().create(node);

      await expect(nodes().get(NODE_ID)).resolves.toStrictEqual(node);
      await expect(nodes().get(OTHER)).resolves.toBeUndefined();
    });

    test('has no members that were undefined, however deep', async () => {
      const node = aBusyNode({ errorReason: undefined }, { launch: aLaunch({ lossReason: undefined }) });
      await nodes().create(node);
      await nodes().save({ ...node, failure: undefined });

      const read = await nodes().get(NODE_ID);
      expect(read).not.toHaveProperty('errorReason');
      expect(read).not.toHaveProperty('failure');
      expect(read?.operation?.launch).not.toHaveProperty('lossReason');
    });

    test('is created once: a second creation throws, and changes nothing', async () => {
      await nodes().create(aNode());

      await expect(nodes().create(aNode({ status: 'PAUSED' }))).rejects.toThrow(RecordContended);
      await expect(nodes().get(NODE_ID)).resolves.toEqual(aNode());
    });

    test('is created by one of two at the same time', async () => {
      const { succeeded, errors } = await atOnce([nodes().create(aNode()), nodes().create(aNode())]);

      expect(succeeded).toBe(1);
      expect(errors).toEqual([expect.any(RecordContended)]);
    });
  });

  describe('a save', () => {
    test('returns the record with the next version, and the next read shows that', async () => {
      await nodes().create(aNode({ version: 7 }));
      const saved = await nodes().save(aNode({ version: 7, status: 'PAUSED' }));

      expect(saved).toEqual(aNode({ version: 8, status: 'PAUSED' }));
      await expect(nodes().get(NODE_ID)).resolves.toEqual(saved);
    });

    test('can follow another: it takes the record that the first returned', async () => {
      await nodes().create(aNode({ version: 1 }));
      const saved = await nodes().save(aNode({ version: 1 }));

      await expect(nodes().save(saved)).resolves.toMatchObject({ version: 3 });
    });

    test('replaces the whole record: a member that is left out is gone', async () => {
      await nodes().create(aNode({ errorReason: 'it broke', version: 1 }));
      const { errorReason: _, ...mended } = aNode({ errorReason: 'it broke', version: 1 });
      await nodes().save(mended);

      await expect(nodes().get(NODE_ID)).resolves.not.toHaveProperty('errorReason');
    });

    test('throws if another writer wrote since, and changes nothing', async () => {
      await nodes().create(aNode({ version: 7 }));
      const winner = await nodes().save(aNode({ version: 7, status: 'PAUSING' }));

      await expect(nodes().save(aNode({ version: 7, status: 'ERROR' }))).rejects.toThrow(RecordContended);
      await expect(nodes().get(NODE_ID)).resolves.toEqual(winner);
    });

    test('succeeds for one of two writers that read the same version', async () => {
      await nodes().create(aNode({ version: 7 }));
      const { succeeded, errors } = await atOnce([
        nodes().save(aNode({ version: 7, status: 'PAUSING' })),
        nodes().save(aNode({ version: 7, status: 'ERROR' })),
      ]);

      expect(succeeded).toBe(1);
      expect(errors).toEqual([expect.any(RecordContended)]);
      await expect(nodes().get(NODE_ID)).resolves.toMatchObject({ version: 8 });
    });

    test('that is made again, because its answer was lost, succeeds again and writes nothing', async () => {
      await nodes().create(aNode({ version: 7 }));
      const changed = aBusyNode({ version: 7 }, { launch: aLaunch() });
      const saved = await nodes().save(changed);

      await expect(nodes().save(changed)).resolves.toEqual(saved);
      await expect(nodes().get(NODE_ID)).resolves.toEqual(saved);
    });

    test('throws if there is no record, and makes none', async () => {
      await expect(nodes().save(aNode())).rejects.toThrow(RecordContended);
      await expect(nodes().get(NODE_ID)).resolves.toBeUndefined();
    });
  });

  describe('a removal', () => {
    test('removes the record at its version, and no other record', async () => {
      await nodes().create(aNode());
      await nodes().create(aNode({ id: OTHER }));
      await nodes().remove(aNode());

      await expect(nodes().get(NODE_ID)).resolves.toBeUndefined();
      await expect(idsFrom()).resolves.toEqual([OTHER]);
    });

    test('does nothing if the record is gone', async () => {
      await nodes().create(aNode());
      await nodes().remove(aNode());

      await expect(nodes().remove(aNode())).resolves.toBeUndefined();
    });

    test('throws if another writer wrote since, and removes nothing', async () => {
      await nodes().create(aNode({ version: 7 }));
      const saved = await nodes().save(aNode({ version: 7 }));

      await expect(nodes().remove(aNode({ version: 7 }))).rejects.toThrow(RecordContended);
      await expect(nodes().get(NODE_ID)).resolves.toEqual(saved);
    });

    test('leaves the id free for another record', async () => {
      await nodes().create(aNode());
      await nodes().remove(aNode());

      await expect(nodes().create(aNode({ version: 1 }))).resolves.toBeUndefined();
    });
  });

  describe('a record that cannot be read', () => {
    test('throws when it is read, and keeps its id', async () => {
      await table().spoil(NODE_ID);

      await expect(nodes().create(aNode())).rejects.toThrow(RecordContended);
      await expect(nodes().get(NODE_ID)).rejects.toThrow(UnreadableRecord);
    });

    test('is neither saved nor removed: the write throws', async () => {
      await table().spoil(NODE_ID);

      await expect(nodes().save(aNode())).rejects.toThrow(RecordContended);
      await expect(nodes().remove(aNode())).rejects.toThrow(RecordContended);
      await expect(nodes().get(NODE_ID)).rejects.toThrow(UnreadableRecord);
    });
  });

  describe('the list', () => {
    const IDS = ['smi-00000009', 'smi-0000000a', 'smi-0000000f', 'smi-f0000000'] as const;

    async function createAll(more: Partial<StatefulNode> = {}): Promise<void> {
      for (const id of [...IDS].reverse()) await nodes().create(aNode({ id, ...more }));
    }

    test('is empty without records', async () => {
      await expect(nodes().list()).resolves.toEqual({ nodes: [], unreadable: [] });
      await expect(idsFrom()).resolves.toEqual([]);
      await expect(idsFrom(NODE_ID)).resolves.toEqual([]);
    });

    test('has every record, in the order of the ids', async () => {
      await createAll();

      await expect(nodes().list()).resolves.toStrictEqual({ nodes: IDS.map((id) => aNode({ id })), unreadable: [] });
      await expect(idsFrom()).resolves.toEqual(IDS);
    });

    test('has every record if they are larger than a page', async () => {
      const config = { ...aConfig(), description: 'x'.repeat(350_000) };
      await createAll({ config });

      expect((await nodes().list()).nodes.map(({ id }) => id)).toEqual(IDS);
      await expect(idsFrom(IDS[0])).resolves.toEqual(IDS.slice(1));
    });

    test.each([
      { from: 'the id of a record', after: IDS[1], found: IDS.slice(2) },
      { from: 'an id that no record has', after: 'smi-0000000b', found: IDS.slice(2) },
      { from: 'an id before all', after: 'smi-00000000', found: IDS },
      { from: 'the last id', after: IDS[3], found: [] },
    ])('begins after $from', async ({ after, found }) => {
      await createAll();

      await expect(idsFrom(after)).resolves.toEqual(found);
    });

    test('can be left before its end', async () => {
      await createAll();
      const listed = nodes().listFrom()[Symbol.asyncIterator]();

      await expect(listed.next()).resolves.toEqual({ done: false, value: aNode({ id: IDS[0] }) });
      await expect(listed.return?.()).resolves.toMatchObject({ done: true });
    });

    test('has the records that can be read, and names those that cannot', async () => {
      await createAll();
      await table().spoil('smi-0000000b');

      const { nodes: read, unreadable } = await nodes().list();
      expect(read.map(({ id }) => id)).toEqual(IDS);
      expect(unreadable).toEqual([expect.any(UnreadableRecord)]);
      expect(unreadable[0]?.record).toEqual({ kind: 'NODE', id: 'smi-0000000b' });
      await expect(idsFrom()).resolves.toEqual(IDS);
    });

    test('has no other records of the table', async () => {
      await table().claims.claim({ address: '10.0.0.5', nodeId: NODE_ID, now: '2026-11-03T10:00:00.000Z' });
      await table().index.register('i-1', NODE_ID);

      await expect(nodes().list()).resolves.toEqual({ nodes: [], unreadable: [] });
    });
  });
});
