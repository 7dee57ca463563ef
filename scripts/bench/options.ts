/** The benchmark's command line. */
import { readCommandLine } from '../../local/server/command-line';

export interface BenchRequest {
  readonly kind: 'bench';
  /** The number of measured requests of each kind. */
  readonly requests: number;
  /** The number of nodes in the table. */
  readonly nodes: number;
  readonly json: boolean;
}

export type Request =
  BenchRequest | { readonly kind: 'help' } | { readonly kind: 'invalid'; readonly problems: string[] };

export const USAGE = `Usage: npm run bench -- [options]

Measures the API function's own time for a request, warm, in the local control plane: the time that it computes,
without the time that it waits for AWS. Also measures the size of each function's code.

  --requests N  Measured requests of each kind, from 1. Default: 300
  --nodes N     Nodes in the table, from 1. Default: 100
  --json        Prints one JSON document and nothing else.
  --help        Prints this.

Exit status: 0 after the measurement, 2 if an option is wrong. A missed target is reported but is no failure,
because the machine may be busy.
`;

const OPTIONS = {
  requests: { type: 'string' },
  nodes: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_REQUESTS = 300;
const DEFAULT_NODES = 100;
/** Larger numbers would take many minutes. */
const MOST = 10_000;

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  const problems = [...misread];
  if (values.has('help')) return { kind: 'help' };
  const count = (name: string, otherwise: number): number => {
    const text = values.get(name) ?? String(otherwise);
    const isCount = /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST;
    if (!isCount) problems.push(`--${name} must be a whole number from 1 to ${MOST}, not ${text}`);
    return Number(text);
  };
  const requests = count('requests', DEFAULT_REQUESTS);
  const nodes = count('nodes', DEFAULT_NODES);
  return problems.length > 0
    ? { kind: 'invalid', problems }
    : { kind: 'bench', requests, nodes, json: values.has('json') };
}
