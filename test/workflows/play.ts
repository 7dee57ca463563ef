/**
 * One node in a simulated account, under virtual time: the actions and observations that workflow tests consist of.
 * The definitions, the handlers, the adapters and the wiring are the real ones.
 */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { CreateNetworkInterfaceCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { createApiPorts } from '../../lambdas/adapters/create-api-ports';
import { nodeRecords } from '../../lambdas/adapters/dynamodb-nodes';
import { createNodeService } from '../../lambdas/api/create-node-service';
import type { NodeService } from '../../lambdas/api/node-service';
import type { ApiPorts } from '../../lambdas/ports';
import type { NodeConfig } from '../../domain/config/node-config';
import type { OperationKind, StatefulNode } from '../../domain/node/stateful-node';
import {
  addressesOf,
  allocateElasticIp,
  exampleDocument,
  openSandbox,
  type NodeAddresses,
  type Sandbox,
  type SandboxOptions,
} from '../../local/sandbox';
import type { Json } from '../../simulator/json';
import type { Execution, HistoryEntry } from '../../simulator/step-functions/step-functions';
import { VirtualClock } from '../../simulator/time/clock';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { EventBridgeEvent } from '../../simulator/events';
import type { Fault } from '../../simulator/ec2/injected-faults';
import { aLog } from '../lambdas/runtime';
import { Random } from '../../simulator/time/random';

export interface PlayOptions extends Partial<Pick<SandboxOptions, 'seed' | 'ec2' | 'controlPlane' | 'template'>> {
  readonly attachment?: 'cold' | 'hot';
}

/** What a test changes in the example document before the node is created. */
export type Adjust = (document: NodeConfig, sandbox: Sandbox) => NodeConfig;

export class Play {
  private readonly random = new Random('play');
  readonly calls: CallRecord[] = [];
  readonly history: (HistoryEntry & { readonly execution: Execution })[] = [];
  nodeId = '';
  elasticIp = '';
  /** Faults for later calls; a test sets it once the node is prepared. */
  fault: (command: string, input: unknown) => Fault | undefined = () => undefined;

  private constructor(
    readonly clock: VirtualClock,
    readonly attachment: 'cold' | 'hot',
    private readonly goneIsUnauthorized: boolean,
  ) {}

  /** Set by `open`, before anything else can happen. */
  sandbox!: Sandbox;

  static async open({ attachment = 'cold', seed = 1, ec2, controlPlane, template }: PlayOptions = {}): Promise<Play> {
    const play = new Play(new VirtualClock(), attachment, ec2?.goneIsUnauthorized ?? false);
    play.sandbox = await openSandbox({
      clock: play.clock,
      seed,
      template,
      ec2: {
        faults: ({ command, input }) => play.fault(command, input),
        onCall: (call) => play.calls.push(call),
        ...ec2,
      },
      controlPlane: {
        onHistory: (execution, entry) => play.history.push({ ...entry, execution }),
        // Tests run the reconciler themselves, so that their results do not depend on the minute.
        schedules: false,
        ...controlPlane,
      },
    });
    return play;
  }

  /** Creates the node and waits for the end of its first launch. */
  async create(adjust?: Adjust): Promise<StatefulNode> {
    await this.startCreating(adjust);
    await this.untilIdle();
    return this.node();
  }

  /** The example document, with an Elastic IP of its own. */
  async document(adjust: Adjust = (document) => document): Promise<NodeConfig> {
    this.elasticIp = await this.allocate();
    return adjust(exampleDocument(this.sandbox.account, this.elasticIp, this.attachment), this.sandbox);
  }

  /** An Elastic IP's allocation id. */
  allocate(): Promise<string> {
    return this.settle(allocateElasticIp(this.sandbox));
  }

  /** Creates the node without waiting for its launch. */
  async startCreating(adjust?: Adjust): Promise<void> {
    const document = await this.document(adjust);
    const { id } = await this.settle(this.service.create(document));
    this.nodeId = id;
  }

  /** The API function without HTTP. */
  get service(): NodeService {
    return createNodeService(this.ports);
  }

  /** The ports of the API function. */
  get ports(): ApiPorts {
    const { plane } = this.sandbox;
    return createApiPorts({
      environment: plane.environmentOf('NodeApi'),
      ...plane.clientsOf('NodeApi'),
      time: { now: () => new Date(this.clock.now()), sleep: (delayMs) => this.clock.sleep(delayMs) },
      randomHex: (digits) => this.random.hex(digits),
      log: aLog(),
      measure: () => undefined,
    });
  }

  /** Calls the service as a person would, and waits for everything that follows. */
  async ask<T>(call: (service: NodeService) => Promise<T>): Promise<T> {
    const answer = await this.settle(call(this.service));
    await this.untilIdle();
    return answer;
  }

  async node(): Promise<StatefulNode> {
    const node = await this.settle(this.sandbox.node(this.nodeId));
    if (node === undefined) throw new Error(`there is no node ${this.nodeId}`);
    return node;
  }

  /** What EC2 itself shows of the node's addresses. */
  async addresses(): Promise<NodeAddresses | undefined> {
    return addressesOf(this.sandbox, await this.node());
  }

  /** EC2 interrupts the node's instance: the warning comes now, the end two minutes later. */
  async interrupt(): Promise<string> {
    const { instance } = await this.node();
    if (instance === undefined) throw new Error('the node has no instance to interrupt');
    this.sandbox.ec2.interruptSpotInstance(instance.id);
    return instance.id;
  }

  /** Interrupts the node's instance, if it has one that runs. */
  async interruptIfAny(): Promise<void> {
    const { instance } = await this.node();
    if (instance !== undefined && this.instanceState(instance.id) === 'running') await this.interrupt();
  }

  /** Runs the reconciler once, and waits for everything that follows. */
  async reconcile(): Promise<Json> {
    const answer = await this.settle(this.sandbox.plane.runSchedule('Reconciler'));
    await this.untilIdle();
    return answer;
  }

  publish(event: EventBridgeEvent): void {
    this.sandbox.plane.publish(event);
  }

  /** Lets time pass until no execution runs and no event is on its way. */
  async untilIdle(): Promise<void> {
    const ended = await this.clock.run(() => !this.sandbox.plane.isBusy(), DAY_MS);
    if (ended !== 'done') throw new Error(`the control plane was not idle after a day (${ended})`);
  }

  /** Lets time pass until an execution enters the state. */
  async untilEntered(state: string): Promise<void> {
    const from = this.history.length;
    const isEntered = () => this.history.slice(from).some((entry) => entry.type === 'entered' && entry.state === state);
    if ((await this.clock.run(isEntered, DAY_MS)) !== 'done') throw new Error(`${state} was never entered`);
  }

  async passSeconds(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1000);
  }

  /** Lets time pass until the promise settles. */
  settle<T>(promise: Promise<T>): Promise<T> {
    return this.clock.settle(promise);
  }

  async startExecution(operation: 'launch' | 'replace', input: object): Promise<void> {
    const arn = this.sandbox.plane.stateMachineArn(operation === 'launch' ? 'LaunchNode' : 'ReplaceNode');
    this.sandbox.plane.stepFunctions.start(arn, { ...input });
    await this.untilIdle();
  }

  /** The capacity of every pool that the example document may use. */
  setCapacity(count: number): void {
    const { ec2, account } = this.sandbox;
    for (const availabilityZone of account.availabilityZones) {
      for (const instanceType of ['m7g.large', 'm6g.large']) {
        for (const lifeCycle of ['spot', 'on_demand'] as const) {
          ec2.setCapacity({ instanceType, availabilityZone, lifeCycle }, count);
        }
      }
    }
  }

  /** A person ends an instance at the console. */
  async terminateByHand(instanceId: string): Promise<void> {
    await this.settle(this.sandbox.ec2.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] })));
  }

  /** The addresses that are claimed in the table, sorted. */
  async claims(): Promise<readonly string[]> {
    const { dynamodb, tableNames } = this.sandbox.plane;
    const command = new QueryCommand({
      TableName: tableNames[0],
      KeyConditionExpression: 'pk = :claim',
      ExpressionAttributeValues: { ':claim': { S: 'CLAIM' } },
    });
    const { Items = [] } = await this.settle(dynamodb.send(command));
    return Items.map(({ sk }) => sk?.S ?? '').sort();
  }

  /** Another execution takes over the node's operation, as after an execution that has ended. */
  async stealNode(): Promise<StatefulNode> {
    const node = await this.node();
    if (node.operation === undefined) throw new Error('the node has no operation to take over');
    const generation = node.generation + 1;
    const operation = { ...node.operation, generation, executionId: 'another' };
    const { dynamodb, tableNames } = this.sandbox.plane;
    const records = nodeRecords({ dynamodb, tableName: tableNames[0] ?? '' }, () => Promise.resolve());
    return this.settle(records.save({ ...node, generation, operation }));
  }

  executionsOf(machine: `${OperationKind}-node`): readonly Execution[] {
    return this.sandbox.plane.executions().filter(({ stateMachineName }) => stateMachineName.endsWith(machine));
  }

  /** The names of the states that executions entered, in order. */
  statesEntered(machine: `${OperationKind}-node`): readonly string[] {
    return this.history
      .filter(({ type, execution }) => type === 'entered' && execution.stateMachineName.endsWith(machine))
      .map(({ state }) => state);
  }

  callsOf(command: string, outcome = 'ok'): readonly CallRecord[] {
    return this.calls.filter((call) => call.command === command && call.outcome === outcome && !call.byPerson);
  }

  /** What a role's policies did not allow. Empty if EC2 reports missing things as unauthorized, because both look alike. */
  refused(): readonly string[] {
    if (this.goneIsUnauthorized) return [];
    return this.sandbox.plane.refusals.map(({ roleArn, request }) => `${roleArn}: ${JSON.stringify(request)}`);
  }

  liveInstanceIds(): readonly string[] {
    return [...this.sandbox.ec2.world.instances.values()]
      .filter(({ state }) => state !== 'terminated' && state !== 'shutting-down')
      .map(({ id }) => id);
  }

  interfaceIds(): readonly string[] {
    return [...this.sandbox.ec2.world.networkInterfaces.keys()];
  }

  /** Makes an interface with the address that is not ours. @param subnetId default: the account's first */
  async makeInterface(privateIp: string, subnetId = this.sandbox.account.subnetIds[0]): Promise<string> {
    const command = new CreateNetworkInterfaceCommand({ SubnetId: subnetId, PrivateIpAddress: privateIp });
    const { NetworkInterface: made } = await this.settle(this.sandbox.ec2.client.send(command));
    return made?.NetworkInterfaceId ?? '';
  }

  /** The interface that the node's Elastic IP is on in EC2. */
  elasticIpHolder(): string | undefined {
    return this.sandbox.ec2.world.elasticIps.get(this.elasticIp)?.association?.networkInterfaceId;
  }

  associationId(): string | undefined {
    return this.sandbox.ec2.world.elasticIps.get(this.elasticIp)?.association?.id;
  }

  instanceState(instanceId: string): string | undefined {
    return this.sandbox.ec2.world.instances.get(instanceId)?.state;
  }

  stop(): Promise<void> {
    return this.sandbox.plane.stop();
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Opens plays, and stops them after each test. */
export function plays(): (options?: PlayOptions) => Promise<Play> {
  const open: Play[] = [];
  afterEach(async () => {
    const closing = open.splice(0);
    await Promise.all(closing.map((play) => play.stop()));
    // In every test, each function must have the permissions for what it does.
    expect(closing.flatMap((play) => play.refused())).toEqual([]);
  });
  return async (options) => {
    const play = await Play.open(options);
    open.push(play);
    return play;
  };
}

/** The identity that must outlive the instance. */
export function identityIn(addresses: NodeAddresses | undefined): Omit<NodeAddresses, 'instanceId'> | undefined {
  if (addresses === undefined) return undefined;
  const { instanceId: _changes, ...identity } = addresses;
  return identity;
}
