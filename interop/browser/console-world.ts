/** `npm start` as a process of its own, with nodes, and Debian's Chromium on its console. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const ROOT = join(__dirname, '../..');
const TOKEN = 'token-of-the-browser-tests';
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Simulated seconds in one of ours. */
const SPEED = 20;
const START_MAX_MS = 240_000;

/** Between two looks at a node. The server's time is faster. */
const PAUSE_MS = 500;
const MOST_TRIES = 300;

export interface NodeStatus {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly instanceId: string | null;
  readonly networkInterfaceId: string | null;
  readonly macAddress: string | null;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
}

export interface Opened {
  readonly page: Page;
  /** What the browser has complained of: errors in its console, uncaught exceptions, refusals of the policy. */
  readonly complaints: string[];
}

export interface OpenOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** @default true */
  readonly isSignedIn?: boolean;
}

export class ConsoleWorld {
  private constructor(
    readonly url: string,
    private readonly folder: string,
    private server: ChildProcess,
    private readonly browser: Browser,
  ) {}

  readonly token = TOKEN;
  private readonly contexts: BrowserContext[] = [];

  static async open(): Promise<ConsoleWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-browser-'));
    const { server, url } = await startServer(folder, 0);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
    return new ConsoleWorld(url, folder, server, browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.stopServer();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async stopServer(): Promise<void> {
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill('SIGTERM');
    await ended;
  }

  /** Again on the same port, with the same state. */
  async startServerAgain(): Promise<void> {
    this.server = (await startServer(this.folder, Number(new URL(this.url).port))).server;
  }

  /** A tab of a browser that has never been here. */
  async visit(
    path = '/console/',
    { colorScheme = 'light', width = 1280, isSignedIn = true }: OpenOptions = {},
  ): Promise<Opened> {
    const context = await this.browser.newContext({
      colorScheme,
      viewport: { width, height: 900 },
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    });
    this.contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    if (isSignedIn) {
      await page.addInitScript((token) => sessionStorage.setItem('holdfast.token', token), TOKEN);
    }
    await page.goto(this.url + path);
    return { page, complaints };
  }

  async closeVisits(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }

  /** The node's status, once it is ACTIVE and as wanted. @throws Error if that takes too long */
  async active(id: string, isWanted: (status: NodeStatus) => boolean = () => true): Promise<NodeStatus> {
    return this.until(id, (status) => status.status === 'ACTIVE' && isWanted(status));
  }

  async until(id: string, isThere: (status: NodeStatus) => boolean): Promise<NodeStatus> {
    for (let tries = 0; ; tries += 1) {
      const status = await this.status(id);
      if (isThere(status)) return status;
      if (tries === MOST_TRIES) throw new Error(`waited in vain: ${JSON.stringify(status)}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async status(id: string): Promise<NodeStatus> {
    const path = `/aws/ec2/managedInstance/${id}/status`;
    const { response } = await this.request<{ readonly response: { readonly items: readonly NodeStatus[] } }>(
      'GET',
      path,
    );
    return response.items[0]!;
  }

  /** A request to the API or the simulator. @throws Error if it is refused */
  async request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  }
}

async function startServer(
  folder: string,
  port: number,
): Promise<{ readonly server: ChildProcess; readonly url: string }> {
  const argv = ['--port', String(port), '--data', join(folder, 'data'), '--token', TOKEN, '--speed', String(SPEED)];
  const server = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts/start.ts'), ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`npm start did not start:\n${text}`)), START_MAX_MS);
    server.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /serving at (http:\/\/\S+)/.exec(text)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    server.once('exit', (status) => reject(new Error(`npm start ended with status ${status}:\n${text}`)));
  });
  return { server, url };
}

interface SimulatedWorld {
  readonly subnets: readonly { readonly subnetId: string; readonly vpcId: string }[];
  readonly images: readonly { readonly imageId: string; readonly architecture: string }[];
  readonly securityGroups: readonly { readonly groupId: string }[];
}

export interface More {
  readonly strategy?: object;
  readonly persistence?: object;
  readonly compute?: object;
}

export const simulated = (world: ConsoleWorld): Promise<SimulatedWorld> => world.request('GET', '/simulator/world');

export function documentNamed(name: string, { subnets, images, securityGroups }: SimulatedWorld, more: More = {}) {
  return {
    name,
    strategy: { lifeCycle: 'spot', fallbackToOd: true, ...more.strategy },
    persistence: { persistPrivateIp: true, ...more.persistence },
    compute: {
      vpcId: subnets[0]!.vpcId,
      subnetIds: [subnets[0]!.subnetId],
      launchSpecification: {
        imageId: images.find(({ architecture }) => architecture === 'arm64')!.imageId,
        instanceTypes: { preferredType: 'm7g.large', types: ['m7g.large', 'm6g.large'] },
        securityGroupIds: [securityGroups[0]!.groupId],
      },
      ...more.compute,
    },
  };
}

/** A node that is ACTIVE, made by a request. */
export async function aNode(world: ConsoleWorld, name: string, more?: More): Promise<NodeStatus> {
  const managedInstance = documentNamed(name, await simulated(world), more);
  const { response } = await world.request<{
    readonly response: { readonly items: readonly { readonly id: string }[] };
  }>('POST', '/aws/ec2/managedInstance', { managedInstance });
  return world.active(response.items[0]!.id);
}

/** Some nodes, of which one is paused. Returns the id of one with an Elastic IP that has been interrupted. */
export async function exampleNodes(world: ConsoleWorld): Promise<string> {
  const { allocationId } = await world.request<{ allocationId: string }>('POST', '/simulator/allocate-address');
  const compute = { privateIp: '10.0.0.42', elasticIp: allocationId };
  const { id, instanceId: first } = await aNode(world, 'licence-server', { compute });
  const others = ['build-cache', 'ledger', 'queue', 'search', 'vpn-gateway'];
  const [cache] = await Promise.all(others.map((name, index) => aNode(world, name, moreOf(index))));
  await world.request('PUT', `/aws/ec2/managedInstance/${cache!.id}/pause`);
  await world.until(cache!.id, ({ status }) => status === 'PAUSED');
  await world.request('POST', '/simulator/interrupt', { instanceId: first });
  await world.active(id, ({ instanceId }) => instanceId !== first);
  return id;
}

const moreOf = (index: number): More => ({ strategy: { lifeCycle: index % 3 === 1 ? 'on_demand' : 'spot' } });
