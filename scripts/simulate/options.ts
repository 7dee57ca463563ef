/** The simulation's command line. */
import { availableParallelism } from 'node:os';
import { readCommandLine } from '../../local/server/command-line';

export type Request =
  | {
      readonly kind: 'batch';
      readonly from: number;
      readonly count: number;
      readonly workers: number;
      readonly storms: boolean;
      readonly twice: boolean;
      readonly json: boolean;
      readonly coverage: boolean;
    }
  | {
      readonly kind: 'replay';
      readonly seed: number;
      readonly storms: boolean;
      readonly twice: boolean;
      readonly trace: boolean;
      readonly json: boolean;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const DEFAULT_SEEDS = 200;

export const USAGE = `Usage: npm run simulate -- [options]

Runs the whole system, with the state machines and functions that would be deployed, in a simulated AWS account and
in virtual time, under faults that are drawn from a seed. Checks that no node loses its addresses, that nothing is
left over, and that everything comes to rest. The same seed gives the same run, to the byte.

  --seeds N     The number of seeds. Default: ${DEFAULT_SEEDS}
  --from S      The first seed. Default: 1
  --workers W   The number of processes. Default: one for each core
  --coverage    Also prints which faults met which phases, and which transitions were taken.
  --seed S      Runs only this seed.
  --storms      Makes every seed a storm: 50 to 100 nodes are interrupted at once.
  --twice       Runs each seed twice. A seed whose two traces differ fails.
  --trace       Prints the trace of that seed.
  --json        Prints one JSON document and nothing else.
  --help        Prints this.

Exit status: 0 if every seed passes; 1 if one fails; 2 if an option is wrong.
`;

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  workers: { type: 'string' },
  coverage: { type: 'boolean' },
  seed: { type: 'string' },
  storms: { type: 'boolean' },
  twice: { type: 'boolean' },
  trace: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** These options have no meaning with --seed. */
const OF_A_BATCH = ['seeds', 'from', 'workers', 'coverage'];

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  if (values.has('help')) return { kind: 'help' };
  const problems = [...misread];
  const number = (name: string, least: number, otherwise: number): number => {
    const text = values.get(name) ?? String(otherwise);
    const isGood = /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) >= least;
    if (!isGood) problems.push(`--${name} must be a whole number from ${least}, not ${text}`);
    return Number(text);
  };
  const seed = number('seed', 0, 0);
  const count = number('seeds', 1, DEFAULT_SEEDS);
  const from = number('from', 0, 1);
  const workers = number('workers', 1, availableParallelism());
  const isReplay = values.has('seed');
  if (values.has('trace') && !isReplay) problems.push('--trace needs --seed');
  if (isReplay) {
    for (const name of OF_A_BATCH) if (values.has(name)) problems.push(`--${name} does not go with --seed`);
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  const runs = { storms: values.has('storms'), twice: values.has('twice'), json: values.has('json') };
  return isReplay
    ? { kind: 'replay', seed, trace: values.has('trace'), ...runs }
    : { kind: 'batch', from, count, workers, coverage: values.has('coverage'), ...runs };
}
