/** `npm start` as a real process: killed, started again, stopped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const TOKEN = 'mine';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-'))));
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly banner: string;
}

const DIRECTLY = [process.execPath, '--import', 'tsx', 'scripts/start.ts'] as const;
const BY_NPM = ['npm', 'start', '--'] as const;

/** Settles when the server prints that it is serving. */
function start([command, ...words]: readonly [string, ...string[]] = DIRECTLY): Promise<Started> {
  const options = ['--port', '0', '--data', join(folder, 'data'), '--speed', '1000', '--token', TOKEN];
  const child = spawn(command, [...words, ...options], { cwd: ROOT });
  children.push(child);
  return new Promise((resolve, reject) => {
    let banner = '';
    let complaints = '';
    child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      banner += data.toString();
      const url = /serving at (\S+)/.exec(banner)?.[1];
      if (url !== undefined && banner.includes('/resume"')) resolve({ child, url, banner });
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${complaints}`)));
  });
}

/** Returns the exit status, or null if the process did not catch the signal. */
function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', resolve);
    child.kill(signal);
  });
}

async function call(url: string, method: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(url + path, init);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return response.json();
}

async function untilActive(url: string, id: string): Promise<any> {
  for (;;) {
    const [status] = (await call(url, 'GET', `/aws/ec2/managedInstance/${id}/status`)).response.items;
    if (status.status === 'ACTIVE' && status.operation === null) return status;
    if (status.status === 'ERROR') throw new Error(JSON.stringify(status));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The document in the banner's command. */
function documentIn(banner: string, elasticIp: string): unknown {
  const [, json = ''] = /-d '(\{"managedInstance".*\})'(?= \|)/.exec(banner) ?? [];
  return JSON.parse(json.replace(`'"$EIP"'`, elasticIp));
}

test('a node keeps its addresses through an interruption in which the process is killed', async () => {
  const first = await start();
  const { allocationId } = await call(first.url, 'POST', '/simulator/allocate-address');
  const document = documentIn(first.banner, allocationId);
  const [{ id }] = (await call(first.url, 'POST', '/aws/ec2/managedInstance', document)).response.items;
  const before = await untilActive(first.url, id);
  await call(first.url, 'POST', '/simulator/interrupt', { instanceId: before.instanceId });
  expect(await end(first.child, 'SIGKILL')).toBeNull();

  const second = await start();
  // The warning may or may not have arrived before the kill, but the instance ends in any case. We request the
  // replacement ourselves, as an operator would after a lost warning. A repeat is harmless.
  await call(second.url, 'PUT', `/aws/ec2/managedInstance/${id}/recycle`);
  let after = await untilActive(second.url, id);
  while (after.instanceId === before.instanceId) after = await untilActive(second.url, id);
  for (const kept of ['privateIp', 'publicIp', 'macAddress', 'networkInterfaceId']) {
    expect([kept, after[kept]]).toEqual([kept, before[kept]]);
  }
  expect(await end(second.child, 'SIGTERM')).toBe(0);
});

test("SIGTERM to npm ends the server as well, and what it has written is its owner's only", async () => {
  const { child, url } = await start(BY_NPM);
  await call(url, 'POST', '/simulator/allocate-address');
  for (const name of readdirSync(join(folder, 'data'), { recursive: true }) as string[]) {
    const stats = statSync(join(folder, 'data', name));
    expect([name, (stats.mode & 0o777).toString(8)]).toEqual([name, stats.isDirectory() ? '700' : '600']);
  }
  await end(child, 'SIGTERM');
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  // The lock is free.
  await start();
});

const hasShell = spawnSync('bash', ['-c', 'command -v curl']).status === 0;

(hasShell ? test : test.skip)('the commands of the banner work when they are pasted together', async () => {
  const { banner, url } = await start();
  const [, pasted = ''] = banner.split(/^(?=# The URL and the token)/m);
  const shell = spawn('bash', ['-e', '-u', '-o', 'pipefail'], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(shell);
  let printed = '';
  shell.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  shell.stdin.end(`${pasted}\necho "INSTANCE=$INSTANCE"\n`);
  expect(await new Promise((resolve) => shell.once('exit', resolve))).toBe(0);
  const interrupted = /INSTANCE=(i-[0-9a-f]+)/.exec(printed)?.[1];
  const id = /smi-[0-9a-f]+/.exec(printed)?.[0] ?? '';
  const after = await untilActive(url, id);
  expect(interrupted).toBeDefined();
  expect(after.instanceId).not.toBe(interrupted);
  expect(printed).toContain('"status":"PAUSED"');
});
