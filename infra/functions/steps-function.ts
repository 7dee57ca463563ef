import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { replacementStatements, type LaunchPermissions } from './ec2-permissions';
import { HoldfastFunction } from './holdfast-function';
import type { NodeTable } from '../node-table';
import { statusEventsStatement } from '../events/status-events';
import { stateMachineArnPrefix, stateMachineArns } from '../workflows/state-machine-arns';

export interface StepsFunctionProps {
  readonly table: NodeTable;
  readonly launches: LaunchPermissions;
}

/** One function runs all steps of the state machines, so that a replacement has at most one cold start. */
export class StepsFunction extends Construct {
  readonly function: HoldfastFunction;

  constructor(scope: Construct, id: string, props: StepsFunctionProps) {
    super(scope, id);
    this.function = new HoldfastFunction(this, 'Function', {
      entry: 'lambdas/steps/handler.ts',
      description: 'The steps of the state machines',
      environment: {
        TABLE_NAME: props.table.table.tableName,
        STATE_MACHINE_ARN_PREFIX: stateMachineArnPrefix(this),
      },
    });
    props.table.grant(this.function, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
    // An operation that ends starts the next one. One that waits may find that its wait is over already.
    this.function.executionRole.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'],
        resources: stateMachineArns(this),
      }),
    );
    this.function.executionRole.addToPolicy(statusEventsStatement(this));
    for (const statement of replacementStatements(this.function.executionRole, props.launches)) {
      this.function.executionRole.addToPolicy(statement);
    }
  }
}
