/**
 * The way that an operation has taken through its state machine.
 *
 * Only tasks leave a record. Between two of them the way is known from the definition: it leads over choices and waits, and
 * over no other task.
 */
import type { OperationStep } from '../../../../api/node-types';
import { keyOf, type Definition, type StateDefinition } from './definition';

export interface Way {
  readonly states: ReadonlySet<string>;
  /** Keys of transitions: `keyOf`. */
  readonly transitions: ReadonlySet<string>;
  /** The state that it is in. Undefined: it has ended, or is between two tasks. */
  readonly current: string | undefined;
  /** The state whose error ended it. */
  readonly failed: string | undefined;
}

export interface Walk {
  readonly steps: readonly Pick<OperationStep, 'state' | 'outcome' | 'errorName'>[];
  /** Null: under way. */
  readonly outcome: 'succeeded' | 'failed' | 'cancelled' | null;
}

type Visit = Walk['steps'][number] & { readonly state: string };

export function wayOf(definition: Definition, { steps, outcome }: Walk): Way {
  const visits = steps.filter((step): step is Visit => step.state !== null && step.state in definition.States);
  const states = new Set(visits.map(({ state }) => state));
  const transitions = new Set<string>();
  const take = (path: readonly string[]): void => {
    path.forEach((state, index) => {
      states.add(state);
      const from = path[index - 1];
      if (from !== undefined) transitions.add(keyOf({ from, to: state }));
    });
  };
  visits.forEach((visit, index) => {
    const next = visits[index + 1];
    if (next !== undefined) take(pathBetween(definition, visit, next.state));
  });
  const last = visits.at(-1);
  if (last === undefined) return { states, transitions, current: undefined, failed: undefined };
  const rest = pathOnward(definition, last, outcome !== null);
  take(rest);
  const failed = outcome === 'failed' ? visits.findLast((visit) => visit.outcome === 'failed')?.state : undefined;
  return { states, transitions, current: outcome === null ? currentOf(definition, last, rest) : undefined, failed };
}

/** Where it is, if that is certain. */
function currentOf({ States }: Definition, last: Visit, rest: readonly string[]): string | undefined {
  if (last.outcome === null || last.outcome === 'retried') return last.state;
  const reached = rest.at(-1);
  return reached !== undefined && States[reached]?.Type === 'Task' ? reached : undefined;
}

/**
 * From the last task that is known. What follows a choice is unknown, so the way ends there: a choice has no `Next`. An operation that has ended has
 * also done the tasks that follow without a choice.
 */
function pathOnward({ States }: Definition, last: Visit, hasEnded: boolean): readonly string[] {
  if (last.outcome !== 'done' && last.outcome !== 'failed') return [];
  const path = [last.state];
  for (let next = exitOf(States[last.state], last); next !== undefined && !path.includes(next);) {
    path.push(next);
    const state = States[next];
    if (state?.Type === 'Task' && !hasEnded) break;
    next = state?.Next;
  }
  return path;
}

/** The shortest way from a task to the next one. Empty if there is none: another execution has begun anew. */
function pathBetween(definition: Definition, from: Visit, to: string): readonly string[] {
  const { States } = definition;
  if (from.outcome === 'retried' && from.state === to) return [];
  const first = exitOf(States[from.state], from);
  const others = (States[from.state]?.Catch ?? []).map(({ Next }) => Next);
  // The record may lack the error of a wait that timed out, so the catches come after the regular exit.
  for (const exit of [first, ...others]) {
    const path = exit === undefined ? undefined : pathOverChoices(definition, exit, to);
    if (path !== undefined) return [from.state, ...path];
  }
  return [];
}

function pathOverChoices({ States }: Definition, start: string, to: string): readonly string[] | undefined {
  const seen = new Set([start]);
  let paths: readonly (readonly string[])[] = [[start]];
  while (paths.length > 0) {
    const found = paths.find((path) => path.at(-1) === to);
    if (found !== undefined) return found;
    paths = paths.flatMap((path) =>
      silentExits(States[path.at(-1) ?? to])
        .filter((next) => !seen.has(next) && seen.add(next))
        .map((next) => [...path, next]),
    );
  }
  return undefined;
}

/** Where a state leads that leaves no record. */
function silentExits(state: StateDefinition | undefined): readonly string[] {
  if (state === undefined || state.Type === 'Task') return [];
  return [...(state.Choices ?? []).map(({ Next }) => Next), state.Default, state.Next].filter(
    (next) => next !== undefined,
  );
}

/** Where a visit leads according to how it came out. */
function exitOf(state: StateDefinition | undefined, { outcome, errorName }: Visit): string | undefined {
  if (outcome !== 'failed') return state?.Next;
  const catchers = state?.Catch ?? [];
  const matching = catchers.find(({ ErrorEquals }) =>
    ErrorEquals.some((name) => name === 'States.ALL' || name === errorName),
  );
  return matching?.Next;
}
