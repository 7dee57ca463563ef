import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * The node records. They are the only memory of which interface is whose, so the table outlives the stack,
 * refuses to be deleted, and can be restored to any second of the last 35 days.
 */
export class NodeTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // For the nodes' logs and usage. Items are deleted within days of this time, so nothing that must end in time may use it.
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Single-item reads, and updates of what is there. */
  grantReadUpdate(grantee: IGrantable): void {
    this.grant(grantee, ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
  }

  /** Queries, single-item reads and conditional writes: no transactions, no scans. */
  grantReadWrite(grantee: IGrantable): void {
    const operations = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'];
    this.grant(
      grantee,
      operations.map((operation) => `dynamodb:${operation}`),
    );
  }

  private grant(grantee: IGrantable, actions: string[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] }).assertSuccess();
  }
}
