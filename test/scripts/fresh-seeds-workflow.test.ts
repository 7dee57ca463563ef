/** What matters about the nightly workflow: what it may do, what it runs, and which seeds it plays. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readOptions } from '../../scripts/simulate/options';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: { readonly schedule: readonly { readonly cron: string }[]; readonly workflow_dispatch: unknown };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const ROOT = join(__dirname, '../..');
const text = readFileSync(join(ROOT, '.github/workflows/fresh-seeds.yml'), 'utf8');
const workflow = parse(text) as Workflow;
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const commands = steps.flatMap(({ run }) => run ?? []);
const SEEDS_OF_A_NIGHT = 10_000;

const directory = mkdtempSync(join(tmpdir(), 'fresh-seeds-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the step's own shell text with an `npm` that prints its arguments, and reads them as the simulation would. */
function requestOf(variables: Readonly<Record<string, string>>): ReturnType<typeof readOptions> {
  const npm = join(directory, 'npm');
  writeFileSync(npm, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  chmodSync(npm, 0o755);
  const step = steps.find(({ id }) => id === 'simulate');
  execFileSync('bash', ['-e', '-o', 'pipefail', '-c', step?.run ?? 'exit 1'], {
    cwd: directory,
    // Bash reads its start-up files if its input is a socket.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `${directory}:${process.env.PATH}`, FROM: '', SEEDS: String(SEEDS_OF_A_NIGHT), ...variables },
  });
  const argv = readFileSync(join(directory, 'report.json'), 'utf8').trimEnd().split('\n');
  expect(argv.slice(0, 3)).toEqual(['run', '--silent', 'simulate']);
  // npm passes on what follows an unknown option only after `--`.
  expect(argv[3]).toBe('--');
  return readOptions(argv.slice(4));
}

function firstSeedOf(runNumber: number): number {
  const request = requestOf({ GITHUB_RUN_NUMBER: String(runNumber) });
  expect(request).toMatchObject({ kind: 'batch', count: SEEDS_OF_A_NIGHT, twice: true, json: true });
  return request.kind === 'batch' ? request.from : NaN;
}

test('it runs every night and by hand', () => {
  expect(workflow.on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }]);
  expect(workflow.on).toHaveProperty('workflow_dispatch.inputs.from');
  expect(workflow.on).toHaveProperty('workflow_dispatch.inputs.seeds.default', String(SEEDS_OF_A_NIGHT));
});

test('only the job that reports may write issues, and nothing may write anything else', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  const permissions = Object.entries(workflow.jobs).map(([name, job]) => [name, job.permissions]);
  expect(permissions).toEqual([
    ['hunt', undefined],
    ['report', { contents: 'read', issues: 'write' }],
  ]);
});

test('every job has a limit on its time', () => {
  for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
});

test('every action is pinned by a full commit hash, with its version in a comment', () => {
  const lines = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
  expect(lines).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
  for (const line of lines) expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('the token is in the environment of one step, and the checkouts do not keep it', () => {
  const holders = steps.filter((step) => /github\.token|secrets\./.test(JSON.stringify(step)));
  expect(holders.map(({ run }) => run)).toEqual(['npm run --silent seed-issues -- report.json']);
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(checkouts).toHaveLength(2);
  for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false });
});

test('no expression is pasted into a shell command: an input could be code', () => {
  expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
});

test('every npm script that it runs exists', () => {
  const names = commands.flatMap((command) =>
    [...command.matchAll(/npm run (?:--\S+ )*([\w:-]+)/g)].map(([, name]) => name),
  );
  expect(names).toEqual(['simulate', 'seed-issues']);
  for (const name of names) expect(scripts).toHaveProperty(name ?? '');
});

test('Node has the version of the project', () => {
  const setups = steps.filter(({ uses }) => uses?.startsWith('actions/setup-node@'));
  expect(setups.map((step) => step.with?.['node-version-file'])).toEqual(['.nvmrc', '.nvmrc']);
});

test('no night plays the seeds of CI, or those of another night', () => {
  const ci = /simulate -- --seeds (\d+)/.exec(readFileSync(join(ROOT, '.ci/run'), 'utf8'));
  const lastOfCi = Number(ci?.[1]);
  expect(lastOfCi).toBeGreaterThan(0);
  const [first, second, later] = [firstSeedOf(1), firstSeedOf(2), firstSeedOf(4_000)];
  expect(first).toBeGreaterThan(lastOfCi);
  expect(second).toBe(first + SEEDS_OF_A_NIGHT);
  expect(later).toBe(first + 3_999 * SEEDS_OF_A_NIGHT);
});

test('by hand, it plays the seeds that were asked for', () => {
  const request = requestOf({ GITHUB_RUN_NUMBER: '7', FROM: '42', SEEDS: '3' });
  expect(request).toMatchObject({ kind: 'batch', from: 42, count: 3, twice: true });
});

test('an input that is not a number is refused by the simulation, not run by the shell', () => {
  const request = requestOf({ GITHUB_RUN_NUMBER: '7', FROM: '$(touch pwned) 1' });
  expect(request).toEqual({
    kind: 'invalid',
    problems: ['--from must be a whole number from 0, not $(touch pwned) 1'],
  });
});
