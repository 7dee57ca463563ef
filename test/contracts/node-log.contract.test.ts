/** The promises of `NodeLog`: order, ranges, severities and pages. */
import type { LogEntry, LogQuery } from '../../domain/node/node-log';
import { NODE_ID } from '../domain/builders';
import { tableContract } from './table';

const OTHER = 'smi-0a1b2c3e';
const at = (second: number) => `2026-11-03T08:00:0${second}.000Z`;
const ENTRIES: readonly LogEntry[] = [
  { createdAt: at(1), severity: 'INFO', message: 'one' },
  { createdAt: at(2), severity: 'DEBUG', message: 'two' },
  { createdAt: at(3), severity: 'WARN', message: 'three' },
  { createdAt: at(4), severity: 'ERROR', message: 'four' },
];

tableContract('NodeLog', (table) => {
  const append = async (entries: readonly LogEntry[]): Promise<void> => {
    for (const entry of entries) await table().log.append(NODE_ID, entry);
  };
  const read = (query: Partial<LogQuery> = {}) => table().log.read(NODE_ID, { limit: 100, ...query });
  const messages = async (query: Partial<LogQuery> = {}) => (await read(query)).entries.map(({ message }) => message);

  test('a node without entries has an empty page, and no further one', async () => {
    await expect(read()).resolves.toEqual({ entries: [], nextToken: undefined });
  });

  test('a node has its own entries, oldest first, as they were appended', async () => {
    await append([...ENTRIES].reverse());
    await table().log.append(OTHER, { createdAt: at(1), severity: 'INFO', message: "another's" });

    await expect(read()).resolves.toEqual({ entries: ENTRIES, nextToken: undefined });
  });

  test('two entries of the same millisecond are both kept', async () => {
    await append([
      { createdAt: at(1), severity: 'INFO', message: 'this' },
      { createdAt: at(1), severity: 'INFO', message: 'that' },
    ]);

    expect([...(await messages())].sort()).toEqual(['that', 'this']);
  });

  test.each<{ name: string; query: Partial<LogQuery>; found: readonly string[] }>([
    { name: 'a severity and the graver ones', query: { severity: 'WARN' }, found: ['three', 'four'] },
    { name: 'every severity', query: { severity: 'DEBUG' }, found: ['one', 'two', 'three', 'four'] },
    { name: 'a time and later', query: { fromDate: at(3) }, found: ['three', 'four'] },
    { name: 'a time and earlier', query: { toDate: at(2) }, found: ['one', 'two'] },
    { name: 'a range', query: { fromDate: at(2), toDate: at(3) }, found: ['two', 'three'] },
    { name: 'a range that ends before it begins', query: { fromDate: at(4), toDate: at(1) }, found: [] },
    { name: 'a range and a severity', query: { toDate: at(3), severity: 'INFO' }, found: ['one', 'three'] },
  ])('a query finds $name', async ({ query, found }) => {
    await append(ENTRIES);

    await expect(messages(query)).resolves.toEqual(found);
  });

  test('a page has as many entries as asked for, and the next page continues after it', async () => {
    await append(ENTRIES);
    const first = await read({ limit: 3 });
    expect(first.entries).toEqual(ENTRIES.slice(0, 3));

    await expect(read({ limit: 3, nextToken: first.nextToken })).resolves.toEqual({
      entries: ENTRIES.slice(3),
      nextToken: undefined,
    });
  });

  test('a page that has the last entry is the last one', async () => {
    await append(ENTRIES);

    await expect(read({ limit: 4 })).resolves.toEqual({ entries: ENTRIES, nextToken: undefined });
  });

  test('pages hold what the query finds and nothing else', async () => {
    await append(ENTRIES);
    const query: Partial<LogQuery> = { severity: 'INFO', toDate: at(3), limit: 1 };
    const first = await read(query);
    expect(first.entries).toEqual([ENTRIES[0]]);

    await expect(read({ ...query, nextToken: first.nextToken })).resolves.toEqual({
      entries: [ENTRIES[2]],
      nextToken: undefined,
    });
  });

  test('a query finds an entry behind more of the others than the table reads at once', async () => {
    const message = 'x'.repeat(300_000);
    await append([1, 2, 3, 4, 5, 6, 7].map((second) => ({ createdAt: at(second), severity: 'DEBUG', message })));
    await append([{ createdAt: at(8), severity: 'ERROR', message: 'found' }]);

    await expect(messages({ severity: 'ERROR', limit: 1 })).resolves.toEqual(['found']);
  });

  test('pages have every entry of the same millisecond once', async () => {
    const entries = ['a', 'b', 'c', 'd', 'e'].map(
      (message) => ({ createdAt: at(1), severity: 'INFO', message }) as const,
    );
    await append(entries);
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await read({ limit: 2, nextToken });
      found.push(...page.entries.map(({ message }) => message));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);

    expect(found.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('a token may be used with any end of the range: a page beyond the end is empty', async () => {
    await append(ENTRIES);
    const { nextToken } = await read({ limit: 2 });

    await expect(read({ nextToken, toDate: at(1) })).resolves.toEqual({ entries: [], nextToken: undefined });
  });

  test('an entry that was appended while pages are read is in a later page', async () => {
    await append(ENTRIES.slice(0, 3));
    const { nextToken } = await read({ limit: 2 });
    await append(ENTRIES.slice(3));

    await expect(messages({ nextToken })).resolves.toEqual(['three', 'four']);
  });
});
