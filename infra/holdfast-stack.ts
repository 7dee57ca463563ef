import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { NodeCreation } from './node-creation';
import { NodeReplacement } from './node-replacement';
import { NodeTable } from './node-table';
import { StepsFunction } from './steps-function';
import { UndeliveredEvents } from './undelivered-events';
import { WaiterWakeUp } from './waiter-wake-up';

export interface HoldfastStackProps extends StackProps {
  /** The IAM roles that launched instances may be given. Without any, no node can have an instance role. */
  readonly instanceRoleArns: readonly string[];
}

/** Everything that Holdfast is in one account and Region. Names a Region or account nowhere. */
export class HoldfastStack extends Stack {
  constructor(scope: Construct, id: string, props: HoldfastStackProps) {
    super(scope, id, props);
    const table = new NodeTable(this, 'Nodes');
    const undelivered = new UndeliveredEvents(this, 'UndeliveredEvents');
    const steps = new StepsFunction(this, 'Steps', { table, instanceRoleArns: props.instanceRoleArns });
    const replacement = new NodeReplacement(this, 'NodeReplacement', { steps, undelivered });
    const creation = new NodeCreation(this, 'NodeCreation', { table, steps });
    new WaiterWakeUp(this, 'WaiterWakeUp', {
      table,
      undelivered,
      waitingMachines: [creation.launchNode, replacement.replaceNode],
    });
    this.publish({
      CreateNodeFunctionName: creation.createNode.functionName,
      TableName: table.table.tableName,
      LaunchNodeStateMachineArn: creation.launchNode.stateMachineArn,
      ReplaceNodeStateMachineArn: replacement.replaceNode.stateMachineArn,
    });
  }

  private publish(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
