/** The demo's command line. */
import type { EniAttachment } from '../../domain/config/node-config';
import { readCommandLine } from '../../local/server/command-line';

export interface DemoRequest {
  readonly kind: 'demo';
  readonly attachment: EniAttachment;
  readonly seed: number;
  /** The path of a file with an EventBridge event. @default - the demo's own warning */
  readonly eventPath?: string;
  readonly json: boolean;
}

export type Request =
  DemoRequest | { readonly kind: 'help' } | { readonly kind: 'invalid'; readonly problems: string[] };

export const USAGE = `Usage: npm run demo -- [options]

Launches a stateful node in a simulated AWS account, interrupts its instance as EC2 would, and shows that another
instance gets the node's addresses. Time is virtual: minutes pass in seconds.

  --attachment cold|hot  How the node carries its interface: as the instance's primary (cold, the default)
                         or as a secondary (hot).
  --event FILE           Delivers the EventBridge event in FILE instead of the demo's own: a Spot interruption
                         warning or a rebalance recommendation. i-1234567890abcdef0 in it means the
                         node's instance.
  --seed N               The seed of ids, addresses and latencies. The same seed gives the same output.
                         Default: 1
  --json                 Prints one JSON document and nothing else.
  --help                 Prints this.

Exit status: 0 if another instance has the interface and all its addresses, and nothing is left over;
1 if not; 2 if an option or the event file is wrong.
`;

const OPTIONS = {
  attachment: { type: 'string' },
  event: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  const problems = [...misread];
  if (values.has('help')) return { kind: 'help' };
  const attachment = values.get('attachment') ?? 'cold';
  if (attachment !== 'cold' && attachment !== 'hot')
    problems.push(`--attachment must be cold or hot, not ${attachment}`);
  const seed = values.get('seed') ?? '1';
  if (!isSeed(seed)) problems.push(`--seed must be a whole number from 0, not ${seed}`);
  if (problems.length > 0) return { kind: 'invalid', problems };
  const eventPath = values.get('event');
  return {
    kind: 'demo',
    attachment: attachment === 'hot' ? 'hot' : 'cold',
    seed: Number(seed),
    json: values.has('json'),
    ...(eventPath === undefined ? {} : { eventPath }),
  };
}

function isSeed(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}
