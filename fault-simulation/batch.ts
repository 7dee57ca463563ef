/** Many seeds, on every core: each process plays a share, and tells what came of each. */
import { fork } from 'node:child_process';
import { generateScenario } from './scenario/generate';
import { minimise } from './scenario/minimise';
import type { Coverage } from './scenario/phases';
import { runScenario, type Outcome } from './run';
import type { Scenario } from './scenario/scenario';
import type { Violation } from './checks/invariants';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly coverage: Coverage;
  /** Of a seed that failed: the same failure with as little as possible, and its story. */
  readonly minimised?: { readonly scenario: Scenario; readonly trace: readonly string[] };
}

export interface Batch {
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  /** Called in the order in which seeds are done. */
  readonly onResult: (result: SeedResult) => void;
}

/** What a worker is sent; it answers with one `SeedResult` a seed. */
export interface Share {
  readonly template: unknown;
  readonly seeds: readonly number[];
}

/** A failure that takes longer than this to make smaller is shown as small as it has become. */
const MINIMISING_TRIES = 60;

/**
 * Every core has a worker already, so V8's own threads would only take turns with it; and many errors are thrown on the
 * way that nobody reads the stack of.
 */
const V8_OPTIONS = ['--single-threaded-gc', '--stack-trace-limit=2'];

/** Plays one seed and, where it fails, makes the failure small. */
export async function playSeed(seed: number, template: unknown): Promise<SeedResult> {
  const scenario = generateScenario(seed);
  const { violations, coverage } = await play(scenario, template);
  const [first] = violations;
  if (first === undefined) return { seed, violations, coverage };
  const failsAlike = async (candidate: Scenario): Promise<boolean> => {
    const outcome = await play(candidate, template);
    return outcome.violations.some(({ invariant }) => invariant === first.invariant);
  };
  const smallest = await minimise(scenario, failsAlike, { tries: MINIMISING_TRIES });
  const { trace } = await play(smallest, template);
  return { seed, violations, coverage, minimised: { scenario: smallest, trace } };
}

/** What the system throws outside of every function is a failure like any other. */
async function play(
  scenario: Scenario,
  template: unknown,
): Promise<Pick<Outcome, 'violations' | 'coverage' | 'trace'>> {
  try {
    return await runScenario(scenario, template);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [{ atSeconds: 0, invariant: 'nothing is thrown', what }], coverage: {}, trace: [what] };
  }
}

/** Plays seeds `from` to `from + count - 1`. @throws Error where a worker dies */
export async function playBatch({ from, count, workers, onResult }: Batch, template: unknown): Promise<void> {
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  if (workers <= 1) {
    for (const seed of seeds) onResult(await playSeed(seed, template));
    return;
  }
  // Dealt like cards, so that no worker gets all the long ones.
  const shares = Array.from({ length: Math.min(workers, count) }, (_, worker) =>
    seeds.filter((_seed, index) => index % workers === worker),
  );
  await Promise.all(shares.map((share) => playShare({ template, seeds: share }, onResult)));
}

function playShare(share: Share, onResult: Batch['onResult']): Promise<void> {
  return new Promise((resolve, reject) => {
    let done = 0;
    // Started like this process itself, so with the same loader of TypeScript.
    const execArgv = [...process.execArgv, ...V8_OPTIONS];
    const worker = fork(require.resolve('./worker'), { serialization: 'advanced', execArgv });
    worker.on('message', (result: SeedResult) => {
      done += 1;
      onResult(result);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (done === share.seeds.length) resolve();
      else
        reject(
          new Error(`A worker ended with ${code} at seed ${share.seeds[done]}: run it by itself with --workers 1`),
        );
    });
    worker.send(share);
  });
}
