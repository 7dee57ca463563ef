import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { describeStatement } from './ec2-permissions';
import { HoldfastFunction } from './holdfast-function';
import type { NodeTable } from './node-table';
import { stateMachineArnPrefix } from './state-machine-arns';
import type { StepsFunction } from './steps-function';
import { Workflow } from './workflow';

export interface NodeCreationProps {
  readonly table: NodeTable;
  readonly steps: StepsFunction;
}

/** Turns a configuration document into a node: validated, recorded, and launched. Invoked by hand. */
export class NodeCreation extends Construct {
  readonly createNode: HoldfastFunction;
  readonly launchNode: Workflow;

  constructor(scope: Construct, id: string, props: NodeCreationProps) {
    super(scope, id);
    this.launchNode = new Workflow(this, 'LaunchNode', { kind: 'launch', steps: props.steps });
    this.createNode = new HoldfastFunction(this, 'CreateNode', {
      entry: 'lambdas/create-node.ts',
      description: 'Validates a configuration document, records the node and starts its launch',
      environment: {
        TABLE_NAME: props.table.table.tableName,
        STATE_MACHINE_ARN_PREFIX: stateMachineArnPrefix(this),
      },
    });
    props.table.grantReadWrite(this.createNode);
    const role = this.createNode.executionRole;
    role.addToPolicy(describeStatement(role, ['DescribeAddresses', 'DescribeSubnets']));
    role.addToPolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [this.launchNode.stateMachineArn] }),
    );
  }
}
