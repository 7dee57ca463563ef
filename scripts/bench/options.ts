/** The benchmark's command line. */
import { readCommandLine } from '../../local/server/command-line';

/** What can be measured on its own. */
export const PARTS = ['api', 'start-up', 'replacement', 'storm', 'baseline', 'scale', 'cost', 'simulation'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchRequest {
  readonly kind: 'bench';
  readonly parts: readonly Part[];
  /** Whether fewer seeds, smaller storms and fewer nodes are measured: under a minute on two cores. */
  readonly isQuick: boolean;
  readonly json: boolean;
}

export type Request =
  BenchRequest | { readonly kind: 'help' } | { readonly kind: 'invalid'; readonly problems: string[] };

export const USAGE = `Usage: npm run bench -- [options]

Measures Holdfast against targets, and against what EC2 itself takes. Replacements, storms and the reconciler run in modelled
time on the simulated account; the API's own time, the start-up of the functions and the cost of a seed are this machine's.

  --part NAMES Measures only these parts, separated by commas: ${PARTS.join(', ')}. Default: all
  --quick      Fewer seeds, storms of 10 and 30 nodes: under a minute.
  --json       Prints one JSON document and nothing else.
  --help       Prints this.

Exit status: 0 after the measurement, 2 if an option is wrong. A missed target is reported but is no failure,
because the machine may be busy.
`;

const OPTIONS = {
  part: { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  if (values.has('help')) return { kind: 'help' };
  const named = values.get('part')?.split(',') ?? [];
  const unknown = named.filter((name) => !(PARTS as readonly string[]).includes(name));
  const problems = [...misread, ...unknown.map((name) => `--part must be ${PARTS.join(', ')}, not ${name}`)];
  if (problems.length > 0) return { kind: 'invalid', problems };
  return {
    kind: 'bench',
    parts: named.length > 0 ? PARTS.filter((part) => named.includes(part)) : PARTS,
    isQuick: values.has('quick'),
    json: values.has('json'),
  };
}
