/**
 * The ports on the table, in each of their implementations: in memory, and the adapters on dynalite. If the environment
 * variable DYNAMODB_ENDPOINT is set, the adapters on the DynamoDB at that URL instead.
 */
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { UnreadableRecord } from '../../domain/errors';
import { presentKey } from '../../domain/records/node-keys';
import type { Ports, TableOwnership } from '../../lambdas/ports';
import { dynamoDbDryPools } from '../../lambdas/adapters/dynamodb-dry-pools';
import { operationHistory } from '../../lambdas/adapters/dynamodb-history';
import { nodeLog } from '../../lambdas/adapters/dynamodb-log';
import { migrationRecords } from '../../lambdas/adapters/dynamodb-migrations';
import { missingAddresses } from '../../lambdas/adapters/dynamodb-missing-addresses';
import { dynamoDbPacer } from '../../lambdas/adapters/dynamodb-pacer';
import { tableOwnership } from '../../lambdas/adapters/dynamodb-ownership';
import { addressClaims, instanceIndex } from '../../lambdas/adapters/dynamodb-table';
import { nodeRecords } from '../../lambdas/adapters/dynamodb-nodes';
import { usageRecords } from '../../lambdas/adapters/dynamodb-usage';
import { openDynamoDb } from '../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../simulator/time/clock';
import { Random } from '../../simulator/time/random';
import type { Fields } from '../../lambdas/monitoring/log';
import { InMemoryPorts } from '../lambdas/in-memory-ports';
import { exploredTable } from './explored';

/** An empty table, and the ports on it. */
interface OpenTable extends Pick<
  Ports,
  'nodes' | 'claims' | 'index' | 'migrations' | 'missingAddresses' | 'usage' | 'log' | 'history' | 'pacer' | 'dryPools'
> {
  /** The table as a deployment of that name sees it. */
  ownershipAs(deployment: string): TableOwnership;
  /** Writes a record of the node that no version of Holdfast writes. */
  spoil(nodeId: string): Promise<void>;
  close(): Promise<void>;
}

interface Implementation {
  readonly implementation: string;
  open(): Promise<OpenTable>;
}

const OURS: readonly Implementation[] = [
  { implementation: 'in memory', open: openInMemory },
  { implementation: 'the DynamoDB adapter', open: openOnDynalite },
];

/** The explorer's table holds no logs, no usage records and no records that cannot be read. */
const EXPLORED: Implementation = { implementation: 'explored', open: openExplored };

function implementations(isExplored: boolean): readonly Implementation[] {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (endpoint !== undefined) return [{ implementation: `DynamoDB at ${endpoint}`, open: () => openAt(endpoint) }];
  return isExplored ? [...OURS, EXPLORED] : OURS;
}

/**
 * One suite over every implementation. Each test has an empty table.
 * @param isExplored whether the suite also runs on the explorer's table
 */
export function tableContract(port: string, promises: (table: () => OpenTable) => void, isExplored = false): void {
  describe.each(implementations(isExplored))(`${port}, $implementation`, ({ open }) => {
    let table: OpenTable;
    beforeEach(async () => {
      table = await open();
    });
    afterEach(() => table.close());
    promises(() => table);
  });
}

async function openInMemory(): Promise<OpenTable> {
  const ports = new InMemoryPorts();
  ports.tableIdentity = undefined;
  const { nodes, claims, index, migrations, missingAddresses, usage, log, history, pacer, dryPools } = ports;
  return {
    nodes,
    claims,
    index,
    migrations,
    missingAddresses,
    usage,
    log,
    history,
    pacer,
    dryPools,
    ownershipAs: (deployment) => ports.ownershipAs(deployment),
    spoil: async (nodeId) => {
      ports.unreadable.push(new UnreadableRecord({ kind: 'NODE', id: nodeId }, 'version', 'expected a number'));
    },
    close: async () => undefined,
  };
}

async function openExplored(): Promise<OpenTable> {
  return { ...(await openInMemory()), ...exploredTable() };
}

const TABLE_NAME = 'Nodes';
const KEYS = [
  { AttributeName: 'pk', KeyType: 'HASH' as const },
  { AttributeName: 'sk', KeyType: 'RANGE' as const },
];
const ATTRIBUTES = KEYS.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const }));

async function openOnDynalite(): Promise<OpenTable> {
  const definition = { logicalId: 'Table', name: TABLE_NAME, keySchema: KEYS, attributeDefinitions: ATTRIBUTES };
  const database = await openDynamoDb(new VirtualClock(), [definition], { serialises: true });
  return onDynamoDb(database.client, () => database.close());
}

/** Only one at a time: the promises know the table's name. */
async function openAt(endpoint: string): Promise<OpenTable> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const definition = { TableName: TABLE_NAME, KeySchema: KEYS, AttributeDefinitions: ATTRIBUTES };
  await client.send(new CreateTableCommand({ ...definition, BillingMode: 'PAY_PER_REQUEST' }));
  return onDynamoDb(client, async () => {
    await client.send(new DeleteTableCommand({ TableName: TABLE_NAME }));
    client.destroy();
  });
}

function onDynamoDb(dynamodb: Pick<DynamoDBClient, 'send'>, close: () => Promise<void>): OpenTable {
  const table = { dynamodb, tableName: TABLE_NAME };
  const random = new Random(1);
  return {
    nodes: nodeRecords(table, async () => undefined),
    claims: addressClaims(table),
    index: instanceIndex(table),
    migrations: migrationRecords(table),
    missingAddresses: missingAddresses(table),
    usage: usageRecords(table),
    log: nodeLog(table, (digits) => random.hex(digits)),
    history: operationHistory(table),
    pacer: dynamoDbPacer(table, noWarning),
    dryPools: dynamoDbDryPools(table, noWarning),
    ownershipAs: (deployment) => tableOwnership(table, deployment),
    spoil: async (nodeId) => {
      const Item = marshall({ ...presentKey(nodeId), id: nodeId, version: 'seven' });
      await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
    },
    close,
  };
}

/** A port that logs a warning has given up, and the contract would not see it. */
const noWarning = {
  warn: (message: string, fields?: Fields): never => {
    throw new Error(message, { cause: fields });
  },
};

/** The results of calls made at the same time: how many succeeded, and the errors of the others. */
export async function atOnce(
  calls: readonly Promise<unknown>[],
): Promise<{ readonly succeeded: number; readonly errors: readonly unknown[] }> {
  const settled = await Promise.allSettled(calls);
  const errors = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  return { succeeded: settled.length - errors.length, errors };
}
