import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { NodeApi, type NodeApiProps } from './functions/node-api';
import { NodeOperations } from './workflows/node-operations';
import { NodeReconciler } from './functions/node-reconciler';
import { NodeReplacement } from './workflows/node-replacement';
import { NodeTable } from './node-table';
import { OperatorAlarms } from './events/operator-alarms';
import { StackOutputs } from './stack-outputs';
import { StepsFunction } from './functions/steps-function';
import { applyToAll } from './apply-to-all';
import { UndeliveredEvents } from './events/undelivered-events';
import { WaiterWakeUp } from './functions/waiter-wake-up';

export interface HoldfastStackProps extends StackProps {
  /** The IAM roles that launched instances may be given. @default - none: no node can have an instance role */
  readonly instanceRoleArns?: readonly string[] | undefined;
  /**
   * The customer-managed KMS keys that may encrypt the volumes of launched instances. A spot instance also needs a grant
   * for the service-linked role of Spot: see docs/deploy.md.
   * @default - none: volumes are not encrypted, or with AWS's own key
   */
  readonly volumeKeyArns?: readonly string[] | undefined;
  /**
   * The accounts that share subnets and security groups with this one (AWS RAM), and in which nodes may be launched.
   * @default - none: subnets and security groups are this account's own
   */
  readonly subnetOwnerAccounts?: readonly string[] | undefined;
  /**
   * Whether running instances that Holdfast did not launch can be imported as nodes. If not, no role may tag instances or
   * interfaces that Holdfast did not make.
   * @default true
   */
  readonly imports?: boolean | undefined;
  /** An existing table to use: of an earlier deployment, or restored from a backup. @default - a new table */
  readonly tableName?: string | undefined;
  /** How the API is served. @default - with a bearer token, at the host name from API Gateway */
  readonly api?: Omit<NodeApiProps, 'table' | 'instanceRoleArns' | 'subnetOwnerAccounts' | 'imports'> | undefined;
  /** Receives every alarm, once it has confirmed its subscription. @default - only what subscribes to the topic */
  readonly alarmEmail?: string | undefined;
  /** Days. One of the values that CloudWatch Logs knows. @default 90 */
  readonly logRetentionDays?: number | undefined;
  /** The managed policy that limits every role of the deployment. @default - none */
  readonly permissionsBoundaryArn?: string | undefined;
  /**
   * What remains when the stack is deleted. RETAIN: the table, the token and the logs. DESTROY: nothing; the table then
   * has no deletion protection.
   * @default - the table and the token remain, and the logs do not
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY | undefined;
}

/** Everything that Holdfast has in one account and Region. It names no Region and no account. */
export class HoldfastStack extends Stack {
  constructor(scope: Construct, id: string, props: HoldfastStackProps = {}) {
    super(scope, id, props);
    const { instanceRoleArns = [], volumeKeyArns = [], subnetOwnerAccounts = [], imports = true } = props;
    const table = new NodeTable(this, 'Nodes', {
      keptTableName: props.tableName,
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
    });
    const undelivered = new UndeliveredEvents(this, 'UndeliveredEvents');
    const steps = new StepsFunction(this, 'Steps', {
      table,
      launches: { instanceRoleArns, volumeKeyArns, subnetOwnerAccounts, imports },
    });
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
    const api = new NodeApi(this, 'NodeApi', { table, instanceRoleArns, subnetOwnerAccounts, imports, ...props.api });
    const alarms = new OperatorAlarms(this, 'Alarms', {
      workflows,
      undelivered,
      reconciler,
      alarmEmail: props.alarmEmail,
    });
    new StackOutputs(this, { table, api, alarms, operations, reconciler, wakeUp, undelivered });
    applyToAll(this, props);
  }
}
