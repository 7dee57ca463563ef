/**
 * The table: claims on addresses, and the node of each instance, under a key of two parts.
 *
 * | pk         | sk              |                                             |
 * | `CLAIM`    | address         | which node holds it                         |
 * | `INSTANCE` | instance id     | its node, and the waiting execution         |
 * | `STATE`    | instance id     | the state in the latest event about it      |
 *
 * The node records have keys of their own (`domain/records/node-keys.ts`). The nodes' logs, usage and imports have their own partitions,
 * and so does the identity of the table. Every write here is conditional on one item.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { InstanceState } from '../../domain/node/observations';
import { claimRecord } from '../../domain/records/claim-record';
import { instanceRecord, lastStateRecord, type IndexedInstance } from '../../domain/records/instance-records';
import { readRecord, stored, versionOf, type RecordKind } from '../../domain/records/stored-record';
import type { Claims, InstanceIndex, Waiter } from '../ports';
import { callDynamoDb } from './dynamodb-error';

export interface Table {
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

export function addressClaims(table: Table): Claims {
  return {
    async claim({ address, nodeId, now, staleHolder = nodeId }) {
      const command = new PutItemCommand({
        TableName: table.tableName,
        Item: marshall({ pk: 'CLAIM', sk: address, ...stored(claimRecord, { nodeId, claimedAt: now }) }),
        ConditionExpression: 'attribute_not_exists(pk) OR nodeId IN (:nodeId, :staleHolder)',
        ExpressionAttributeValues: marshall({ ':nodeId': nodeId, ':staleHolder': staleHolder }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await callDynamoDb(() => table.dynamodb.send(command));
        return { holder: nodeId, claimedAt: now };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const held = readRecord(claimRecord, address, unmarshall(error.Item ?? {}));
        return { holder: held.nodeId, claimedAt: held.claimedAt };
      }
    },
    async find(address) {
      const held = await getRecord(table, claimRecord, address);
      return held && { holder: held.nodeId, claimedAt: held.claimedAt };
    },
    async release(address, nodeId) {
      const command = new DeleteItemCommand({
        TableName: table.tableName,
        Key: marshall({ pk: 'CLAIM', sk: address }),
        ConditionExpression: 'attribute_not_exists(pk) OR nodeId = :nodeId',
        ExpressionAttributeValues: marshall({ ':nodeId': nodeId }),
      });
      await callDynamoDb<unknown>(
        () => table.dynamodb.send(command),
        () => undefined,
      );
    },
  };
}

export function instanceIndex(table: Table): InstanceIndex {
  const update = async (instanceId: string, expression: string, values: Record<string, unknown>): Promise<void> => {
    const command = new UpdateItemCommand({
      TableName: table.tableName,
      Key: marshall({ pk: 'INSTANCE', sk: instanceId }),
      UpdateExpression: `${expression}, schemaVersion = :version`,
      ExpressionAttributeValues: marshall({ ...values, ':version': versionOf(instanceRecord) }),
    });
    await callDynamoDb(() => table.dynamodb.send(command));
  };

  return {
    register: (instanceId, nodeId) => update(instanceId, 'SET nodeId = :nodeId', { ':nodeId': nodeId }),
    async nodeOf(instanceId) {
      const indexed = await getRecord(table, instanceRecord, instanceId);
      return indexed?.nodeId;
    },
    async subscribe(instanceId, { taskToken, awaited }) {
      await update(instanceId, 'SET taskToken = :taskToken, awaited = :awaited', {
        ':taskToken': taskToken,
        ':awaited': awaited,
      });
      // We read the state after we subscribe: an event in between finds the subscription, or is read here.
      return lastStateOf(table, instanceId);
    },
    async waiterOf(instanceId) {
      const indexed = await getRecord(table, instanceRecord, instanceId);
      return indexed && waiterIn(indexed);
    },
    stateOf: (instanceId) => lastStateOf(table, instanceId),
    async noteState(instanceId, state, at) {
      await writeState(table, instanceId, state, at);
      const indexed = await getRecord(table, instanceRecord, instanceId);
      return indexed?.nodeId === undefined ? undefined : { nodeId: indexed.nodeId, waiter: waiterIn(indexed) };
    },
  };
}

async function lastStateOf(table: Table, instanceId: string): Promise<InstanceState | undefined> {
  const told = await getRecord(table, lastStateRecord, instanceId);
  return told?.lastState;
}

/** EC2's states in the order of an instance's life. Events carry whole seconds and arrive in any order. */
const STATE_ORDER: readonly InstanceState[] = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
];
/** Long after the last wait that may read it. DynamoDB deletes the item within days. */
const STATE_KEPT_SECONDS = 24 * 60 * 60;

/**
 * Kept for every instance: an event about a fast instance may arrive before EC2 answers the launch, when we do not yet
 * know its node.
 */
async function writeState(table: Table, instanceId: string, state: InstanceState, at: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.tableName,
    Key: marshall({ pk: 'STATE', sk: instanceId }),
    UpdateExpression:
      'SET lastState = :state, lastStateAt = :at, lastStateOrder = :order, expiresAt = :expiresAt, schemaVersion = :version',
    ConditionExpression:
      'attribute_not_exists(lastStateAt) OR lastStateAt < :at OR (lastStateAt = :at AND lastStateOrder < :order)',
    ExpressionAttributeValues: marshall({
      ':state': state,
      ':at': at,
      ':order': STATE_ORDER.indexOf(state),
      ':expiresAt': Math.floor(Date.parse(at) / 1000) + STATE_KEPT_SECONDS,
      ':version': versionOf(lastStateRecord),
    }),
  });
  await callDynamoDb<unknown>(
    () => table.dynamodb.send(command),
    () => undefined,
  );
}

function waiterIn({ taskToken, awaited }: IndexedInstance): Waiter | undefined {
  return taskToken === undefined || awaited === undefined ? undefined : { taskToken, awaited };
}

/** Reads a kind whose items all lie in one partition, by id. @throws UnreadableRecord */
async function getRecord<T>({ dynamodb, tableName }: Table, kind: RecordKind<T>, id: string): Promise<T | undefined> {
  const command = new GetItemCommand({
    TableName: tableName,
    Key: marshall({ pk: kind.name, sk: id }),
    ConsistentRead: true,
  });
  const { Item } = await callDynamoDb(() => dynamodb.send(command));
  return Item === undefined ? undefined : readRecord(kind, id, unmarshall(Item));
}
