/** The command line of `npm start`. */
import { readCommandLine } from './command-line';

export interface ServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** A folder. */
  readonly data: string;
  readonly speed: number;
  readonly token: string | undefined;
  readonly seed: number | undefined;
}

export type ServerRequest =
  | { readonly kind: 'serve'; readonly options: ServerOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

export const USAGE = `Usage: npm start -- [options]

Runs the whole control plane on this machine, on a simulated AWS account, until Ctrl-C.

  --port N     Where to listen, on 127.0.0.1; 0 for any free port. Default: 8080
  --data DIR   Where nodes, instances and addresses are kept from one run to the next. Default: .holdfast
  --speed X    How many seconds pass in a second, up to 10000. Default: 1
  --token T    What clients authenticate with. Default: the one kept in DIR, or a new one
  --seed N     Ids, addresses and latencies of a new DIR. Default: 1
  --help       Prints this.

Exit status: 0 after Ctrl-C or SIGTERM; 1 if it could not run; 2 if an option is wrong.
`;

const OPTIONS = {
  port: { type: 'string' },
  data: { type: 'string' },
  speed: { type: 'string' },
  token: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_PORT = 8080;
const DEFAULT_DATA = '.holdfast';
const LARGEST_PORT = 65_535;
const GREATEST_SPEED = 10_000;
/** What a bearer token may consist of. Source: RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

export function readServerOptions(argv: readonly string[]): ServerRequest {
  const { values, faults: misread } = readCommandLine(argv, OPTIONS);
  const faults = [...misread];
  if (values.has('help')) return { kind: 'help' };
  for (const [name, value] of values) {
    const fault = RULES[name]?.(value);
    if (fault !== undefined) faults.push(`--${name} ${fault}`);
  }
  if (faults.length > 0) return { kind: 'faulty', faults };
  const seed = values.get('seed');
  return {
    kind: 'serve',
    options: {
      port: Number(values.get('port') ?? DEFAULT_PORT),
      data: values.get('data') ?? DEFAULT_DATA,
      speed: Number(values.get('speed') ?? 1),
      token: values.get('token'),
      seed: seed === undefined ? undefined : Number(seed),
    },
  };
}

/** What is wrong with an option's value. */
const RULES: Readonly<Record<string, (text: string) => string | undefined>> = {
  port: (text) =>
    isWhole(text, LARGEST_PORT) ? undefined : `must be a whole number from 0 to ${LARGEST_PORT}, not ${text}`,
  speed: (text) => (isSpeed(text) ? undefined : `must be a number above 0 and up to ${GREATEST_SPEED}, not ${text}`),
  seed: (text) => (isWhole(text, Number.MAX_SAFE_INTEGER) ? undefined : `must be a whole number from 0, not ${text}`),
  // What was given is not repeated: it may be a token nearly right.
  token: (text) => (TOKEN.test(text) ? undefined : 'may hold letters, digits and . _ ~ + / - only, with = at its end'),
};

function isWhole(text: string, greatest: number): boolean {
  return /^\d+$/.test(text) && Number(text) <= greatest;
}

function isSpeed(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= GREATEST_SPEED;
}
