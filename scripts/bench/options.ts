/** The benchmark's command line. */
import { readCommandLine } from '../../local/server/command-line';

/** What can be measured on its own. */
export const PARTS = [
  'api',
  'start-up',
  'replacement',
  'storm',
  'baseline',
  'scale',
  'cost',
  'simulation',
  'local',
] as const;
/** Those without items to choose from. */
const WHOLE_PARTS = ['api', 'start-up', 'local'] as const satisfies readonly Part[];
export type Part = (typeof PARTS)[number];

export interface BenchRequest {
  readonly kind: 'bench';
  readonly parts: readonly Part[];
  /** Whether fewer seeds, smaller storms and fewer nodes are measured: under a minute on two cores. */
  readonly isQuick: boolean;
  /** Measures only what has this name: a storm, or a number of nodes. Undefined: everything. */
  readonly only: string | undefined;
  readonly json: boolean;
  /** Whether the charts are drawn anew with what was measured. */
  readonly charts: boolean;
}

export type Request =
  BenchRequest | { readonly kind: 'help' } | { readonly kind: 'invalid'; readonly problems: string[] };

export const USAGE = `Usage: npm run bench -- [options]

Measures Holdfast against targets, and against what EC2 itself takes. Replacements, storms and the reconciler run in modelled
time on the simulated account; the API's own time, the start-up of the functions, the cost of a seed and the load of npm start
(local) are this machine's.

  --part NAMES Measures only these parts, separated by commas: ${PARTS.join(', ')}. Default: all
  --quick      Fewer seeds, storms of 10 and 30 nodes, not npm start: under a minute.
  --only NAME  Measures only the item with this name, as it is printed before its measurement: "100 cold, spot dry".
  --charts     Draws charts in docs/charts, of what was measured now and in earlier runs.
  --json       Prints one JSON document and nothing else.
  --help       Prints this.

Exit status: 0 after the measurement, 2 if an option is wrong. A missed target is reported but is no failure,
because the machine may be busy.
`;

const OPTIONS = {
  part: { type: 'string' },
  quick: { type: 'boolean' },
  only: { type: 'string' },
  json: { type: 'boolean' },
  charts: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  if (values.has('help')) return { kind: 'help' };
  const named = values.get('part')?.split(',') ?? [];
  const unknown = named.filter((name) => !(PARTS as readonly string[]).includes(name));
  const only = values.get('only');
  const whole = WHOLE_PARTS.filter((part) => named.length === 0 || named.includes(part));
  const problems = [
    ...misread,
    ...unknown.map((name) => `--part must be ${PARTS.join(', ')}, not ${name}`),
    ...(only !== undefined && whole.length > 0
      ? [`--only cannot be combined with ${whole.join(' and ')}, which are measured as a whole: name another --part`]
      : []),
  ];
  if (problems.length > 0) return { kind: 'invalid', problems };
  return {
    kind: 'bench',
    parts: named.length > 0 ? PARTS.filter((part) => named.includes(part)) : PARTS,
    isQuick: values.has('quick'),
    only,
    json: values.has('json'),
    charts: values.has('charts'),
  };
}
