/** The promises of `OperationHistory`: one record for each operation, newest first. */
import type { OperationKind } from '../../domain/node/stateful-node';
import type { HistoryQuery, OperationRecord } from '../../domain/operation/operation-record';
import { NODE_ID } from '../domain/builders';
import { tableContract } from './table';

const OTHER = 'smi-0a1b2c3e';
const at = (hour: number) => `2026-11-03T${String(hour).padStart(2, '0')}:00:00.000Z`;

function aRecord(hour: number, more: Partial<OperationRecord> = {}): OperationRecord {
  return {
    kind: 'replace',
    executionId: `execution ${hour}`,
    generation: hour,
    takeovers: 0,
    startedAt: at(hour),
    endedAt: at(hour),
    outcome: 'succeeded',
    waits: [],
    seen: [],
    ...more,
  };
}

tableContract('OperationHistory', (table) => {
  const write = (record: OperationRecord, nodeId = NODE_ID) => table().history.write(nodeId, record);
  const list = (query: Partial<HistoryQuery> = {}, nodeId = NODE_ID) =>
    table().history.list(nodeId, { limit: 10, ...query });
  const hoursOf = async (query: Partial<HistoryQuery> = {}) =>
    (await list(query)).records.map(({ generation }) => generation);
  const writeHours = async (hours: readonly number[], kind: OperationKind = 'replace') => {
    for (const hour of hours) await write(aRecord(hour, { kind }));
  };

  test('a node without operations has an empty list', async () => {
    await expect(list()).resolves.toEqual({ records: [], nextToken: undefined });
  });

  test('a record is read as it was written, without undefined members', async () => {
    const { waits: _, ...record } = aRecord(1, { errorName: undefined, awayFrom: at(1), takeovers: 2 });
    const waits = [{ step: 'await-instance', stateName: 'Wait', enteredAt: at(1) }];
    const seen = [{ instanceId: 'i-1', role: 'old', state: 'terminated', at: at(1) }] as const;
    await write({ ...record, waits, seen });

    const { errorName: _undefined, ...defined } = record;
    expect((await list()).records).toStrictEqual([{ ...defined, waits, seen }]);
  });

  test('the list is of one node, newest first', async () => {
    await writeHours([2, 1, 3]);
    await write(aRecord(4), OTHER);

    await expect(hoursOf()).resolves.toEqual([3, 2, 1]);
  });

  test('a repeat for the same operation replaces its record, even if another execution has it', async () => {
    await write(aRecord(1, { outcome: 'failed', errorName: 'NoCapacity' }));
    await write(aRecord(1, { executionId: 'another', generation: 9, takeovers: 1 }));

    expect((await list()).records).toMatchObject([{ executionId: 'another', outcome: 'succeeded' }]);
  });

  test.each([
    { name: 'since', query: { since: at(2) }, hours: [3, 2] },
    { name: 'until', query: { until: at(2) }, hours: [2, 1] },
    { name: 'since and until', query: { since: at(2), until: at(2) }, hours: [2] },
    { name: 'since a time after all', query: { since: at(4) }, hours: [] },
    { name: 'a range that ends before it begins', query: { since: at(3), until: at(1) }, hours: [] },
  ])('a range includes its ends: $name', async ({ query, hours }) => {
    await writeHours([1, 2, 3]);

    await expect(hoursOf(query)).resolves.toEqual(hours);
  });

  test('pages continue where the one before ended, and the last has no token', async () => {
    await writeHours([1, 2, 3, 4, 5]);
    const pages: number[][] = [];
    let nextToken: string | undefined;
    do {
      const page = await list({ limit: 2, nextToken });
      pages.push(page.records.map(({ generation }) => generation));
      ({ nextToken } = page);
    } while (nextToken !== undefined);

    expect(pages).toEqual([[5, 4], [3, 2], [1]]);
  });

  test('a page that ends exactly with the list is the last', async () => {
    await writeHours([1, 2]);

    await expect(list({ limit: 2 })).resolves.toMatchObject({ nextToken: undefined });
  });

  test('a page of one kind is filled with that kind', async () => {
    await writeHours([1, 3, 5, 7]);
    await writeHours([2, 4, 6], 'adjust');
    const first = await list({ kind: 'replace', limit: 3 });

    expect(first.records.map(({ generation }) => generation)).toEqual([7, 5, 3]);
    await expect(hoursOf({ kind: 'replace', nextToken: first.nextToken })).resolves.toEqual([1]);
  });

  test('a token continues at a start of the range that comes after it with nothing', async () => {
    await writeHours([1, 2, 3]);
    const { nextToken } = await list({ limit: 2 });

    await expect(list({ since: at(3), nextToken })).resolves.toMatchObject({ records: [] });
  });

  test('a token from after the end of the range continues with all of the range', async () => {
    await writeHours([1, 2, 3, 4]);
    const { nextToken } = await list({ limit: 1 });

    await expect(hoursOf({ until: at(2), nextToken })).resolves.toEqual([2, 1]);
  });

  test('the list has everything even if it is larger than a page of the table', async () => {
    const executionId = 'x'.repeat(300_000);
    for (const hour of [1, 2, 3, 4, 5]) await write(aRecord(hour, { executionId }));

    await expect(hoursOf()).resolves.toEqual([5, 4, 3, 2, 1]);
  });
});
