import fs, { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateHandler } from '../../../lambdas/runtime';
import { FolderInUse } from '../../../local/server/folder-lock';
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
  const refused = await fetch(url);
  expect([refused.headers.get('retry-after'), await refused.text()]).toEqual([
    '1',
    '{"message":"Too Many Requests"}\n',
  ]);
  // The API's burst is 200. The server itself used one token.
  expect(Object.fromEntries(statuses)).toEqual({ 200: 199, 429: 51 });
});

test('every answer ends with a newline', async () => {
  const server = await start();
  const headers = { authorization: `Bearer ${server.token}` };
  for (const path of ['/aws/nodes', '/simulator/world', '/simulator/explode']) {
    expect(await (await fetch(server.url + path, { headers })).text()).toMatch(/^{.*}\n$/);
  }
});

test('the nodes may have the given roles', async () => {
  const instanceRoleArns = ['arn:aws:iam::123456789012:role/web', 'arn:aws:iam::123456789012:role/db'];
  const { sandbox } = await start({}, { instanceRoleArns });
  expect(sandbox.plane.environmentOf('NodeApi')['INSTANCE_ROLE_ARNS']).toBe(instanceRoleArns.join(','));
});

describe('the log', () => {
  const lines = (): any[] =>
    readFileSync(join(folder, 'data', 'log.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  test('has every request with its id, and the reason of an internal error; only its owner can read it', async () => {
    const api: CreateHandler = () => async (event: any) => {
      if (event.rawPath === '/broken') throw new Error('a bug');
      return {};
    };
    const server = await start({ api });
    const served = await fetch(`${server.url}/fine?a=1`);
    const failed = await fetch(`${server.url}/broken`);
    const { status } = await post(server, '/simulator/interrupt', {});
    await stop(server);
    const [servedId, failedId] = [served, failed].map(({ headers }) => headers.get('apigw-requestid'));
    expect(lines()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: 'INFO', requestId: servedId, method: 'GET', path: '/fine', status: 200 }),
        expect.objectContaining({ level: 'ERROR', requestId: failedId, path: '/broken', status: 500 }),
        expect.objectContaining({
          level: 'ERROR',
          apiRequestId: failedId,
          error: expect.objectContaining({ message: expect.stringContaining('a bug') }),
        }),
        expect.objectContaining({ level: 'INFO', path: '/simulator/interrupt', status, requestId: expect.any(String) }),
      ]),
    );
    expect(statSync(join(folder, 'data', 'log.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('has the beginning and the end of every operation', async () => {
    const server = await start();
    const { plane } = server.sandbox;
    const { arn } = plane.stepFunctions.start(plane.stateMachineArn('LaunchNode'), { nodeId: 'smi-1' }, 'first');
    await until(() => !plane.stepFunctions.isRunning());
    await stop(server);
    const operations = lines().filter(({ message }) => message === 'operation');
    expect(operations.map(({ executionArn, status }) => [executionArn, status])).toEqual([
      [arn, 'RUNNING'],
      [arn, expect.stringMatching(/^(SUCCEEDED|FAILED)$/)],
    ]);
  });
});

describe('a full disk', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  afterEach(() => jest.restoreAllMocks());

  test('refuses what would change something, and answers reads', async () => {
    const server = await start();
    const before = await world(server);
    jest.spyOn(fs, 'statfsSync').mockReturnValue(Object.assign(fs.statfsSync(folder), { bavail: 10 }));
    const data = join(folder, 'data');
    const message = `The disk of ${data} is full, so nothing was changed. Free some space, then send the request again.`;
    expect(await post(server, '/simulator/allocate-address')).toEqual({
      status: 507,
      body: { errors: [{ field: 'disk', message }] },
    });
    expect(await post(server, '/aws/nodes')).toEqual({ status: 507, body: { message } });
    expect(await world(server)).toEqual(before);
    jest.restoreAllMocks();
    expect(await post(server, '/simulator/allocate-address')).toMatchObject({ status: 200 });
  });

  test('that fills up during a request loses nothing', async () => {
    const reports: string[] = [];
    const server = await start({}, { report: (message) => reports.push(message) });
    const { writeSync } = fs;
    jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw full;
    });
    const { status, body } = await post(server, '/simulator/allocate-address');
    expect([status, body.errors[0].message]).toEqual([
      507,
      expect.stringContaining('is stored once the folder has room'),
    ]);
    expect(reports).toEqual([expect.stringContaining('Nothing is lost while this process runs')]);
    const { addresses } = await world(server);
    jest.restoreAllMocks();
    expect(fs.writeSync).toBe(writeSync);
    await until(() => reports.length === 2);
    const copy = join(folder, 'copy');
    cpSync(join(folder, 'data'), copy, { recursive: true });
    expect((await world(await start({}, { path: copy }))).addresses).toEqual(addresses);
  });

  test('is named at the start, and the folder is released', async () => {
    jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw full;
    });
    await expect(start()).rejects.toThrow('is full; free some space, or give another --data');
    jest.restoreAllMocks();
    await start();
  });

  test('is named at the end if the last changes are not stored', async () => {
    const server = await start();
    jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw full;
    });
    await post(server, '/simulator/allocate-address');
    running.splice(running.indexOf(server), 1);
    expect(await server.close()).toBe(`The disk of ${join(folder, 'data')} is full`);
  });
});

describe('the folder', () => {
  test('keeps the world and the token', async () => {
    const first = await start();
    const { body } = await post(first, '/simulator/allocate-address');
    const before = await world(first);
    expect(before.addresses).toContainEqual({ ...body, networkInterfaceId: null });
    await stop(first);
    const second = await start();
    expect(await world(second)).toEqual(before);
    expect(second.token).toBe(first.token);
    expect(second.sandbox.account).toEqual(first.sandbox.account);
  });

  test('keeps all changes until the process was killed', async () => {
    const first = await start();
    const { body } = await post(first, '/simulator/allocate-address');
    const copy = join(folder, 'copy');
    // The state that a process would leave if it was killed now.
    cpSync(join(folder, 'data'), copy, { recursive: true });
    const second = await start({}, { path: copy });
    expect((await world(second)).addresses).toContainEqual({ ...body, networkInterfaceId: null });
  });

  test('lets executions of a killed process run again, with their names', async () => {
    const steps: CreateHandler = () => () => new Promise(() => undefined);
    const first = await start({ steps });
    const arn = first.sandbox.plane.stateMachineArn('LaunchNode');
    const started = first.sandbox.plane.stepFunctions.start(arn, { nodeId: 'smi-1' }, 'first');
    // No client knows what is not stored.
    await world(first);
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
