/** The command line of the mutation testing of the definitions. */
import { readCommandLine } from '../../local/server/command-line';

export interface Selection {
  /** Only mutants with this in their text or id. */
  readonly only: string | undefined;
  /** Of those, so many that are drawn with the seed. */
  readonly sample: number | undefined;
  readonly seed: number;
  /** Of those, so many from this place on. */
  readonly from: number;
  readonly count: number;
}

/** Who is shown the mutants, in this order: those that are not noticed go on to the next. */
export const STAGES = ['definitions', 'worlds', 'plays'] as const;
export type Stage = (typeof STAGES)[number];

export type Request =
  | {
      readonly kind: 'run';
      readonly selection: Selection;
      /** The last stage. */
      readonly until: Stage;
      /** Worlds with more states are left out. */
      readonly mostStates: number;
      /** A file that keeps verdicts, so that a run can be continued. */
      readonly results: string | undefined;
      readonly json: boolean;
    }
  | { readonly kind: 'list'; readonly selection: Selection }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** A world with more states takes too long for thousands of mutants. */
const MOST_STATES = 800;

export const USAGE = `Usage: npm run mutate:workflows -- [options]

Changes the state machine definitions, one small change (a mutant) at a time, and checks whether it is noticed: by a
test of the definitions, and if not, by a world of the explorer, and if not, by a test that plays workflows. Without
options: every mutant, which takes hours.

  --only TEXT     Only mutants with TEXT in their description or id.
  --sample N      Of those, N that are drawn.
  --seed S        The seed of the draw. Default: 1
  --from I        Of those, from the I-th on. Default: 1
  --count N       And only N.
  --until STAGE   The last stage: definitions, worlds, or plays, which take a minute for each mutant. Default: plays
  --states N      Leaves worlds with more states out. Default: ${MOST_STATES}
  --results FILE  Keeps the verdicts in FILE, and takes those that are there instead of running the mutant again.
  --list          Prints the mutants.
  --json          Prints one JSON document and nothing else.
  --help          Prints this.

Exit status: 0 if every mutant is noticed; 1 if one is not; 2 if an option is wrong.
`;

const OPTIONS = {
  only: { type: 'string' },
  sample: { type: 'string' },
  seed: { type: 'string' },
  from: { type: 'string' },
  count: { type: 'string' },
  until: { type: 'string' },
  states: { type: 'string' },
  results: { type: 'string' },
  list: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  if (values.has('help')) return { kind: 'help' };
  const problems = [...misread];
  const number = (name: string, least: number): number | undefined => {
    const text = values.get(name);
    if (text === undefined) return undefined;
    const isGood = /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) >= least;
    if (!isGood) problems.push(`--${name} must be a whole number from ${least}, not ${text}`);
    return Number(text);
  };
  const selection = {
    only: values.get('only'),
    sample: number('sample', 1),
    seed: number('seed', 0) ?? 1,
    from: number('from', 1) ?? 1,
    count: number('count', 1) ?? Infinity,
  };
  const mostStates = number('states', 1) ?? MOST_STATES;
  if (values.has('seed') && !values.has('sample')) problems.push('--seed needs --sample');
  const until = STAGES.find((stage) => stage === (values.get('until') ?? 'plays'));
  if (until === undefined) problems.push(`--until must be one of ${STAGES.join(', ')}, not ${values.get('until')}`);
  if (problems.length > 0 || until === undefined) return { kind: 'invalid', problems };
  if (values.has('list')) return { kind: 'list', selection };
  return {
    kind: 'run',
    selection,
    until,
    mostStates,
    results: values.get('results'),
    json: values.has('json'),
  };
}
