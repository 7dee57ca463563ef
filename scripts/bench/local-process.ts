/** Serves like `npm start`, with many nodes, and prints how busy it is at rest and how fast its time runs in a storm, as JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '../../local/server/server';
import type { LocalServerLoad } from './local-server';

/** So many requests at a time. */
const AT_ONCE = 20;
/** While the nodes are made. */
const MAKING_SPEED = 1_000;
const STORM_SPEED = 10;
/** Two runs of the reconciler. */
const IDLE_MS = 120_000;
/** After the nodes are at rest, until the state is stored and the reconciler has seen them. */
const SETTLE_MS = 10_000;
/** Of the machine's time: enough for the warning, the end and the replacement. */
const STORM_MS = 60_000;
const POLL_MS = 500;
const THROTTLED = 429;

const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

interface Row {
  readonly status: string;
  readonly instanceId: string | null;
}

class Client {
  constructor(private readonly server: RunningServer) {}

  /** Asks again as long as EC2 throttles the simulated account. @throws Error if the server refuses the request */
  async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const { url, token } = this.server;
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.status === THROTTLED) {
      await sleep(POLL_MS);
      return this.ask(method, path, body);
    }
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async rows(): Promise<readonly Row[]> {
    const { response } = await this.ask<{ response: { items: readonly Row[] } }>('GET', '/holdfast/nodes');
    return response.items;
  }

  /** Milliseconds since the epoch. */
  async simulatedMs(): Promise<number> {
    return Date.parse((await this.ask<{ now: string }>('GET', '/simulator/time')).now);
  }

  async speed(speed: number): Promise<void> {
    await this.ask('POST', '/simulator/speed', { speed });
  }

  /** Asks for each item, some at a time. */
  async each<Item>(items: readonly Item[], ask: (item: Item) => Promise<unknown>): Promise<void> {
    for (let from = 0; from < items.length; from += AT_ONCE) {
      await Promise.all(items.slice(from, from + AT_ONCE).map(ask));
    }
  }
}

function documentNamed(name: string, { vpcId, subnetIds, arm64ImageId, securityGroupId }: Account): object {
  return {
    name,
    strategy: { lifeCycle: 'spot', fallbackToOd: true },
    persistence: { persistPrivateIp: true },
    compute: {
      vpcId,
      subnetIds: subnetIds.slice(0, 1),
      launchSpecification: {
        imageId: arm64ImageId,
        instanceTypes: { preferredType: 'm7g.large', types: ['m7g.large'] },
        securityGroupIds: [securityGroupId],
      },
    },
  };
}

type Account = RunningServer['sandbox']['account'];

async function makeNodes(client: Client, account: Account, nodes: number): Promise<void> {
  await client.speed(MAKING_SPEED);
  const names = Array.from({ length: nodes }, (_, index) => `node-${index}`);
  await client.each(names, (name) =>
    client.ask('POST', '/aws/ec2/managedInstance', { managedInstance: documentNamed(name, account) }),
  );
  while ((await client.rows()).some(({ status }) => status !== 'ACTIVE')) await sleep(POLL_MS);
}

/** The share of one core. */
async function idleShare(client: Client): Promise<number> {
  await client.speed(1);
  await sleep(SETTLE_MS);
  const [before, sinceMs] = [process.cpuUsage(), performance.now()];
  await sleep(IDLE_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / (performance.now() - sinceMs);
}

async function stormSpeed(
  client: Client,
  interrupted: number,
): Promise<Pick<LocalServerLoad, 'stormSpeed' | 'notReplaced'>> {
  const rows = (await client.rows()).slice(0, interrupted);
  await client.speed(STORM_SPEED);
  const [fromMs, sinceMs] = [await client.simulatedMs(), performance.now()];
  await client.each(rows, ({ instanceId }) => client.ask('POST', '/simulator/interrupt', { instanceId }));
  await sleep(STORM_MS - (performance.now() - sinceMs));
  const speed = ((await client.simulatedMs()) - fromMs) / (performance.now() - sinceMs);
  const before = new Set(rows.map(({ instanceId }) => instanceId));
  const left = (await client.rows()).filter(({ status, instanceId }) => status !== 'ACTIVE' || before.has(instanceId));
  return { stormSpeed: speed, notReplaced: left.length };
}

async function measure(nodes: number, interrupted: number): Promise<LocalServerLoad> {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const server = await startServer({ path, port: 0, speed: 1, token: undefined, seed: 1, instanceRoleArns: [] });
  try {
    const client = new Client(server);
    await makeNodes(client, server.sandbox.account, nodes);
    const idle = await idleShare(client);
    return { nodes, interrupted, idleShare: idle, ...(await stormSpeed(client, interrupted)) };
  } finally {
    await server.close();
    rmSync(path, { recursive: true });
  }
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
void measure(Number(process.argv[2]), Number(process.argv[3])).then((load) =>
  process.stdout.write(JSON.stringify(load)),
);
