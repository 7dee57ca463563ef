import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { statusEventsStatement } from '../events/status-events';
import type { NodeTable } from '../node-table';
import { stateMachineArnPrefix, stateMachineArns } from '../workflows/state-machine-arns';
import { describeStatement, READ_BY_VALIDATION } from './ec2-permissions';
import { HoldfastFunction } from './holdfast-function';

export interface NodeProviderProps {
  readonly table: NodeTable;
  /** The IAM roles that launched instances may be given. */
  readonly instanceRoleArns: readonly string[];
  /** The accounts that share subnets and security groups with this one. */
  readonly subnetOwnerAccounts: readonly string[];
}

/** A first launch takes about a minute, and a deletion as long as its drain. CloudFormation itself waits for an hour. */
const WAIT_MINUTES = 55;
const POLL_SECONDS = 10;

/** Makes, changes and deletes the nodes that CloudFormation templates declare. */
export class NodeProvider extends Construct {
  /** Of the custom resources. */
  readonly serviceToken: string;

  constructor(scope: Construct, id: string, props: NodeProviderProps) {
    super(scope, id);
    const { table, instanceRoleArns, subnetOwnerAccounts } = props;
    const handler = new HoldfastFunction(this, 'Function', {
      entry: 'lambdas/node-resource/handler.ts',
      description: 'Follows the nodes that CloudFormation templates declare',
      environment: {
        TABLE_NAME: table.table.tableName,
        STATE_MACHINE_ARN_PREFIX: stateMachineArnPrefix(this),
        INSTANCE_ROLE_ARNS: instanceRoleArns.join(','),
        ...(subnetOwnerAccounts.length > 0 && { SUBNET_OWNER_ACCOUNTS: subnetOwnerAccounts.join(',') }),
      },
    });
    table.grant(handler, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query');
    const role = handler.executionRole;
    role.addToPolicy(describeStatement(role, READ_BY_VALIDATION));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution', 'states:SendTaskSuccess'],
        resources: stateMachineArns(this),
      }),
    );
    role.addToPolicy(statusEventsStatement(this));
    const provider = new Provider(this, 'Provider', {
      onEventHandler: handler,
      isCompleteHandler: handler,
      queryInterval: Duration.seconds(POLL_SECONDS),
      totalTimeout: Duration.minutes(WAIT_MINUTES),
      // Without it, Lambda would make a log group for each function of the framework: never deleted, and kept for ever.
      logGroup: new LogGroup(this, 'ProviderLog', {
        retention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
    this.serviceToken = provider.serviceToken;
  }
}
