import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HoldfastFunction } from './holdfast-function';
import type { NodeTable } from './node-table';
import type { UndeliveredEvents } from './undelivered-events';
import type { Workflow } from './workflow';

/** The states that an execution may wait for, or that end its wait. EC2's `pending` and `stopping` settle nothing. */
const AWAITED_STATES = ['running', 'shutting-down', 'terminated', 'stopped'];

export interface WaiterWakeUpProps {
  readonly table: NodeTable;
  readonly undelivered: UndeliveredEvents;
  /** The state machines whose executions wait for an instance. */
  readonly waitingMachines: readonly Workflow[];
}

/** Wakes the execution that waits for an instance when EC2 says that the instance has changed its state. */
export class WaiterWakeUp extends Construct {
  constructor(scope: Construct, id: string, props: WaiterWakeUpProps) {
    super(scope, id);
    const wakeWaiter = new HoldfastFunction(this, 'WakeWaiter', {
      entry: 'lambdas/wake-waiter.ts',
      description: 'Wakes the execution that waits for an instance to change its state',
      environment: { TABLE_NAME: props.table.table.tableName },
      deadLetterQueue: props.undelivered.queue,
    });
    props.table.grantRead(wakeWaiter);
    // The service authorization reference lists no resource for these, but IAM does check the state machine.
    wakeWaiter.addToRolePolicy(
      new PolicyStatement({
        actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
        resources: props.waitingMachines.map((machine) => machine.stateMachineArn),
      }),
    );
    new Rule(this, 'StateChange', {
      eventPattern: {
        source: ['aws.ec2'],
        detailType: ['EC2 Instance State-change Notification'],
        detail: { state: AWAITED_STATES },
      },
      targets: [new LambdaFunction(wakeWaiter, { deadLetterQueue: props.undelivered.queue })],
    });
  }
}
