import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, type LambdaFunctionProps } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { describeStatement, reconciliationStatements } from './ec2-permissions';
import { HoldfastFunction } from './holdfast-function';
import { NODE_INDEX } from '../../domain/records/node-index';
import type { NodeTable } from '../node-table';
import { executionArns, stateMachineArnPrefix, stateMachineArns } from '../workflows/state-machine-arns';
import { UndeliveredEvents } from '../events/undelivered-events';
import type { Workflow } from '../workflows/workflow';

export interface NodeReconcilerProps {
  readonly table: NodeTable;
  /** The state machines whose executions may fail before their operation has ended. */
  readonly workflows: readonly Workflow[];
  /** The role that, besides the reconciler's own, may detach interfaces and disassociate addresses. */
  readonly stepsRole: Role;
}

/** A run reads every node and every page of EC2's lists. With thousands of nodes it takes a minute or two. */
const TIMEOUT_SECONDS = 300;
const INTERVAL_MINUTES = 1;
/** By then the next run has seen what the event would have reported. This is the minimum that EventBridge accepts. */
const EVENT_KEPT_SECONDS = 60;
const DELIVERY_RETRIES = 2;

/** The calls that take an interface or an address away from its node. */
const CALLS_THAT_TAKE_AWAY = [
  'AssociateAddress',
  'DeleteNetworkInterface',
  'DetachNetworkInterface',
  'DisassociateAddress',
  'ReleaseAddress',
];
const ENDED_BADLY = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Compares the nodes with EC2 every minute, in case events were lost. It also runs at once when a call took something
 * from a node, or when an operation failed. It does not rely on what the events say: they only say when to look.
 */
export class NodeReconciler extends Construct {
  readonly function: HoldfastFunction;
  /** A queue of its own: a reconciler that fails every minute would hide the undelivered events about instances. */
  readonly undelivered: UndeliveredEvents;

  constructor(scope: Construct, id: string, props: NodeReconcilerProps) {
    super(scope, id);
    this.undelivered = new UndeliveredEvents(this, 'Undelivered');
    this.function = this.createFunction(props.table);
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(Duration.minutes(INTERVAL_MINUTES)),
      targets: [this.target()],
    });
    this.runOn('TakenByHand', takenByOthersThan([props.stepsRole.roleArn, this.function.executionRole.roleArn]));
    this.runOn('ExecutionEnded', {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ENDED_BADLY, stateMachineArn: props.workflows.map((workflow) => workflow.stateMachineArn) },
    });
  }

  private createFunction(table: NodeTable): HoldfastFunction {
    const reconciler = new HoldfastFunction(this, 'Function', {
      entry: 'lambdas/reconciler/handler.ts',
      description: 'Compares every node with EC2, and starts what is missing',
      timeoutSeconds: TIMEOUT_SECONDS,
      environment: { TABLE_NAME: table.table.tableName, STATE_MACHINE_ARN_PREFIX: stateMachineArnPrefix(this) },
      deadLetterQueue: this.undelivered.queue,
      // The next run looks at everything again. Retries of a failed run would only add to its load.
      retryAttempts: 0,
      tracing: Tracing.PASS_THROUGH,
    });
    // It deletes only what it moves.
    table.grant(reconciler, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query');
    table.grantIndex(reconciler, NODE_INDEX);
    const role = reconciler.executionRole;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:ListExecutions', 'states:StartExecution'],
        resources: stateMachineArns(this),
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['states:DescribeExecution'], resources: executionArns(role) }));
    role.addToPolicy(describeStatement(role, DESCRIBED));
    for (const statement of reconciliationStatements(role)) role.addToPolicy(statement);
    return reconciler;
  }

  private runOn(id: string, eventPattern: EventPattern): void {
    new Rule(this, id, { eventPattern, targets: [this.target()] });
  }

  private target(): LambdaFunction {
    const delivery: LambdaFunctionProps = {
      deadLetterQueue: this.undelivered.queue,
      maxEventAge: Duration.seconds(EVENT_KEPT_SECONDS),
      retryAttempts: DELIVERY_RETRIES,
    };
    return new LambdaFunction(this.function, delivery);
  }
}

const DESCRIBED = [
  'DescribeAddresses',
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeVolumes',
];

/**
 * CloudTrail sends events about these calls only if the account has a trail. A role's session names the role that issued
 * it. IAM users and root have no session, and `anything-but` does not match an absent field, so we need two alternatives.
 */
function takenByOthersThan(roleArns: readonly string[]): EventPattern {
  return {
    source: ['aws.ec2'],
    detailType: ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['ec2.amazonaws.com'],
      eventName: CALLS_THAT_TAKE_AWAY,
      // A refused call took nothing away.
      errorCode: [{ exists: false }],
      userIdentity: { sessionContext: { sessionIssuer: { arn: [{ exists: false }, { 'anything-but': roleArns }] } } },
    },
  };
}
