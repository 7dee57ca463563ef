/** The demo's command line. */
import { parseArgs } from 'node:util';
import type { EniAttachment } from '../../domain/node-config';

export interface PlayRequest {
  readonly kind: 'play';
  readonly attachment: EniAttachment;
  readonly seed: number;
  /** A file with an EventBridge event. @default - the demo's own warning */
  readonly eventPath?: string;
  readonly json: boolean;
}

export type Request = PlayRequest | { readonly kind: 'help' } | { readonly kind: 'faulty'; readonly faults: string[] };

export const USAGE = `Usage: npm run demo -- [options]

Launches a stateful node in a simulated AWS account, interrupts its instance as EC2 would, and shows what becomes
of the node's addresses. Time is virtual: minutes pass in seconds.

  --attachment cold|hot  How the node carries its interface: as the instance's primary (cold, the default)
                         or as a secondary (hot).
  --event FILE           Delivers the EventBridge event in FILE instead of the demo's own: a Spot interruption
                         warning or a rebalance recommendation. i-1234567890abcdef0 in it stands for the
                         node's instance.
  --seed N               Ids, addresses and latencies; the same seed gives the same output. Default: 1
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

/** Every fault is named at once, so that nobody has to mend them one by one. */
export function readOptions(argv: readonly string[]): Request {
  // Strict parsing would stop at the first fault.
  const { tokens } = parseArgs({ args: [...argv], options: OPTIONS, strict: false, tokens: true });
  const faults: string[] = [];
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') faults.push(`${token.value} is not an option`);
    if (token.kind !== 'option') continue;
    const fault = faultOf(token);
    if (fault === undefined) values.set(token.name, token.value ?? '');
    else faults.push(fault);
  }
  if (values.has('help')) return { kind: 'help' };
  const attachment = values.get('attachment') ?? 'cold';
  if (attachment !== 'cold' && attachment !== 'hot') faults.push(`--attachment must be cold or hot, not ${attachment}`);
  const seed = values.get('seed') ?? '1';
  if (!isSeed(seed)) faults.push(`--seed must be a whole number from 0, not ${seed}`);
  if (faults.length > 0) return { kind: 'faulty', faults };
  const eventPath = values.get('event');
  return {
    kind: 'play',
    attachment: attachment === 'hot' ? 'hot' : 'cold',
    seed: Number(seed),
    json: values.has('json'),
    ...(eventPath === undefined ? {} : { eventPath }),
  };
}

function faultOf(token: { readonly name: string; readonly rawName: string; readonly value?: string | undefined }) {
  const { name, rawName, value } = token;
  if (!isKnown(name)) return `${rawName} is not an option`;
  if (OPTIONS[name].type === 'boolean') return value === undefined ? undefined : `${rawName} takes no value`;
  // What looks like the next option is one: the value was forgotten.
  if (value === undefined || value === '' || value.startsWith('--')) return `${rawName} needs a value`;
  return undefined;
}

function isKnown(name: string): name is keyof typeof OPTIONS {
  return Object.hasOwn(OPTIONS, name);
}

function isSeed(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}
