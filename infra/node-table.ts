import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { LIST_INDEX, NODE_INDEX } from '../domain/records/node-index';

const PARTITION_KEY = 'pk';
const SORT_KEY = 'sk';

/** Template metadata that describes a table that the stack uses and does not make, for the local control plane. */
const KEPT_TABLE_METADATA = 'holdfast:kept-table';

type TableOperation = 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem' | 'Query';

export interface NodeTableProps {
  /**
   * An existing table to use: of an earlier deployment, or restored from a backup. The stack neither makes nor changes
   * it: its deletion protection and backups stay as they are.
   * @default - a new table
   */
  readonly keptTableName?: string | undefined;
  /** Whether the new table refuses to be deleted. */
  readonly deletionProtection: boolean;
}

/**
 * The node records. Only they say which interface belongs to which node. So the table outlives the stack, is protected
 * from deletion, and can be restored to any second of the last 35 days.
 */
export class NodeTable extends Construct {
  readonly table: ITable;

  constructor(scope: Construct, id: string, { keptTableName, deletionProtection }: NodeTableProps) {
    super(scope, id);
    this.table = keptTableName === undefined ? this.createTable(deletionProtection) : this.useTable(keptTableName);
  }

  /** Grants queries, single-item reads and conditional writes, alone or in a transaction: no scans. */
  grant(grantee: IGrantable, ...operations: readonly TableOperation[]): void {
    const actions = operations.map((operation) => `dynamodb:${operation}`);
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] }).assertSuccess();
  }

  /** Grants queries of an index. A kept table may lack it: then the whole records are read. */
  grantIndex(grantee: IGrantable, { name }: { readonly name: string }): void {
    const resourceArns = [`${this.table.tableArn}/index/${name}`];
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns }).assertSuccess();
  }

  private createTable(deletionProtection: boolean): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
      sortKey: { name: SORT_KEY, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // For the nodes' logs and usage. DynamoDB deletes an item only within days after this time, so no deadline may use it.
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    table.addGlobalSecondaryIndex({
      indexName: NODE_INDEX.name,
      partitionKey: { name: NODE_INDEX.shard, type: AttributeType.STRING },
      sortKey: { name: SORT_KEY, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [NODE_INDEX.atRest],
    });
    table.addGlobalSecondaryIndex({
      indexName: LIST_INDEX.name,
      partitionKey: { name: LIST_INDEX.shard, type: AttributeType.STRING },
      sortKey: { name: LIST_INDEX.changedAt, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [LIST_INDEX.listed],
    });
    return table;
  }

  private useTable(TableName: string): ITable {
    Stack.of(this).addMetadata(KEPT_TABLE_METADATA, {
      TableName,
      KeySchema: [
        { AttributeName: PARTITION_KEY, KeyType: 'HASH' },
        { AttributeName: SORT_KEY, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [PARTITION_KEY, SORT_KEY].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    });
    return Table.fromTableName(this, 'Table', TableName);
  }
}
