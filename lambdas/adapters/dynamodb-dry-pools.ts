/**
 * Which pools had no capacity a moment ago: the partitions `DRY#<subnet>`, with an item for each pool and one for the subnet
 * itself.
 *
 * A node asks about one to three subnets. A query of a subnet reads a few items of 150 bytes, usually half a read unit, and
 * all instance types of EC2 fit into one page. In a storm, 1,000 nodes a second take a sixth of what a partition serves. Such
 * a read may be stale for a moment, and costs half.
 */
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { appliesTo, DRY_MS, dryPoolOf, isStillDry, type DryPool } from '../../domain/capacity/dry-pools';
import { UnreadableRecord } from '../../domain/errors';
import { dryPoolRecord } from '../../domain/records/dry-pool-record';
import { stored, tryToRead } from '../../domain/records/stored-record';
import type { Log } from '../monitoring/log';
import type { DryPools } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

export function dynamoDbDryPools(table: Table, log: Pick<Log, 'warn'>): DryPools {
  /** A launch must not fail because of what others remember. */
  const orElse = async <T>(otherwise: T, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      log.warn('the memory of dry pools is not available, so no pool is left out', { error });
      return otherwise;
    }
  };

  return {
    note: (pool, refusal, now) => {
      const dry = dryPoolOf(pool, refusal, now);
      return dry === undefined ? Promise.resolve() : orElse(undefined, () => write(table, dry));
    },
    read: (pools, now) =>
      orElse([], async () => {
        const subnetIds = [...new Set(pools.map(({ subnetId }) => subnetId))];
        const inSubnets = await Promise.all(subnetIds.map((subnetId) => dryIn(table, subnetId)));
        return inSubnets.flat().filter((dry) => isStillDry(dry, now) && pools.some((pool) => appliesTo(dry, pool)));
      }),
  };
}

async function write({ dynamodb, tableName }: Table, dry: DryPool): Promise<void> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: marshall({
      pk: partitionOf(dry.subnetId),
      sk: dry.of === 'subnet' ? 'SUBNET' : `POOL#${dry.lifeCycle}#${dry.instanceType}`,
      expiresAt: Math.ceil((Date.parse(dry.refusedAt) + DRY_MS) / 1000),
      ...stored(dryPoolRecord, dry),
    }),
    ConditionExpression: 'attribute_not_exists(refusedAt) OR refusedAt < :refusedAt OR refusedAt > :credible',
    ExpressionAttributeValues: marshall({
      ':refusedAt': dry.refusedAt,
      // A time far in the future is a mistake, and must not keep later refusals out.
      ':credible': new Date(Date.parse(dry.refusedAt) + DRY_MS).toISOString(),
    }),
  });
  await callDynamoDb<unknown>(
    () => dynamodb.send(command),
    () => undefined,
  );
}

async function dryIn({ dynamodb, tableName }: Table, subnetId: string): Promise<readonly DryPool[]> {
  const command = new QueryCommand({
    TableName: tableName,
    KeyConditionExpression: 'pk = :subnet',
    ExpressionAttributeValues: marshall({ ':subnet': partitionOf(subnetId) }),
  });
  const { Items = [] } = await callDynamoDb(() => dynamodb.send(command));
  const read = Items.map((item) => tryToRead(dryPoolRecord, subnetId, unmarshall(item)));
  return read.filter((each): each is DryPool => !(each instanceof UnreadableRecord));
}

function partitionOf(subnetId: string): string {
  return `${dryPoolRecord.name}#${subnetId}`;
}
