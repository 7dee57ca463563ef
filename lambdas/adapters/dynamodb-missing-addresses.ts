/** Since when nodes have been without their address: the item `WATCH` and `MISSING_ADDRESSES` of the table. */
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { UnreadableRecord } from '../../domain/errors';
import { missingAddressesRecord } from '../../domain/records/missing-addresses-record';
import { stored, tryToRead } from '../../domain/records/stored-record';
import type { MissingAddresses } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

const KEY = { pk: 'WATCH', sk: 'MISSING_ADDRESSES' };

export function missingAddresses({ dynamodb, tableName }: Table): MissingAddresses {
  return {
    async read() {
      const command = new GetItemCommand({ TableName: tableName, Key: marshall(KEY), ConsistentRead: true });
      const { Item } = await callDynamoDb(() => dynamodb.send(command));
      const read = Item && tryToRead(missingAddressesRecord, KEY.sk, unmarshall(Item));
      // The next run writes it anew. Until then only the times are lost.
      return read === undefined || read instanceof UnreadableRecord ? {} : read.awaySince;
    },
    async replace(awaySince) {
      const item = marshall({ ...KEY, ...stored(missingAddressesRecord, { awaySince }) });
      await callDynamoDb(() => dynamodb.send(new PutItemCommand({ TableName: tableName, Item: item })));
    },
  };
}
