/** Runs the API function in the local control plane, with a table of many nodes, and measures its own time. */
import { nodeRecords } from '../../../lambdas/adapters/dynamodb-nodes';
import type { CreateHandler, Runtime } from '../../../lambdas/runtime';
import { createNode, exampleDocument, openSandbox, type Sandbox } from '../../../local/sandbox';
import { VirtualClock } from '../../../simulator/time/clock';
import { Stopwatch, type OwnTime } from './own-time';
import { summarize, type Summary } from './summary';

const NODES_PATH = '/aws/ec2/managedInstance';
const API_ENTRY = 'lambdas/api/handler.ts';
/** The most requests before the measurement, for the compiler to optimise the code. Never more than are measured. */
const WARM_UP_REQUESTS = 100;
const SEED = 1;

/** What is measured, and how often. */
export interface ApiRequest {
  /** The number of measured requests of each kind. */
  readonly requests: number;
  /** The number of nodes in the table. */
  readonly nodes: number;
}

interface Call {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

export async function measureApi(request: ApiRequest): Promise<readonly Summary[]> {
  const bench = await Bench.open(request.nodes);
  try {
    const samples = new Map<string, readonly OwnTime[]>();
    for (const call of bench.calls()) samples.set(call.name, await bench.samplesOf(call, request.requests));
    const reference = samples.get('get') ?? [];
    return [...samples].map(([name, taken]) => summarize(name, taken, reference));
  } finally {
    await bench.stop();
  }
}

class Bench {
  private readonly clock = new VirtualClock();
  private readonly stopwatch = new Stopwatch(() => performance.now());
  private taken: OwnTime[] = [];
  private isSettingUp = true;
  private sandbox!: Sandbox;
  private nodeId = '';
  private token = '';

  static async open(nodeCount: number): Promise<Bench> {
    const bench = new Bench();
    await bench.setUp(nodeCount);
    return bench;
  }

  calls(): readonly Call[] {
    return [
      { name: 'get', method: 'GET', path: `${NODES_PATH}/${this.nodeId}` },
      { name: 'status', method: 'GET', path: `${NODES_PATH}/${this.nodeId}/status` },
      { name: 'list', method: 'GET', path: NODES_PATH },
      { name: 'create', method: 'POST', path: NODES_PATH, body: JSON.stringify({ managedInstance: this.document() }) },
    ];
  }

  async samplesOf(call: Call, requests: number): Promise<readonly OwnTime[]> {
    for (let count = 0; count < Math.min(WARM_UP_REQUESTS, requests); count += 1) await this.send(call);
    const taken: OwnTime[] = [];
    this.taken = taken;
    for (let count = 0; count < requests; count += 1) await this.send(call);
    this.taken = [];
    return taken;
  }

  stop(): Promise<void> {
    return this.sandbox.plane.stop();
  }

  private async setUp(nodeCount: number): Promise<void> {
    this.sandbox = await openSandbox({
      clock: this.clock,
      seed: SEED,
      // The benchmark sends requests faster than EC2's rate limits allow.
      ec2: { throttling: false },
      controlPlane: { loadEntry: (entry) => this.load(entry) },
    });
    this.token = await this.clock.settle(this.sandbox.token());
    this.nodeId = await this.clock.settle(createNode(this.sandbox, this.document()));
    await this.clock.run(() => !this.sandbox.plane.isBusy());
    await this.copyNode(nodeCount - 1);
    this.isSettingUp = false;
  }

  private document(): unknown {
    const { compute, ...rest } = exampleDocument(this.sandbox.account, '', 'cold');
    const { privateIp: _chosen, elasticIp: _none, ...others } = compute;
    return { ...rest, compute: others };
  }

  /** Only one node is launched. The others are copies of its record, because the API reads only the records. */
  private async copyNode(count: number): Promise<void> {
    const { dynamodb, tableNames } = this.sandbox.plane;
    const records = nodeRecords({ dynamodb, tableName: tableNames[0] ?? '' }, () => Promise.resolve());
    const node = await this.clock.settle(this.sandbox.node(this.nodeId));
    if (node?.status !== 'ACTIVE') throw new Error(`${this.nodeId} was not launched: ${node?.errorReason}`);
    for (let index = 0; index < count; index += 1) {
      await this.clock.settle(records.create({ ...node, id: `smi-${index.toString(16).padStart(8, '0')}` }));
    }
  }

  private async send({ method, path, body }: Call): Promise<void> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const sent = this.sandbox.plane.request({ method, path, headers, ...(body !== undefined && { body }) });
    const response = await this.clock.settle(sent);
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.body.toString()}`);
    // A created node would appear in the list, and would have to be launched.
    if (method === 'POST') await this.removeNode(response.body.toString());
    // The sandbox limits the requests in a second.
    await this.clock.advance(1000);
  }

  private async removeNode(created: string): Promise<void> {
    const { response } = JSON.parse(created) as { response: { items: readonly { readonly id: string }[] } };
    const { dynamodb, tableNames } = this.sandbox.plane;
    const records = nodeRecords({ dynamodb, tableName: tableNames[0] ?? '' }, () => Promise.resolve());
    const node = await this.clock.settle(this.sandbox.node(response.items[0]?.id ?? ''));
    if (node !== undefined) await this.clock.settle(records.remove(node));
  }

  private async load(entry: string): Promise<{ readonly createHandler: CreateHandler }> {
    const module = (await import(`../../../${entry}`)) as { createHandler: CreateHandler };
    return entry === API_ENTRY ? { createHandler: this.measured(module.createHandler) } : module;
  }

  private measured(createHandler: CreateHandler): CreateHandler {
    return (runtime) => {
      const handle = createHandler(this.watched(runtime));
      return async (event) => {
        const { result, own } = await this.stopwatch.measure(() => handle(event));
        this.taken.push(own);
        return result;
      };
    };
  }

  private watched(runtime: Runtime): Runtime {
    const watched = <Client extends { send: unknown }>(client: Client, replacement?: () => unknown): Client => {
      const { send } = client as unknown as { send: (...command: readonly unknown[]) => Promise<unknown> };
      const call = (...command: readonly unknown[]): Promise<unknown> =>
        this.stopwatch.waiting(
          async () => (this.isSettingUp ? undefined : replacement?.()) ?? send.call(client, ...command),
        );
      return { send: call } as unknown as Client;
    };
    return {
      ...runtime,
      ec2: watched(runtime.ec2),
      dynamodb: watched(runtime.dynamodb),
      // After the set-up no execution starts, because its work would disturb the measurement.
      sfn: watched(runtime.sfn, () => ({ executionArn: 'none', startDate: new Date(0) })),
      secrets: watched(runtime.secrets),
      events: watched(runtime.events),
      pricing: watched(runtime.pricing),
    };
  }
}
