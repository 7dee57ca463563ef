/** Whether a world notices a mutant: by a violation, or because its ways differ from those of the deployed definitions. */
import type { OperationKind } from '../../domain/node/stateful-node';
import { countsOf, differenceBetween, type Counts } from '../../exploration/baseline';
import { parseDefinition, type Definition, type Definitions } from '../../exploration/definition';
import { Explorer, type Exploration } from '../../exploration/explore';
import type { Met } from '../../exploration/machine';
import type { World } from '../../exploration/world';
import { decide } from './decide';
import { mutated, type Mutant, type MutatedKind, type Originals } from './mutants';

/** A world with the deployed definitions. */
export interface Baseline {
  readonly world: World;
  readonly counts: Counts;
  /** How long it takes, in seconds. */
  readonly seconds: number;
  /** What each state met: by the text that it is in and its name, and then each once. */
  readonly met: ReadonlyMap<string, readonly Met[]>;
}

/**
 * - `violation`: a property does not hold.
 * - `error`: the definition cannot be executed, as when a path leads nowhere or the steps never end.
 * - `growth`: the world has more than twice the states.
 * - `counts`: only the counts differ.
 */
export type Notice = {
  readonly how: 'violation' | 'error' | 'growth' | 'counts';
  readonly world: string;
  readonly what: string;
};

/** @returns undefined if the world does not hold with the deployed definitions, or has more states */
export async function measure(world: World, originals: Originals, mostStates: number): Promise<Baseline | undefined> {
  const explorer = new Explorer(world, definitionsOf(originals));
  const met = new Map<string, Map<string, Met>>();
  explorer.functions.machines.watch = (_state, execution, each) => {
    const text = textOf(execution.kind);
    const key = keyOf(text, execution.state);
    const known = met.get(key) ?? new Map<string, Met>();
    // Only a Choice and a Wait read the data, of which there is a lot.
    const readsData = ['Choice', 'Wait'].includes(originals[text].States[execution.state]?.Type ?? '');
    const kept = each.kind === 'entered' && !readsData ? { ...each, data: null } : each;
    met.set(key, known.set(JSON.stringify(kept), kept));
  };
  const startedAt = performance.now();
  const found = await explorer.explore({ states: mostStates });
  const seconds = (performance.now() - startedAt) / 1000;
  if (!found.isComplete || found.violations.length > 0) return undefined;
  const all = [...met].map(([key, each]) => [key, [...each.values()]] as const);
  return { world, counts: countsOf(found), seconds, met: new Map(all) };
}

/** Whether the mutant decides anything that the world meets otherwise. */
export function canNotice({ met }: Baseline, { kind, state, changed }: Mutant, original: Definition): boolean {
  const before = original.States[state];
  if (before === undefined) throw new RangeError(`${kind} has no state ${state}`);
  return (met.get(keyOf(kind, state)) ?? []).some((each) => decide(before, each) !== decide(changed, each));
}

/** What the world notices of the mutant; undefined if it is as with the deployed definitions. */
export async function look(
  { world, counts }: Baseline,
  mutant: Mutant,
  originals: Originals,
): Promise<Notice | undefined> {
  const { kind } = mutant;
  const explorer = new Explorer(world, definitionsOf({ ...originals, [kind]: mutated(originals[kind], [mutant]) }));
  try {
    const notice = noticeIn(await explorer.explore({ states: 2 * counts.states }), counts);
    return notice === undefined ? undefined : { ...notice, world: world.name };
  } catch (error) {
    return { how: 'error', world: world.name, what: error instanceof Error ? error.message : String(error) };
  }
}

/** What a mutant's exploration shows, compared with the counts that it should have. */
export function noticeIn(found: Exploration, counts: Counts): Omit<Notice, 'world'> | undefined {
  const [violation] = found.violations;
  if (violation !== undefined) return { how: 'violation', what: violation.what };
  if (!found.isComplete) return { how: 'growth', what: `more than ${2 * counts.states} states` };
  const difference = differenceBetween(found, counts);
  return difference === undefined ? undefined : { how: 'counts', what: difference };
}

function definitionsOf(originals: Originals): Definitions {
  const of = (kind: OperationKind): Definition => parseDefinition(JSON.stringify(originals[textOf(kind)]), kind);
  return {
    launch: of('launch'),
    replace: of('replace'),
    pause: of('pause'),
    adjust: of('adjust'),
    delete: of('delete'),
  };
}

/** The text that has the definition of the operation. */
function textOf(operation: OperationKind): MutatedKind {
  return operation === 'launch' ? 'replace' : operation;
}

function keyOf(kind: MutatedKind, state: string): string {
  return `${kind}: ${state}`;
}
