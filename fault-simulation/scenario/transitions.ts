/**
 * The transitions of the state machines: which there are, which of them executions have taken, and which can never be
 * taken.
 *
 * A transition is a state's `Next`, a Choice's rule or its `Default`, a catcher, a retrier, or the end of the execution.
 * The definitions are those that are deployed, so a new state or catcher is a new transition here.
 */
import { OPERATION_KINDS, type OperationKind } from '../../domain/node/stateful-node';
import { readDefinition } from '../../infra/workflows/definitions';
import type { Execution, HistoryEntry } from '../../simulator/step-functions/step-functions';
import { CoverageCounter, type Coverage } from './phases';

export interface Transition {
  readonly machine: OperationKind;
  readonly from: string;
  /** `Next`, `rule 1`, `Default`, `catch OwnershipLost`, `retry Throttled…` or `end`. Rules count from 1. */
  readonly by: string;
  /** The next state. A retrier leads to its own state again. Undefined at the end. */
  readonly to?: string;
}

/** The fields of a state that lead out of it. */
interface StateText {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
}

/**
 * The transitions of a definition, in the order of its text.
 * @param definition Amazon States Language, in JSON
 * @throws RangeError if a Choice leads to the same state twice: a history shows only to which state it led
 */
export function transitionsOf(machine: OperationKind, definition: string): readonly Transition[] {
  const { States } = JSON.parse(definition) as { States: Readonly<Record<string, StateText>> };
  return Object.entries(States).flatMap(([from, state]) => {
    const ways = waysOutOf(state, from).map((way) => ({ machine, from, ...way }));
    const targets = ways.filter(({ by }) => !by.startsWith('catch ')).map(({ to }) => to);
    if (state.Type === 'Choice' && new Set(targets).size < targets.length) {
      throw new RangeError(`${machine}: "${from}" leads to the same state twice`);
    }
    return ways;
  });
}

function waysOutOf(state: StateText, from: string): readonly Pick<Transition, 'by' | 'to'>[] {
  const { Type, Next, End, Default, Choices = [], Catch = [], Retry = [] } = state;
  return [
    ...Choices.map((rule, index) => ({ by: `rule ${index + 1}`, to: rule.Next })),
    ...(Default === undefined ? [] : [{ by: 'Default', to: Default }]),
    ...(Next === undefined ? [] : [{ by: 'Next', to: Next }]),
    ...(End === true || Type === 'Succeed' || Type === 'Fail' ? [{ by: 'end' }] : []),
    ...Catch.map((catcher) => ({ by: `catch ${errorsOf(catcher)}`, to: catcher.Next })),
    ...Retry.map((retrier) => ({ by: `retry ${errorsOf(retrier)}`, to: from })),
  ];
}

/** The first error names the catcher or retrier. An ellipsis says that there are more. */
function errorsOf({ ErrorEquals: [first = '', ...others] }: { readonly ErrorEquals: readonly string[] }): string {
  return others.length === 0 ? first : `${first}…`;
}

/** The transition's name in coverage, unique within its machine. */
export function nameOf({ from, by, to }: Transition): string {
  if (to === undefined) return `${from}: ${by}`;
  return by.startsWith('retry ') ? `${from}: ${by}` : `${from}: ${by} -> ${to}`;
}

/** The transitions of all deployed definitions. */
export const TRANSITIONS: readonly Transition[] = OPERATION_KINDS.flatMap((kind) =>
  transitionsOf(kind, readDefinition(kind)),
);

/** The operation whose state machine the execution runs. */
export function machineOf({ stateMachineName }: Execution): OperationKind | undefined {
  return OPERATION_KINDS.find((kind) => stateMachineName.endsWith(`-${kind}-node`));
}

/** Counts the transitions that executions take, from their histories. */
export class TransitionCounter {
  private readonly counter = new CoverageCounter();
  /** By execution, the state that it has left other than by a catcher, until it enters the next one. */
  private readonly left = new Map<string, string>();
  /** The executions whose present state has failed and was caught. */
  private readonly caught = new Set<string>();

  constructor(private readonly transitions: readonly Transition[] = TRANSITIONS) {}

  /**
   * Must be called for every entry, in the order of the history. An execution that is aborted counts as far as it went.
   */
  add(execution: Execution, entry: HistoryEntry): void {
    const { arn } = execution;
    const of = machineOf(execution);
    const ways = this.transitions.filter(({ machine }) => machine === of);
    const { state, type } = entry;
    switch (type) {
      case 'entered':
        this.count(ways.find(({ from, by, to }) => from === this.left.get(arn) && !isError(by) && to === state));
        this.left.delete(arn);
        this.caught.delete(arn);
        return;
      case 'retried':
        return this.count(nth(ways, state, 'retry ', entry.retrier));
      case 'caught':
        this.caught.add(arn);
        return this.count(nth(ways, state, 'catch ', entry.catcher));
      case 'exited':
        if (!this.caught.has(arn)) this.left.set(arn, state);
        return this.count(endOf(ways, state));
      case 'failed':
        return this.count(endOf(ways, state));
    }
  }

  /** By machine, then by the transition's name. */
  counts(): Coverage {
    return this.counter.coverage();
  }

  private count(transition: Transition | undefined): void {
    if (transition !== undefined) this.counter.count(transition.machine, nameOf(transition));
  }
}

function isError(by: string): boolean {
  return by.startsWith('catch ') || by.startsWith('retry ');
}

function nth(ways: readonly Transition[], state: string, by: 'catch ' | 'retry ', index = -1): Transition | undefined {
  return ways.filter((way) => way.from === state && way.by.startsWith(by))[index];
}

/** A task has an end too, if its state is the last one, but then it is no failure. */
function endOf(ways: readonly Transition[], state: string): Transition | undefined {
  return ways.find(({ from, by }) => from === state && by === 'end');
}
