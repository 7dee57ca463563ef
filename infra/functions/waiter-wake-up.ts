import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { STATE_CHANGE_DETAIL_TYPE } from '../../domain/operation/trigger';
import { HoldfastFunction } from './holdfast-function';
import type { NodeTable } from '../node-table';
import { stateMachineArnPrefix } from '../workflows/state-machine-arns';
import type { UndeliveredEvents } from '../events/undelivered-events';
import type { Workflow } from '../workflows/workflow';

/**
 * The states that an execution may wait for, or that end its wait. `pending` does neither: it starts a container, seconds
 * before the event that the execution waits for, so that the address does not wait for a cold start.
 */
const AWAITED_STATES = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'];

export interface WaiterWakeUpProps {
  readonly table: NodeTable;
  readonly undelivered: UndeliveredEvents;
  /** The state machines whose executions wait for an instance. */
  readonly waitingMachines: readonly Workflow[];
  /** The state machine that replaces a lost instance. */
  readonly replaceNode: Workflow;
}

/** Acts when an instance changes its state: wakes the execution that waits for it, or replaces a lost instance. */
export class WaiterWakeUp extends Construct {
  readonly function: HoldfastFunction;

  constructor(scope: Construct, id: string, props: WaiterWakeUpProps) {
    super(scope, id);
    this.function = new HoldfastFunction(this, 'WakeWaiter', {
      entry: 'lambdas/wake-waiter/handler.ts',
      description: 'Wakes the execution that waits for an instance to change its state, or replaces a lost one',
      environment: { TABLE_NAME: props.table.table.tableName, STATE_MACHINE_ARN_PREFIX: stateMachineArnPrefix(this) },
      deadLetterQueue: props.undelivered.queue,
      tracing: Tracing.PASS_THROUGH,
    });
    const wakeWaiter = this.function;
    props.table.grant(wakeWaiter, 'GetItem', 'UpdateItem');
    // The service authorization reference lists no resource for these actions, but IAM checks the state machine.
    wakeWaiter.addToRolePolicy(
      new PolicyStatement({
        actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
        resources: props.waitingMachines.map((machine) => machine.stateMachineArn),
      }),
    );
    wakeWaiter.addToRolePolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [props.replaceNode.stateMachineArn] }),
    );
    new Rule(this, 'StateChange', {
      eventPattern: {
        source: ['aws.ec2'],
        detailType: [STATE_CHANGE_DETAIL_TYPE],
        detail: { state: AWAITED_STATES },
      },
      targets: [new LambdaFunction(wakeWaiter, { deadLetterQueue: props.undelivered.queue })],
    });
  }
}
