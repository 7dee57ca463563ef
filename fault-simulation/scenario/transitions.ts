/**
 * The transitions of the state machines: which there are, and how often executions have taken each.
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
  /** `Next`, `rule 1`, `Default`, `catch OwnershipLost`, `retry Throttled…`, `end` or `fail`. Rules count from 1. */
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
    ...(End === true || Type === 'Succeed' ? [{ by: 'end' }] : []),
    ...(Type === 'Fail' ? [{ by: 'fail' }] : []),
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
  /** By machine and state. */
  private readonly byState = new Map<string, Transition[]>();

  constructor(transitions: readonly Transition[] = TRANSITIONS) {
    for (const each of transitions) {
      const key = `${each.machine}/${each.from}`;
      this.byState.set(key, [...(this.byState.get(key) ?? []), each]);
    }
  }

  /**
   * Must be called for every entry, in the order of the history. An execution that is aborted counts as far as it went.
   */
  add(execution: Execution, entry: HistoryEntry): void {
    const { arn } = execution;
    const { state, type } = entry;
    const waysOf = (from: string | undefined) => this.byState.get(`${machineOf(execution)}/${from}`) ?? [];
    const ways = waysOf(state);
    switch (type) {
      case 'entered':
        this.count(waysOf(this.left.get(arn)).find(({ by, to }) => !isError(by) && to === state));
        this.left.delete(arn);
        this.caught.delete(arn);
        break;
      case 'retried':
        this.count(nth(ways, 'retry ', entry.retrier));
        break;
      case 'caught':
        this.caught.add(arn);
        this.count(nth(ways, 'catch ', entry.catcher));
        break;
      case 'exited':
        // A state that has left by a catcher exits as well.
        if (this.caught.has(arn)) break;
        this.left.set(arn, state);
        this.count(ways.find(({ by }) => by === 'end'));
        break;
      case 'failed':
        this.count(ways.find(({ by }) => by === 'fail'));
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

function nth(ways: readonly Transition[], by: 'catch ' | 'retry ', index = -1): Transition | undefined {
  return ways.filter((way) => way.by.startsWith(by))[index];
}
