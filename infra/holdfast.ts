import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { NodeApi, type NodeApiProps } from './functions/node-api';
import { NodeProvider } from './functions/node-provider';
import { NodeOperations } from './workflows/node-operations';
import { NodeReconciler } from './functions/node-reconciler';
import { NodeReplacement } from './workflows/node-replacement';
import { NodeTable } from './node-table';
import { NodeDashboard } from './monitoring/node-dashboard';
import { OperatorAlarms } from './monitoring/operator-alarms';
import { StepsFunction } from './functions/steps-function';
import { applyToAll } from './apply-to-all';
import { UndeliveredEvents } from './events/undelivered-events';
import { WaiterWakeUp } from './functions/waiter-wake-up';

/** The choices of a deployment: docs/deploy.md. */
export interface HoldfastProps {
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

/**
 * Everything that Holdfast has in one account and Region: API, state machines, functions, table and alarms. It names no
 * Region and no account. A stack holds one, because the name of the stack is in names, tags and policies.
 */
export class Holdfast extends Construct {
  /** The node records. */
  readonly table: NodeTable;
  /** The API that clients and the command line call. */
  readonly api: NodeApi;
  /** The topic of the alarms. */
  readonly alarms: OperatorAlarms;
  /** The state machines. */
  readonly operations: NodeOperations;
  /** Compares the nodes with EC2 every minute. */
  readonly reconciler: NodeReconciler;
  /** Acts when an instance changes its state. */
  readonly wakeUp: WaiterWakeUp;
  /** The dead letters of events about instances. */
  readonly undelivered: UndeliveredEvents;
  private nodeProvider: NodeProvider | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HoldfastProps = {},
  ) {
    super(scope, id);
    refuseSecond(this);
    const { instanceRoleArns = [], volumeKeyArns = [], subnetOwnerAccounts = [], imports = true } = props;
    this.table = new NodeTable(this, 'Nodes', {
      keptTableName: props.tableName,
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
    });
    this.undelivered = new UndeliveredEvents(this, 'UndeliveredEvents');
    const { table, undelivered } = this;
    const steps = new StepsFunction(this, 'Steps', {
      table,
      launches: { instanceRoleArns, volumeKeyArns, subnetOwnerAccounts, imports },
    });
    this.operations = new NodeOperations(this, 'Operations', { steps });
    const workflows = this.operations.all();
    const replaceNode = this.operations.workflow('replace');
    new NodeReplacement(this, 'NodeReplacement', { replaceNode, undelivered });
    this.wakeUp = new WaiterWakeUp(this, 'WaiterWakeUp', {
      table,
      undelivered,
      waitingMachines: workflows,
      replaceNode,
    });
    this.reconciler = new NodeReconciler(this, 'Reconciler', {
      table,
      workflows,
      stepsRole: steps.function.executionRole,
    });
    this.api = new NodeApi(this, 'NodeApi', { table, instanceRoleArns, subnetOwnerAccounts, imports, ...props.api });
    const { reconciler, api, wakeUp } = this;
    const functions = [steps, wakeUp, reconciler, api, ...(api.console ? [api.console] : [])].map(
      (each) => each.function,
    );
    const watched = { workflows, undelivered, reconciler, api, functions };
    this.alarms = new OperatorAlarms(this, 'Alarms', { ...watched, email: props.alarmEmail });
    new NodeDashboard(this, 'Dashboard', { ...watched, alarms: this.alarms });
    applyToAll(this, props);
  }

  /** What declared nodes are made by. Only a deployment that declares nodes has it. */
  nodeServiceToken(): string {
    const { instanceRoleArns = [], subnetOwnerAccounts = [] } = this.props;
    this.nodeProvider ??= new NodeProvider(this, 'NodeProvider', {
      table: this.table,
      instanceRoleArns,
      subnetOwnerAccounts,
    });
    return this.nodeProvider.serviceToken;
  }
}

/** @throws Error if the stack has another Holdfast */
function refuseSecond(holdfast: Holdfast): void {
  const others = Stack.of(holdfast)
    .node.findAll()
    .filter((each) => each instanceof Holdfast && each !== holdfast && Stack.of(each) === Stack.of(holdfast));
  if (others.length === 0) return;
  throw new Error(
    `${holdfast.node.path}: the stack has a Holdfast already (${others[0]?.node.path ?? ''}), and its names contain the ` +
      "stack's name. Put the second into a stack of its own.",
  );
}
