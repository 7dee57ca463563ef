/** The explorer's command line. */
import { readCommandLine } from '../../local/server/command-line';
import { BY_EVENTS_ALONE, LARGE, SMALL, WORLDS } from '../../exploration/worlds';
import type { World } from '../../exploration/world';

export type Request =
  | {
      readonly kind: 'explore';
      readonly worlds: readonly World[];
      readonly mostStates: number;
      readonly isBaseline: boolean;
      readonly json: boolean;
    }
  | { readonly kind: 'replay'; readonly world: World; readonly path: readonly number[] }
  | { readonly kind: 'list' }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** About half a gigabyte. */
const MOST_STATES = 1_000_000;

export const USAGE = `Usage: npm run explore -- [options]

Explores small worlds completely: every order in which functions, EC2, events and users can follow each other within
the world's bounds, with Holdfast's own code and the state machines that would be deployed. Checks every state, and that
a good rest can be reached from each. Without options: the small worlds, whose counts must equal the recorded ones.

  --world A,B   Only these worlds.
  --large       The large worlds: minutes each.
  --list        Prints the worlds.
  --replay PATH With one --world: prints the story of a path, like 0.3.1.
  --states N    Ends a world at so many states. Default: ${MOST_STATES}
  --baseline    Records the counts of the small worlds instead of comparing them.
  --json        Prints one JSON document and nothing else.
  --help        Prints this.

Exit status: 0 if everything holds; 1 if something does not; 2 if an option is wrong.
`;

const OPTIONS = {
  world: { type: 'string' },
  large: { type: 'boolean' },
  list: { type: 'boolean' },
  replay: { type: 'string' },
  states: { type: 'string' },
  baseline: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function readOptions(argv: readonly string[]): Request {
  const { values, problems: misread } = readCommandLine(argv, OPTIONS);
  if (values.has('help')) return { kind: 'help' };
  const named = values.get('world')?.split(',') ?? [];
  const problems = [...misread, ...problemsOf(values, named)];
  if (problems.length > 0) return { kind: 'invalid', problems };
  if (values.has('list')) return { kind: 'list' };
  const path = values.get('replay');
  const worlds = named.flatMap((name) => WORLDS.filter((world) => world.name === name));
  const [world] = worlds;
  if (path !== undefined && world !== undefined) return { kind: 'replay', world, path: path.split('.').map(Number) };
  const chosen = values.has('large') ? LARGE : [...SMALL, ...BY_EVENTS_ALONE];
  return {
    kind: 'explore',
    worlds: named.length > 0 ? worlds : chosen,
    mostStates: Number(values.get('states') ?? MOST_STATES),
    isBaseline: values.has('baseline'),
    json: values.has('json'),
  };
}

function problemsOf(values: ReadonlyMap<string, string>, named: readonly string[]): readonly string[] {
  const unknown = named.filter((name) => !WORLDS.some((world) => world.name === name));
  const states = values.get('states') ?? '1';
  const path = values.get('replay');
  const isLarge = values.has('large');
  const rules: readonly (readonly [boolean, string])[] = [
    ...unknown.map((name) => [true, `there is no world ${name}: --list prints them`] as const),
    [!/^[1-9]\d*$/.test(states), `--states must be a whole number from 1, not ${states}`],
    [path !== undefined && !/^\d+(\.\d+)*$/.test(path), `--replay must be numbers like 0.3.1, not ${path}`],
    [path !== undefined && named.length !== 1, '--replay needs one --world'],
    [isLarge && named.length > 0, '--large does not go with --world'],
    [
      values.has('baseline') && (isLarge || named.length > 0),
      '--baseline records all small worlds: it does not go with --world or --large',
    ],
  ];
  return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []));
}
