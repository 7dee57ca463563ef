/** The benchmark's command line. */
import { readCommandLine } from '../../local/server/command-line';

export interface BenchRequest {
  readonly kind: 'bench';
  /** Measured requests of each kind. */
  readonly requests: number;
  /** How many nodes there are. */
  readonly nodes: number;
  readonly json: boolean;
}

export type Request = BenchRequest | { readonly kind: 'help' } | { readonly kind: 'faulty'; readonly faults: string[] };

export const USAGE = `Usage: npm run bench -- [options]

Measures what the API function itself takes for a request, warm, in the local control plane: the time in which it
computes, without that in which it waits for AWS. And how large each function's code is.

  --requests N  Measured requests of each kind, from 1. Default: 300
  --nodes N     How many nodes there are, from 1. Default: 100
  --json        Prints one JSON document and nothing else.
  --help        Prints this.

Exit status: 0 if it was measured, 2 if an option is wrong. That a target is missed is said, and is no failure: the
machine may be busy.
`;

const OPTIONS = {
  requests: { type: 'string' },
  nodes: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_REQUESTS = 300;
const DEFAULT_NODES = 100;
/** Above them a run takes many minutes. */
const MOST = 10_000;

export function readOptions(argv: readonly string[]): Request {
  const { values, faults: misread } = readCommandLine(argv, OPTIONS);
  const faults = [...misread];
  if (values.has('help')) return { kind: 'help' };
  const count = (name: string, otherwise: number): number => {
    const text = values.get(name) ?? String(otherwise);
    const isCount = /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST;
    if (!isCount) faults.push(`--${name} must be a whole number from 1 to ${MOST}, not ${text}`);
    return Number(text);
  };
  const requests = count('requests', DEFAULT_REQUESTS);
  const nodes = count('nodes', DEFAULT_NODES);
  return faults.length > 0 ? { kind: 'faulty', faults } : { kind: 'bench', requests, nodes, json: values.has('json') };
}
