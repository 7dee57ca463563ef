/** Reads node records. Apart from what writes them, because a function that only reads them must load fast. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { keysOf } from '../../domain/records/node-keys';
import { nodeRecord } from '../../domain/records/node-record';
import { readRecord } from '../../domain/records/stored-record';
import type { Nodes } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

/** Reads node records, for a function that never writes one. */
export function nodeReader({ dynamodb, tableName }: Table): Pick<Nodes, 'get'> {
  return {
    async get(nodeId) {
      for (const key of keysOf(nodeId)) {
        const command = new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true });
        const { Item } = await callDynamoDb(() => dynamodb.send(command));
        if (Item !== undefined) return readRecord(nodeRecord, nodeId, unmarshall(Item));
      }
      return undefined;
    },
  };
}
