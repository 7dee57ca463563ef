/** The records of imports, in the same table: `MIGRATION` and the import's id. A record outlives its node. */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RecordContended } from '../../domain/errors';
import { migrationRecord } from '../../domain/records/migration-record';
import { readRecord, stored } from '../../domain/records/stored-record';
import type { Migrations } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

export function migrationRecords({ dynamodb, tableName }: Table): Migrations {
  const keyOf = (id: string) => marshall({ pk: 'MIGRATION', sk: id });
  return {
    async create(migration) {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: {
          ...marshall(stored(migrationRecord, migration), { removeUndefinedValues: true }),
          ...keyOf(migration.id),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      await callDynamoDb<unknown>(
        () => dynamodb.send(command),
        () => {
          throw new RecordContended(`${migration.id} is taken`);
        },
      );
    },
    async get(migrationId) {
      const command = new GetItemCommand({ TableName: tableName, Key: keyOf(migrationId), ConsistentRead: true });
      const { Item } = await callDynamoDb(() => dynamodb.send(command));
      return Item && readRecord(migrationRecord, migrationId, unmarshall(Item));
    },
    async end(migrationId, ending) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(migrationId),
        UpdateExpression: 'SET ending = :ending',
        // The request failed before it recorded the import, so no caller knows the import's id.
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: marshall({ ':ending': ending }, { removeUndefinedValues: true }),
      });
      await callDynamoDb<unknown>(
        () => dynamodb.send(command),
        () => undefined,
      );
    },
  };
}
