/** Records of imports on the in-process table. */
import { RecordContended } from '../../../domain/errors';
import { migrationRecords } from '../../../lambdas/adapters/dynamodb-migrations';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';
import { NODE_ID, NOW } from '../../domain/builders';
import { anImport } from '../../domain/import-builders';

let database: LocalDynamoDb;
let records: ReturnType<typeof migrationRecords>;

beforeAll(async () => {
  const keys = [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ];
  const attributeDefinitions = keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const }));
  const table = { logicalId: 'Nodes', name: 'nodes', keySchema: keys, attributeDefinitions };
  database = await openDynamoDb(new VirtualClock(), [table]);
  records = migrationRecords({ dynamodb: database.client, tableName: 'nodes' });
});

afterAll(() => database.close());

const aMigration = (id: string) => ({ id, nodeId: NODE_ID, request: anImport(), createdAt: NOW });

test('what was written is read as it was, and its end with it', async () => {
  const migration = aMigration('smg-00000001');
  await records.create({ ...migration, request: { ...migration.request, product: undefined } });
  expect(await records.get(migration.id)).toEqual(migration);
  const ending = { state: 'MIGRATE_FINISH', at: NOW } as const;
  await records.end(migration.id, ending);
  await records.end(migration.id, ending);
  expect(await records.get(migration.id)).toEqual({ ...migration, ending });
});

test('an id is given once', async () => {
  await records.create(aMigration('smg-00000002'));
  await expect(records.create(aMigration('smg-00000002'))).rejects.toThrow(RecordContended);
});

test('the end of one that was never written down leaves nothing behind', async () => {
  await records.end('smg-00000003', { state: 'MIGRATE_CANCEL', at: NOW });
  expect(await records.get('smg-00000003')).toBeUndefined();
});
