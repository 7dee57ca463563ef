/** The node log on the in-process table: order, ranges, severities and pages. */
import type { LogEntry } from '../../../domain/node/node-log';
import { nodeLog } from '../../../lambdas/adapters/dynamodb-log';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';

const at = (second: number) => `2026-11-03T08:00:0${second}.000Z`;
const ENTRIES: readonly LogEntry[] = [
  { createdAt: at(1), severity: 'INFO', message: 'one' },
  { createdAt: at(2), severity: 'DEBUG', message: 'two' },
  { createdAt: at(3), severity: 'WARN', message: 'three' },
  { createdAt: at(4), severity: 'ERROR', message: 'four' },
];

let database: LocalDynamoDb;
let log: ReturnType<typeof nodeLog>;

beforeAll(async () => {
  const keys = [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ];
  const attributeDefinitions = keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const }));
  const table = { logicalId: 'Nodes', name: 'nodes', keySchema: keys, attributeDefinitions };
  database = await openDynamoDb(new VirtualClock(), [table]);
  let drawn = 0;
  log = nodeLog({ dynamodb: database.client, tableName: 'nodes' }, () => String((drawn += 1)).padStart(6, '0'));
  for (const entry of [...ENTRIES].reverse()) await log.append('smi-00000001', entry);
  await log.append('smi-00000002', { createdAt: at(1), severity: 'INFO', message: "another's" });
});

afterAll(() => database.close());

const messages = async (query: Partial<Parameters<typeof log.read>[1]>) =>
  (await log.read('smi-00000001', { limit: 100, ...query })).entries.map(({ message }) => message);

test.each([
  { name: 'all of a node and nothing of another, oldest first', query: {}, found: ['one', 'two', 'three', 'four'] },
  { name: 'a severity and graver', query: { severity: 'WARN' as const }, found: ['three', 'four'] },
  { name: 'from a time on', query: { fromDate: at(3) }, found: ['three', 'four'] },
  { name: 'until a time, inclusive', query: { toDate: at(2) }, found: ['one', 'two'] },
  { name: 'a range that ends before it begins', query: { fromDate: at(4), toDate: at(1) }, found: [] },
  { name: 'a token beyond the range', query: { nextToken: `${at(4)}#000001`, toDate: at(1) }, found: [] },
])('$name', async ({ query, found }) => {
  expect(await messages(query)).toEqual(found);
});

test('pages go on where the one before ended, and the last one says so', async () => {
  const first = await log.read('smi-00000001', { limit: 3 });
  expect(first.entries.map(({ message }) => message)).toEqual(['one', 'two', 'three']);
  const second = await log.read('smi-00000001', { limit: 3, nextToken: first.nextToken });
  expect(second).toEqual({ entries: [ENTRIES[3]], nextToken: undefined });
});
