import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { NodeApi, type NodeApiProps } from './functions/node-api';
import { NodeOperations } from './workflows/node-operations';
import { NodeReconciler } from './functions/node-reconciler';
import { NodeReplacement } from './workflows/node-replacement';
import { NodeTable } from './node-table';
import { NodeDashboard } from './monitoring/node-dashboard';
import { OperatorAlarms } from './monitoring/operator-alarms';
import { StepsFunction } from './functions/steps-function';
import { UndeliveredEvents } from './events/undelivered-events';
import { WaiterWakeUp } from './functions/waiter-wake-up';

export interface HoldfastStackProps extends StackProps {
  /** The IAM roles that launched instances may be given. Without any, no node can have an instance role. */
  readonly instanceRoleArns: readonly string[];
  /** An existing table to use: of an earlier deployment, or restored from a backup. @default - a new table */
  readonly tableName?: string | undefined;
  /** How the API is served. @default - with a bearer token, at the host name from API Gateway */
  readonly api?: Omit<NodeApiProps, 'table' | 'instanceRoleArns'>;
}

/** Everything that Holdfast has in one account and Region. It names no Region and no account. */
export class HoldfastStack extends Stack {
  constructor(scope: Construct, id: string, props: HoldfastStackProps) {
    super(scope, id, props);
    const table = new NodeTable(this, 'Nodes', { keptTableName: props.tableName });
    const undelivered = new UndeliveredEvents(this, 'UndeliveredEvents');
    const steps = new StepsFunction(this, 'Steps', { table, instanceRoleArns: props.instanceRoleArns });
    const operations = new NodeOperations(this, 'Operations', { steps });
    const workflows = operations.all();
    const replaceNode = operations.workflow('replace');
    new NodeReplacement(this, 'NodeReplacement', { replaceNode, undelivered });
    const wakeUp = new WaiterWakeUp(this, 'WaiterWakeUp', {
      table,
      undelivered,
      waitingMachines: workflows,
      replaceNode,
    });
    const reconciler = new NodeReconciler(this, 'Reconciler', {
      table,
      workflows,
      stepsRole: steps.function.executionRole,
    });
    const api = new NodeApi(this, 'NodeApi', { table, instanceRoleArns: props.instanceRoleArns, ...props.api });
    const functions = [steps.function, wakeUp.function, reconciler.function, api.function];
    const watched = { workflows, undelivered, reconciler, api, functions };
    const alarms = new OperatorAlarms(this, 'Alarms', watched);
    new NodeDashboard(this, 'Dashboard', { ...watched, alarms });
    this.publish(table, api, alarms, operations);
  }

  private publish(table: NodeTable, api: NodeApi, alarms: OperatorAlarms, operations: NodeOperations): void {
    this.output('ApiUrl', api.url, 'Where the API is');
    if (api.token !== undefined) {
      this.output('ApiTokenSecretArn', api.token.secret.secretArn, this.howToReadTheToken('ApiTokenSecretArn'));
    }
    if (api.domainTarget !== undefined) {
      this.output('ApiDomainTarget', api.domainTarget, "The target for the CNAME record of the API's domain name");
    }
    this.output('AlarmTopicArn', alarms.topic.topicArn, 'Subscribe here to hear of alarms');
    this.output('TableName', table.table.tableName, 'The node records');
    for (const workflow of operations.all()) {
      this.output(`${workflow.node.id}StateMachineArn`, workflow.stateMachineArn, `Runs ${workflow.kind}-node`);
    }
  }

  private output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }

  /** A description cannot contain a reference, so the command looks up the secret. */
  private howToReadTheToken(output: string): string {
    const query = `Stacks[0].Outputs[?OutputKey=='${output}'].OutputValue`;
    const secretId = `$(aws cloudformation describe-stacks --stack-name ${this.stackName} --query "${query}" --output text)`;
    return `aws secretsmanager get-secret-value --secret-id "${secretId}" --query SecretString --output text`;
  }
}
