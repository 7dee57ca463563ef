/** The command line of the smoke test. */
import { readCommandLine } from '../../local/server/command-line';

export interface SmokeRequest {
  readonly kind: 'smoke';
  /** On the simulator, without an AWS account. */
  readonly simulated: boolean;
  readonly seed: number;
  readonly stack: string;
  readonly subnetId: string;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly attachments: readonly ('cold' | 'hot')[];
  readonly instanceTypes: readonly string[];
  /** Of FIS. @default - a role is made and removed */
  readonly roleArn: string | undefined;
  /** Where the report is written. */
  readonly jsonPath: string | undefined;
  /** Whether to do what the plan says. */
  readonly yes: boolean;
}

export type Request =
  SmokeRequest | { readonly kind: 'help' } | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export const USAGE = `Usage: npm run smoke -- --subnet ID [options]

Tests a deployment in a real AWS account: makes a node, interrupts its instance with AWS FIS, checks that another
instance gets the node's addresses, and removes everything again. Without --yes it changes nothing: it prints what it
would do, and what that costs at most.

  --subnet ID            Where the node lives. Its VPC needs an internet gateway.
  --stack NAME           The stack of the deployment. Default: Holdfast
  --region R             The Region of the stack. Default: from the AWS configuration
  --profile P            The profile of the AWS configuration.
  --attachment cold|hot|both
                         How the node carries its interface. both: one node after the other (default).
  --types T,T            Instance types, tried in this order. Default: t4g.micro,t4g.small
  --fis-role-arn ARN     A role that FIS may assume. Default: a role is made, and removed.
  --json FILE            Also writes the report to FILE, as JSON. npm start -- --latencies reads it.
  --yes                  Does it.
  --simulated            Runs on the simulator instead of AWS. Only --attachment, --json and --seed apply.
  --seed N               With --simulated: the seed of ids, addresses and latencies. Default: 1
  --help                 Prints this.

Exit status: 0 after the plan, or if each node kept its addresses and nothing is left over; 1 if not; 2 if an option is
wrong. docs/smoke.md lists the rights that it needs.
`;

const OPTIONS = {
  stack: { type: 'string' },
  subnet: { type: 'string' },
  region: { type: 'string' },
  profile: { type: 'string' },
  attachment: { type: 'string' },
  types: { type: 'string' },
  'fis-role-arn': { type: 'string' },
  json: { type: 'string' },
  yes: { type: 'boolean' },
  simulated: { type: 'boolean' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_STACK = 'Holdfast';
/** The smallest that Amazon Linux 2023 runs well on. Both take two interfaces, which a hot node needs. */
const DEFAULT_TYPES = 't4g.micro,t4g.small';
const ONLY_IN_AWS = ['stack', 'subnet', 'region', 'profile', 'types', 'fis-role-arn', 'yes'];

const ATTACHMENTS: Readonly<Record<string, SmokeRequest['attachments']>> = {
  cold: ['cold'],
  hot: ['hot'],
  both: ['cold', 'hot'],
};

/** Returns what is wrong with an option's value, or undefined. */
const RULES: Readonly<Record<string, (text: string) => string | undefined>> = {
  subnet: (text) =>
    /^subnet-[0-9a-f]+$/.test(text) ? undefined : `must be a subnet's id, like subnet-0a1b, not ${text}`,
  attachment: (text) => (Object.hasOwn(ATTACHMENTS, text) ? undefined : `must be cold, hot or both, not ${text}`),
  types: (text) =>
    text.split(',').every((type) => /^[a-z0-9-]+\.[a-z0-9-]+$/.test(type))
      ? undefined
      : `must be instance types with commas between them, like t4g.micro,t4g.small, not ${text}`,
  'fis-role-arn': (text) =>
    /^arn:[a-z-]+:iam::\d{12}:role\/.+$/.test(text) ? undefined : `must be the ARN of a role, not ${text}`,
  seed: (text) =>
    /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? undefined : `must be a whole number from 0, not ${text}`,
};

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  if (values.has('help')) return { kind: 'help' };
  const simulated = values.has('simulated');
  const problems = [...misread, ...valueProblems(values), ...combinationProblems(values, simulated)];
  if (problems.length > 0) return { kind: 'invalid', problems };
  return {
    kind: 'smoke',
    simulated,
    seed: Number(values.get('seed') ?? 1),
    stack: values.get('stack') ?? DEFAULT_STACK,
    subnetId: values.get('subnet') ?? '',
    region: values.get('region'),
    profile: values.get('profile'),
    attachments: ATTACHMENTS[values.get('attachment') ?? 'both'] ?? [],
    instanceTypes: (values.get('types') ?? DEFAULT_TYPES).split(','),
    roleArn: values.get('fis-role-arn'),
    jsonPath: values.get('json'),
    yes: values.has('yes'),
  };
}

function valueProblems(values: ReadonlyMap<string, string>): readonly string[] {
  return [...values].flatMap(([name, value]) => {
    const problem = RULES[name]?.(value);
    return problem === undefined ? [] : [`--${name} ${problem}`];
  });
}

function combinationProblems(values: ReadonlyMap<string, string>, simulated: boolean): readonly string[] {
  if (simulated)
    return ONLY_IN_AWS.flatMap((name) => (values.has(name) ? [`--${name} has no effect with --simulated`] : []));
  return [
    ...(values.has('subnet') ? [] : ['--subnet is missing: give the subnet in which the node may live']),
    ...(values.has('seed') ? ['--seed has an effect only with --simulated'] : []),
  ];
}
