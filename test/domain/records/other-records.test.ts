import { claimRecord } from '../../../domain/records/claim-record';
import { deploymentRecord } from '../../../domain/records/deployment-record';
import { instanceRecord, lastStateRecord } from '../../../domain/records/instance-records';
import { logRecord } from '../../../domain/records/log-record';
import { migrationRecord } from '../../../domain/records/migration-record';
import { nodeRecord } from '../../../domain/records/node-record';
import { readRecord, stored, tryToRead, type Item, type RecordKind } from '../../../domain/records/stored-record';
import { usageRecord } from '../../../domain/records/usage-record';
import { fixturesOf } from './fixtures';

/** Each with an attribute that it needs. */
const KINDS: readonly { readonly kind: RecordKind<object>; readonly needs: string }[] = [
  { kind: claimRecord, needs: 'nodeId' },
  { kind: deploymentRecord, needs: 'tableName' },
  { kind: logRecord, needs: 'message' },
  { kind: migrationRecord, needs: 'request' },
  { kind: usageRecord, needs: 'instanceType' },
  { kind: lastStateRecord, needs: 'lastState' },
];

const everyFixture = [...KINDS.map(({ kind }) => kind), instanceRecord].flatMap((kind) =>
  fixturesOf(kind.name.toLowerCase()).map((fixture) => ({ ...fixture, kind })),
);

test('there is a fixture of every kind', () => {
  const kinds = new Set([...everyFixture.map(({ kind }) => kind.name), nodeRecord.name]);
  const partitions = fixturesOf('').map(({ item }) => item.pk.replace(/#.*/, ''));

  expect([...kinds].sort()).toEqual([...new Set(partitions)].sort());
});

test.each(everyFixture)('$file, of before there were versions, is read as it is', ({ kind, item }) => {
  const { pk: _pk, sk, expiresAt: _expiresAt, ...attributes } = item;
  const record = readRecord(kind, sk, item);

  expect(attributes).toMatchObject(record);
  // The attribute that orders an instance's states is not read.
  const unread = Object.keys(attributes).filter((key) => !(key in record));
  expect(unread).toEqual(kind === lastStateRecord ? ['lastStateAt', 'lastStateOrder'] : []);
  expect(readRecord(kind, sk, stored(kind, record))).toStrictEqual(record);
});

test.each(KINDS)('$kind.name without $needs cannot be read', ({ kind, needs }) => {
  const [fixture] = fixturesOf(kind.name.toLowerCase());
  const { [needs]: _missing, ...item }: Item = { ...fixture?.item };

  expect(tryToRead(kind, 'the-id', item)).toMatchObject({ record: { kind: kind.name, id: 'the-id' }, field: needs });
});

test('INSTANCE with a wait of an unknown kind cannot be read', () => {
  expect(tryToRead(instanceRecord, 'i-1', { awaited: 'rebooted' })).toMatchObject({ field: 'awaited' });
});
