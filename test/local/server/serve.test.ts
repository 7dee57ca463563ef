import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../../local/server/serve';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** `whileServing` gets the output. The server stops when it returns. */
async function run(argv: readonly string[], whileServing: (banner: string) => Promise<void> = async () => undefined) {
  let stop!: () => void;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  let written = '';
  let complained = '';
  const status = await serve(argv, {
    write: (text) => {
      written += text;
      // Before, it may say that it builds the console.
      if (/serving at|^Usage/.test(text)) void whileServing(text).finally(stop);
    },
    complain: (text) => (complained += text),
    stopped,
  });
  return { status, written, complained };
}

test('help is printed, and the server does not start', async () => {
  expect(await run(['--help'])).toMatchObject({ status: 0, written: expect.stringMatching(/^Usage: npm start/) });
});

test('invalid options are named, with the usage', async () => {
  const { status, written, complained } = await run(['--port', 'x', '--nope']);
  expect([status, written]).toEqual([2, '']);
  for (const part of ['--port must be', '--nope is not', 'Usage:']) expect(complained).toContain(part);
});

test('it serves until it is stopped; a second server on the same folder is refused', async () => {
  const argv = ['--port', '0', '--data', join(folder, 'data'), '--token', 'mine'];
  const ended = await run(argv, async (banner) => {
    const url = /serving at (\S+)/.exec(banner)![1]!;
    expect(banner).toContain('mine');
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const second = await run(argv);
    expect(second).toMatchObject({ status: 1, written: '' });
    expect(second.complained).toContain('in use by another process');
    const third = await run(['--port', new URL(url).port, '--data', join(folder, 'other')]);
    expect(third).toMatchObject({ status: 1, written: '' });
    expect(third.complained).toContain('give another --port');
  });
  expect(ended).toMatchObject({ status: 0, complained: '' });
});

test('an unusable folder is reported', async () => {
  writeFileSync(join(folder, 'state.jsonl'), '{');
  const { status, complained } = await run(['--port', '0', '--data', folder]);
  expect(status).toBe(1);
  expect(complained).toContain('state.jsonl is damaged');
});

describe('--latencies', () => {
  const file = (content: unknown): string => {
    const path = join(folder, 'smoke.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  test('sets how long the simulated EC2 takes', async () => {
    const latencies = { instanceRunning: 0, runInstances: 0, call: 0 };
    const path = file({ simulator: { latencies }, passed: true });
    const argv = ['--port', '0', '--data', join(folder, 'data'), '--token', 'mine', '--latencies', path];
    await run(argv, async (banner) => {
      const url = /serving at (\S+)/.exec(banner)![1]!;
      const send = async (method: string, path: string) =>
        (await fetch(url + path, { method, headers: { authorization: 'Bearer mine' } })).json() as Promise<any>;
      await send('POST', '/simulator/launch');
      const { instances } = await send('GET', '/simulator/world');
      expect(instances).toEqual([expect.objectContaining({ state: 'running' })]);
    });
  });

  test.each([
    { content: '{', problem: 'it is not JSON' },
    { content: {}, problem: 'simulator: ' },
    {
      content: { simulator: { latencies: { instanceRuning: 1 } } },
      problem: 'simulator.latencies.instanceRuning does',
    },
    { content: { simulator: { latencies: { call: -1 } } }, problem: 'simulator.latencies.call: must not be' },
    { content: { simulator: { latencies: { call: 'slow' } } }, problem: 'simulator.latencies.call: must be whole' },
    {
      content: { simulator: { latencies: { call: { typicalMs: [9, 1], tailMs: 9, tailShare: 0 } } } },
      problem: 'simulator.latencies.call: must ascend',
    },
    { content: { simulator: { latencies: {}, elasticIpSurvives: true } }, problem: 'simulator.elasticIpSurvives does' },
  ])('refuses $content', async ({ content, problem }) => {
    const { status, complained } = await run(['--data', join(folder, 'data'), '--latencies', file(content)]);
    expect(status).toBe(1);
    expect(complained).toContain(problem);
  });

  test('names a file that cannot be read', async () => {
    const { status, complained } = await run(['--data', join(folder, 'data'), '--latencies', join(folder, 'none')]);
    expect(status).toBe(1);
    expect(complained).toContain(`--latencies cannot read ${join(folder, 'none')}: Error: ENOENT`);
  });
});
