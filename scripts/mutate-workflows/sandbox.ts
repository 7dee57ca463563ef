/** A copy of the project with mutated definitions, in which Jest runs. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Definition } from '../../exploration/definition';
import { mutated, MUTATED_KINDS, type Mutant, type Originals } from './mutants';

const PROJECT = join(__dirname, '../..');
/** Jest keeps what it has transpiled by path, so the path should be the same each time. */
const FOLDER = join(PROJECT, '.holdfast/mutate-workflows');
const COPIED = [
  ...[
    'cli',
    'domain',
    'exploration',
    'fault-simulation',
    'infra',
    'lambdas',
    'local',
    'scripts',
    'simulator',
    'statemachines',
  ],
  ...['test', 'docs', 'cdk.json', 'jest.config.cjs', 'package-lock.json', 'package.json', 'tsconfig.json'],
];

/** Many times as long as the slowest test file takes. */
const LONGEST_MS = 10 * 60_000;

/** It is about how the files are written. A mutated file is written without templates. */
const LEFT_OUT = 'no retry policy is written twice, and neither is any of its errors';

/** What Jest says of a failed test. */
interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export class MutationSandbox {
  constructor(private readonly originals: Originals) {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    for (const name of COPIED) cpSync(join(PROJECT, name), join(FOLDER, name), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(FOLDER, 'node_modules'));
  }

  /** Replaces the definitions that have mutants, and restores the others. @param mutants of different states */
  apply(mutants: readonly Mutant[]): void {
    for (const kind of MUTATED_KINDS) {
      const own = mutants.filter((each) => each.kind === kind);
      const file = `statemachines/${kind}-node.asl.yaml`;
      const text =
        own.length === 0 ? readFileSync(join(PROJECT, file), 'utf8') : yamlOf(mutated(this.originals[kind], own));
      writeFileSync(join(FOLDER, file), text);
    }
  }

  /** Runs the test files. @returns the full names of the failed tests; files that cannot run, or do not end, count as one */
  async failedTests(files: readonly string[]): Promise<readonly string[]> {
    const output = join(FOLDER, 'report.json');
    rmSync(output, { force: true });
    const jest = join(FOLDER, 'node_modules/jest/bin/jest.js');
    // No --bail: Jest would write no report.
    const options = ['--runInBand', '--json', '--outputFile', output];
    const names = ['--testNamePattern', `^(?!${LEFT_OUT})`];
    await ended(jest, ['--rootDir', FOLDER, ...options, ...names, '--runTestsByPath', ...files]);
    // Endless steps use up the memory, or the time.
    if (!existsSync(output)) return ['the tests do not end'];
    const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as JestReport;
    return testResults.flatMap(({ name, status, assertionResults }) => {
      const failed = assertionResults.filter((each) => each.status === 'failed').map(({ fullName }) => fullName);
      return status === 'failed' && failed.length === 0 ? [basename(name)] : failed;
    });
  }

  close(): void {
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

/** The shared templates stand before it in a block, so it is a block as well. JSON is YAML. */
function yamlOf(definition: Definition): string {
  return Object.entries(definition)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** Its exit status says only whether a test failed, which the report says as well. */
function ended(script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: FOLDER, maxBuffer: Infinity, timeout: LONGEST_MS }, () => {
      resolve();
    });
  });
}
