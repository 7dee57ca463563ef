/** The command line of `npm start`. */
import { roleArns } from '../../infra/context-lists';
import { readCommandLine } from './command-line';

export interface ServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** The path of the state folder. */
  readonly data: string;
  /** Simulated seconds per second. */
  readonly speed: number;
  readonly token: string | undefined;
  readonly seed: number | undefined;
  /** ARNs of the IAM roles that nodes may have. */
  readonly instanceRoleArns: readonly string[];
  /** The path of a file with measured latencies of EC2, for this run. */
  readonly latencies: string | undefined;
}

export type ServerRequest =
  | { readonly kind: 'serve'; readonly options: ServerOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export const USAGE = `Usage: npm start -- [options]

Runs the whole control plane on this machine, with a simulated AWS account, until Ctrl-C.

  --port N     The port to listen on, on 127.0.0.1. 0: any free port. Default: 8080
  --data DIR   The folder that keeps nodes, instances and addresses between runs. Default: .holdfast
  --speed X    Simulated seconds per second, up to 10000. Default: 1
  --token T    The API token of clients. Default: the token stored in DIR, or a new one
  --seed N     Determines the ids, addresses and latencies of a new DIR. Default: 1
  --instance-roles ARNS
               The IAM roles that nodes may have, with commas between them. Default: none
  --latencies FILE
               How long the simulated EC2 takes in this run, from a report of npm run smoke.
               Default: published measurements
  --help       Prints this help.

Exit status: 0 after Ctrl-C or SIGTERM, 1 if the server could not run, 2 if an option is wrong.
`;

const OPTIONS = {
  port: { type: 'string' },
  data: { type: 'string' },
  speed: { type: 'string' },
  token: { type: 'string' },
  seed: { type: 'string' },
  'instance-roles': { type: 'string' },
  latencies: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_PORT = 8080;
const DEFAULT_DATA = '.holdfast';
const LARGEST_PORT = 65_535;
export const GREATEST_SPEED = 10_000;
/** The characters of a bearer token. Source: RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

export function readServerOptions(argv: readonly string[]): ServerRequest {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  const problems = [...misread];
  if (values.has('help')) return { kind: 'help' };
  for (const [name, value] of values) {
    const problem = RULES[name]?.(value);
    if (problem !== undefined) problems.push(`--${name} ${problem}`);
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  const seed = values.get('seed');
  return {
    kind: 'serve',
    options: {
      port: Number(values.get('port') ?? DEFAULT_PORT),
      data: values.get('data') ?? DEFAULT_DATA,
      speed: Number(values.get('speed') ?? 1),
      token: values.get('token'),
      seed: seed === undefined ? undefined : Number(seed),
      instanceRoleArns: roleArns.parse(values.get('instance-roles') ?? []) ?? [],
      latencies: values.get('latencies'),
    },
  };
}

/** Returns what is wrong with an option's value, or undefined. */
const RULES: Readonly<Record<string, (text: string) => string | undefined>> = {
  port: (text) =>
    isWhole(text, LARGEST_PORT) ? undefined : `must be a whole number from 0 to ${LARGEST_PORT}, not ${text}`,
  speed: (text) => (isSpeed(text) ? undefined : `must be a number above 0 and up to ${GREATEST_SPEED}, not ${text}`),
  seed: (text) => (isWhole(text, Number.MAX_SAFE_INTEGER) ? undefined : `must be a whole number from 0, not ${text}`),
  'instance-roles': (text) => (roleArns.parse(text) ? undefined : `must be ${roleArns.mustBe}`),
  // The message does not repeat the value, which may be a real token with a typo.
  token: (text) =>
    TOKEN.test(text) ? undefined : 'must have only letters, digits and . _ ~ + / -, with = only at its end',
};

function isWhole(text: string, greatest: number): boolean {
  return /^\d+$/.test(text) && Number(text) <= greatest;
}

function isSpeed(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= GREATEST_SPEED;
}
