import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import type { CreateHandler } from '../../../lambdas/runtime';
import { FolderInUse } from '../../../simulator/dynamodb/dynamodb';
import { startServer, type RunningServer, type ServerSettings } from '../../../local/server/server';
import { UnusableFolder } from '../../../local/server/state-folder';

let folder: string;
const running: RunningServer[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-'))));
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  rmSync(folder, { recursive: true });
});

/** Responds with the request. */
const echo: CreateHandler = () => async (event: any) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ path: event.rawPath, method: event.requestContext.http.method, body: event.body ?? null }),
});
const idle: CreateHandler = () => async () => null;

async function start(
  handlers: { api?: CreateHandler; steps?: CreateHandler } = {},
  settings: Partial<ServerSettings> = {},
): Promise<RunningServer> {
  const { api = echo, steps = idle } = handlers;
  const createHandlers: Readonly<Record<string, CreateHandler>> = {
    'lambdas/api/handler.ts': api,
    'lambdas/steps/handler.ts': steps,
  };
  const server = await startServer({
    path: join(folder, 'data'),
    port: 0,
    speed: 1_000,
    loadEntry: async (entry) => ({ createHandler: createHandlers[entry] ?? idle }),
    ...settings,
  });
  running.push(server);
  return server;
}

async function stop(server: RunningServer): Promise<void> {
  running.splice(running.indexOf(server), 1);
  await server.close();
}

async function post(server: RunningServer, path: string, body: unknown = {}, token = server.token): Promise<any> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

async function world({ url, token }: RunningServer): Promise<any> {
  return (await fetch(`${url}/simulator/world`, { headers: { authorization: `Bearer ${token}` } })).json();
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('requests reach the API, and its responses reach the client', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/aws/nodes?a=1`, { method: 'PUT', body: 'text' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ path: '/aws/nodes', method: 'PUT', body: 'text' });
});

test('the server listens after the first response of the API', async () => {
  const asked: string[] = [];
  const api: CreateHandler = () => async (event: any) => asked.push(event.rawPath);
  await start({ api });
  expect(asked).toEqual(['/health']);
});

test('a failing API gives an internal error, and the server continues', async () => {
  let isBroken = true;
  const api: CreateHandler = () => async () => {
    if (isBroken) throw new Error('broken');
    return {};
  };
  const { url } = await start({ api });
  const broken = await fetch(url);
  expect([broken.status, await broken.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  isBroken = false;
  expect((await fetch(url)).status).toBe(200);
});

test('too many requests are refused as API Gateway refuses them', async () => {
  // So slow that the bucket gets no new token meanwhile.
  const { url } = await start({}, { speed: 0.000_001 });
  const statuses = new Map<number, number>();
  for (let batch = 0; batch < 5; batch += 1) {
    const responses = await Promise.all(Array.from({ length: 50 }, () => fetch(url)));
    for (const { status } of responses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  // The API's burst is 200. The server itself used one token.
  expect(Object.fromEntries(statuses)).toEqual({ 200: 199, 429: 51 });
});

describe('the folder', () => {
  test('keeps the world and the token', async () => {
    const first = await start();
    const { body } = await post(first, '/simulator/allocate-address');
    const before = await world(first);
    expect(before.addresses).toEqual([{ ...body, networkInterfaceId: null }]);
    await stop(first);
    const second = await start();
    expect(await world(second)).toEqual(before);
    expect(second.token).toBe(first.token);
    expect(second.sandbox.account).toEqual(first.sandbox.account);
  });

  test('keeps all changes until the process was killed', async () => {
    const first = await start();
    const { AllocationId } = await first.sandbox.ec2.client.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    const copy = join(folder, 'copy');
    // The state that a process would leave if it was killed now.
    cpSync(join(folder, 'data'), copy, { recursive: true });
    const second = await start({}, { path: copy });
    expect((await world(second)).addresses).toMatchObject([{ allocationId: AllocationId }]);
  });

  test('lets executions of a killed process run again, with their names', async () => {
    const steps: CreateHandler = () => () => new Promise(() => undefined);
    const first = await start({ steps });
    const arn = first.sandbox.plane.stateMachineArn('LaunchNode');
    const started = first.sandbox.plane.stepFunctions.start(arn, { nodeId: 'smi-1' }, 'first');
    const copy = join(folder, 'copy');
    cpSync(join(folder, 'data'), copy, { recursive: true });

    const seen: unknown[] = [];
    const record: CreateHandler = () => async (event) => {
      seen.push(event);
      throw Object.assign(new Error('gone'), { name: 'Gone' });
    };
    const second = await start({ steps: record }, { path: copy });
    await until(() => seen.length > 0);
    expect(second.sandbox.plane.executions()).toMatchObject([
      { arn: started.arn, name: 'first', input: { nodeId: 'smi-1' } },
    ]);
    expect(JSON.stringify(seen[0])).toContain(started.arn);
  });

  test('lets executions of a stopped process run again too', async () => {
    const steps: CreateHandler = () => () => new Promise(() => undefined);
    const first = await start({ steps });
    first.sandbox.plane.stepFunctions.start(first.sandbox.plane.stateMachineArn('LaunchNode'), {}, 'first');
    await stop(first);
    const second = await start({ steps });
    expect(second.sandbox.plane.executions()).toMatchObject([{ name: 'first', status: 'RUNNING' }]);
  });

  test('gives each process new ids', async () => {
    const id = async (): Promise<string> => {
      const ids: string[] = [];
      const api: CreateHandler =
        ({ randomHex }) =>
        async () =>
          ids.push(randomHex(8));
      await stop(await start({ api }));
      return ids[0]!;
    };
    expect(new Set([await id(), await id(), await id()]).size).toBe(3);
  });

  test('holds a time that never goes back', async () => {
    const first = await start({}, { speed: 10_000 });
    const { clock } = first.sandbox;
    await clock.sleep(24 * 60 * 60_000);
    await stop(first);
    const stoppedAt = clock.now();
    expect((await start()).sandbox.clock.now()).toBeGreaterThanOrEqual(stoppedAt);
  });

  test('serves one process at a time; a refused process changes nothing', async () => {
    const first = await start();
    await expect(start({}, { token: 'another' })).rejects.toThrow(FolderInUse);
    expect(readFileSync(join(folder, 'data', 'token'), 'utf8').trim()).toBe(first.token);
    expect((await fetch(first.url)).status).toBe(200);
  });

  test('has one seed', async () => {
    await stop(await start({}, { seed: 3 }));
    await expect(start({}, { seed: 4 })).rejects.toThrow(UnusableFolder);
    await expect(start({}, { seed: 4 })).rejects.toThrow('created with the seed 3');
    await start();
  });

  test('stores a given token', async () => {
    await stop(await start({}, { token: 'mine' }));
    expect((await start()).token).toBe('mine');
  });
});

test('a port in use is an error, and the folder is released', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  const path = join(folder, 'other');
  await expect(start({}, { path, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await start({}, { path });
});

describe('the simulated EC2, from outside', () => {
  test.each<[string, RequestInit]>([
    ['without a token', {}],
    ['with another token', { headers: { authorization: 'Bearer wrong' } }],
  ])('refuses requests %s', async (_name, init) => {
    const { url } = await start();
    const response = await fetch(`${url}/simulator/world`, init);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ field: 'Authorization' }] });
  });

  test('lists its requests', async () => {
    const { status, body } = await post(await start(), '/simulator/explode');
    expect(status).toBe(404);
    expect(body.errors[0].message).toContain('POST /simulator/interrupt');
  });
});
