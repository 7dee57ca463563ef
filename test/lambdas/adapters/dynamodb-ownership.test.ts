/** The identity of the table if it cannot be read. The other promises are in test/contracts. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { tableOwnership } from '../../../lambdas/adapters/dynamodb-ownership';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';
import { NOW } from '../../domain/builders';

const LATER = '2026-11-03T11:00:00.000Z';
const tableName = 'Nodes';
let local: LocalDynamoDb;

beforeEach(async () => {
  const KEYS = ['pk', 'sk'] as const;
  const table = {
    logicalId: 'Table',
    name: tableName,
    keySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' as const },
      { AttributeName: 'sk', KeyType: 'RANGE' as const },
    ],
    attributeDefinitions: KEYS.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  };
  local = await openDynamoDb(new VirtualClock(0), [table]);
});
afterEach(() => local.close());

describe('The identity of the table', () => {
  const open = (deployment = 'Holdfast') => tableOwnership({ dynamodb: local.client, tableName }, deployment);
  const own = { deployment: 'Holdfast', tableName, createdAt: NOW };

  it('is in doubt if it cannot be read, until a deployment adopts the table', async () => {
    const Item = { pk: { S: 'DEPLOYMENT' }, sk: { S: 'IDENTITY' }, deployment: { N: '7' } };
    await local.client.send(new PutItemCommand({ TableName: tableName, Item }));

    await expect(open().identity()).rejects.toThrow('The record DEPLOYMENT IDENTITY cannot be read: deployment: ');
    await expect(open().doubt()).resolves.toMatch(
      /^The record DEPLOYMENT IDENTITY cannot be read: .*rebuild the records/,
    );
    await open().adopt(LATER);
    await expect(open().identity()).resolves.toEqual({ ...own, createdAt: LATER });
  });
});
