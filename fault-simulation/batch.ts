/** Runs many seeds on every core. Each worker process runs its share of the seeds and reports a result for each. */
import { fork } from 'node:child_process';
import { generateScenario, type SeedOptions } from './scenario/generate';
import { minimise } from './scenario/minimise';
import { playTwice, SAME_RUN } from './play-twice';
import type { Coverage } from './scenario/phases';
import { runScenario, type Outcome } from './run';
import type { Scenario } from './scenario/scenario';
import type { Violation } from './checks/invariants';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly coverage: Coverage;
  /** How often executions took each transition: by machine, then by the transition's name. */
  readonly transitions: Coverage;
  /** If the seed failed: the smallest scenario found that fails in the same way, and its trace. */
  readonly minimised?: { readonly scenario: Scenario; readonly trace: readonly string[] };
}

/** How the seeds are played. */
export interface PlayOptions extends SeedOptions {
  /** Whether each seed is played twice. A second run that differs from the first is a violation. @default false */
  readonly twice?: boolean;
}

export interface Batch extends PlayOptions {
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  /** Called as seeds finish, which need not be in the order of the seeds. */
  readonly onResult: (result: SeedResult) => void;
}

/** The message to a worker. The worker sends back one `SeedResult` for each seed. */
export interface Share {
  readonly template: unknown;
  readonly seeds: readonly number[];
  readonly options: PlayOptions;
}

/** The most runs that minimising one failure may take. After them, the smallest scenario so far is reported. */
const MINIMISING_TRIES = 60;

/**
 * Every core already has a worker, so V8's own threads would only compete with the workers. The functions throw and
 * catch many errors whose stacks are never read, so short stacks save time. A seed leaves much garbage that dies young, and a
 * large young generation is collected less often.
 */
export const V8_OPTIONS = [
  '--single-threaded-gc',
  '--stack-trace-limit=2',
  '--min-semi-space-size=32',
  '--max-semi-space-size=64',
];

/** Runs one seed. If it fails, minimises the failure. */
export async function runSeed(seed: number, template: unknown, options: PlayOptions = {}): Promise<SeedResult> {
  // The scenario is drawn anew for the second run, because the draw must also be the same.
  const play = (): Promise<SeedOutcome> => runOrReport(generateScenario(seed, options), template);
  const { violations, coverage, transitions } = await (options.twice === true ? playTwice(play) : play());
  const [first] = violations;
  if (first === undefined) return { seed, violations, coverage, transitions };
  const scenario = generateScenario(seed, options);
  const failsAlike = async (candidate: Scenario): Promise<boolean> => {
    const replay = (): Promise<SeedOutcome> => runOrReport(candidate, template);
    // Only a difference between two runs needs two runs to show.
    const outcome = await (first.invariant === SAME_RUN ? playTwice(replay) : replay());
    return outcome.violations.some(({ invariant }) => invariant === first.invariant);
  };
  const smallest = await minimise(scenario, failsAlike, { tries: MINIMISING_TRIES });
  const { trace } = await runOrReport(smallest, template);
  return { seed, violations, coverage, transitions, minimised: { scenario: smallest, trace } };
}

type SeedOutcome = Pick<Outcome, 'violations' | 'coverage' | 'transitions' | 'trace'>;

/** Reports an error that is thrown outside of every function as a violation, like any other failure. */
async function runOrReport(scenario: Scenario, template: unknown): Promise<SeedOutcome> {
  try {
    return await runScenario(scenario, template);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      violations: [{ atSeconds: 0, invariant: 'nothing is thrown', what }],
      coverage: {},
      transitions: {},
      trace: [what],
    };
  }
}

/** Runs seeds `from` to `from + count - 1`. @throws Error if a worker dies */
export async function runBatch(batch: Batch, template: unknown): Promise<void> {
  const { from, count, workers, onResult, ...options } = batch;
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  if (workers <= 1) {
    for (const seed of seeds) onResult(await runSeed(seed, template, options));
    return;
  }
  // Seeds are dealt round-robin, so that no worker gets all the long ones.
  const shares = Array.from({ length: Math.min(workers, count) }, (_, worker) =>
    seeds.filter((_seed, index) => index % workers === worker),
  );
  await Promise.all(shares.map((share) => runShare({ template, seeds: share, options }, onResult)));
}

function runShare(share: Share, onResult: Batch['onResult']): Promise<void> {
  return new Promise((resolve, reject) => {
    let done = 0;
    // The worker needs the TypeScript loader that this process was started with.
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
