/** The state of a control plane as entries of a journal. */
import { emptyWorld, type World } from '../../simulator/ec2/world';
import type { ExecutionRecord } from '../../simulator/step-functions/step-functions';
import type { CollectionName } from './tracked-world';

export interface State {
  /** The seed of all randomness. */
  readonly seed: number;
  /** How many processes have continued the folder. Each draws differently, or ids would repeat. */
  readonly openings: number;
  /** Milliseconds since the epoch, on the clock of the process that wrote the state. */
  readonly now: number;
  readonly world: World;
  /** In the order in which they began. */
  readonly executions: readonly ExecutionRecord[];
  /** The stored form of the tables. */
  readonly tables: readonly (readonly [key: string, value: unknown])[];
}

export type ProcessName = 'seed' | 'openings' | 'now';

/** The keys of the entries. The part before the first slash says what an entry is. */
export const entryKey = {
  process: (name: ProcessName): string => `process/${name}`,
  /** A value of the world that is in no collection. */
  world: (name: string): string => `world/${name}`,
  entity: (collection: CollectionName, key: string | number): string => `entity/${collection}/${JSON.stringify(key)}`,
  /** A name may be used again after 90 days. */
  execution: ({ arn, startedAt }: Pick<ExecutionRecord, 'arn' | 'startedAt'>): string =>
    `execution/${startedAt}/${arn}`,
  table: (key: string): string => `table/${key}`,
};

/** @param entries in the order in which they were first set, as a journal returns them */
export function stateFrom(entries: Iterable<readonly [key: string, json: string]>): State {
  const process: Partial<Record<string, number>> = {};
  const world = emptyWorld('', '') as unknown as Record<string, unknown>;
  const executions: ExecutionRecord[] = [];
  const tables: [key: string, value: unknown][] = [];
  for (const [key, json] of entries) {
    const [kind, rest] = parted(key);
    const value: unknown = JSON.parse(json);
    if (kind === 'process') process[rest] = value as number;
    if (kind === 'world') world[rest] = value;
    if (kind === 'entity') {
      const [collection, name] = parted(rest);
      (world[collection] as Map<unknown, unknown>).set(JSON.parse(name), value);
    }
    if (kind === 'execution') executions.push(value as ExecutionRecord);
    if (kind === 'table') tables.push([rest, value]);
  }
  const { seed = 0, openings = 0, now = 0 } = process;
  return { seed, openings, now, world: world as unknown as World, executions, tables };
}

function parted(text: string): [before: string, after: string] {
  const slash = text.indexOf('/');
  return [text.slice(0, slash), text.slice(slash + 1)];
}
