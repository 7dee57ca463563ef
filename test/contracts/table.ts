/** The ports on the table, in each of their implementations: in memory, and the adapters on DynamoDB's own engine. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { UnreadableRecord } from '../../domain/errors';
import type { Ports, TableOwnership } from '../../lambdas/ports';
import { nodeLog } from '../../lambdas/adapters/dynamodb-log';
import { migrationRecords } from '../../lambdas/adapters/dynamodb-migrations';
import { tableOwnership } from '../../lambdas/adapters/dynamodb-ownership';
import { addressClaims, instanceIndex, nodeRecords } from '../../lambdas/adapters/dynamodb-table';
import { usageRecords } from '../../lambdas/adapters/dynamodb-usage';
import { openDynamoDb } from '../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../simulator/time/clock';
import { Random } from '../../simulator/time/random';
import { InMemoryPorts } from '../lambdas/in-memory-ports';
import { exploredTable } from './explored';

/** An empty table, and the ports on it. */
interface OpenTable extends Pick<Ports, 'nodes' | 'claims' | 'index' | 'migrations' | 'usage' | 'log'> {
  /** The table as a deployment of that name sees it. */
  ownershipAs(deployment: string): TableOwnership;
  /** Writes a record of the node that no version of Holdfast writes. */
  spoil(nodeId: string): Promise<void>;
  close(): Promise<void>;
}

const IMPLEMENTATIONS = [
  { implementation: 'in memory', open: openInMemory },
  { implementation: 'the DynamoDB adapter', open: openOnDynamoDb },
];

/** The explorer's table holds no logs, no usage records and no records that cannot be read. */
const EXPLORED = { implementation: 'explored', open: openExplored };

/**
 * One suite over every implementation. Each test has an empty table.
 * @param isExplored whether the suite also runs on the explorer's table
 */
export function tableContract(port: string, promises: (table: () => OpenTable) => void, isExplored = false): void {
  describe.each(isExplored ? [...IMPLEMENTATIONS, EXPLORED] : IMPLEMENTATIONS)(
    `${port}, $implementation`,
    ({ open }) => {
      let table: OpenTable;
      beforeEach(async () => {
        table = await open();
      });
      afterEach(() => table.close());
      promises(() => table);
    },
  );
}

async function openInMemory(): Promise<OpenTable> {
  const ports = new InMemoryPorts();
  ports.tableIdentity = undefined;
  const { nodes, claims, index, migrations, usage, log } = ports;
  return {
    nodes,
    claims,
    index,
    migrations,
    usage,
    log,
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

async function openOnDynamoDb(): Promise<OpenTable> {
  const keys = [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ];
  const attributeDefinitions = keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const }));
  const definition = { logicalId: 'Table', name: TABLE_NAME, keySchema: keys, attributeDefinitions };
  const database = await openDynamoDb(new VirtualClock(), [definition]);
  const table = { dynamodb: database.client, tableName: TABLE_NAME };
  const random = new Random(1);
  return {
    nodes: nodeRecords(table, async () => undefined),
    claims: addressClaims(table),
    index: instanceIndex(table),
    migrations: migrationRecords(table),
    usage: usageRecords(table),
    log: nodeLog(table, (digits) => random.hex(digits)),
    ownershipAs: (deployment) => tableOwnership(table, deployment),
    spoil: async (nodeId) => {
      const Item = marshall({ pk: 'NODE', sk: nodeId, id: nodeId, version: 'seven' });
      await database.client.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
    },
    close: () => database.close(),
  };
}

/** The results of calls made at the same time: how many succeeded, and the errors of the others. */
export async function atOnce(
  calls: readonly Promise<unknown>[],
): Promise<{ readonly succeeded: number; readonly errors: readonly unknown[] }> {
  const settled = await Promise.allSettled(calls);
  const errors = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  return { succeeded: settled.length - errors.length, errors };
}
