/**
 * The mutants of the state machine definitions: each is one small change of one state.
 *
 * A transition is led to each plausible other state: one that a slip of the pen could name. Those are the successors of
 * its present target, the other states that the same state leads to, the state itself, the states that call the same
 * step as the target, "Record the failure" and "Wind up".
 */
import { createHash } from 'node:crypto';
import {
  comparisonsOf,
  type Catcher,
  type ChoiceRule,
  type ChoiceState,
  type Comparison,
  type Definition,
  type DefinitionState,
  type TaskState,
  type WaitState,
} from '../../exploration/definition';

/** The texts that are mutated. A launch is a replacement without an old instance, so they share one. */
export const MUTATED_KINDS = ['replace', 'pause', 'adjust', 'delete'] as const;
export type MutatedKind = (typeof MUTATED_KINDS)[number];

export type Originals = Readonly<Record<MutatedKind, Definition>>;

export interface Mutant {
  /** Stays the same as long as the mutant does. */
  readonly id: string;
  readonly kind: MutatedKind;
  /** The name of the changed state. */
  readonly state: string;
  /** For people, in one line. */
  readonly text: string;
  /** The changed state. */
  readonly changed: DefinitionState;
}

/** A change of a state, before it is known to be one. */
interface Change {
  readonly what: string;
  readonly changed: DefinitionState;
}

/** The definition with the mutants, which must be of different states. */
export function mutated(original: Definition, mutants: readonly Pick<Mutant, 'state' | 'changed'>[]): Definition {
  const changes = mutants.map(({ state, changed }) => [state, changed] as const);
  return { ...original, States: { ...original.States, ...Object.fromEntries(changes) } };
}

/** Every mutant of the definition, each once. Some may be no valid definition. */
export function mutantsOf(kind: MutatedKind, original: Definition): readonly Mutant[] {
  return Object.entries(original.States).flatMap(([name, state]) => {
    const seen = new Set([JSON.stringify(state)]);
    return changesOf(original, name, state).flatMap(({ what, changed }): Mutant[] => {
      const form = JSON.stringify(changed);
      if (seen.has(form)) return [];
      seen.add(form);
      const text = `${kind}: ${name}: ${what}`;
      return [{ id: idOf(text), kind, state: name, text, changed }];
    });
  });
}

function idOf(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 8);
}

function changesOf(definition: Definition, name: string, state: DefinitionState): readonly Change[] {
  const context: Context = {
    others: (target) => plausibleTargets(definition, name, target),
    resultPaths: (path, target) => otherResultPaths(path, state, definition.States[target]),
  };
  switch (state.Type) {
    case 'Task':
      return taskChanges(state, context);
    case 'Choice':
      return choiceChanges(state, context);
    case 'Wait':
      return waitChanges(state, context);
    default:
      return [];
  }
}

/** Where a transition of the state to the target could lead instead. */
export function plausibleTargets(definition: Definition, name: string, target: string): readonly string[] {
  const states = Object.entries(definition.States);
  const step = stepOf(definition.States[target]);
  const sameStep = states.filter(([, each]) => step !== undefined && stepOf(each) === step).map(([each]) => each);
  const plausible = new Set([
    ...targetsOf(definition.States[target]),
    ...targetsOf(definition.States[name]),
    name,
    ...sameStep,
    'Record the failure',
    'Wind up',
  ]);
  return [...plausible].filter((each) => each !== target && each in definition.States);
}

/** The states that the state can lead to. */
export function targetsOf(state: DefinitionState | undefined): readonly string[] {
  switch (state?.Type) {
    case 'Task':
      return [...nextOf(state), ...(state.Catch ?? []).map(({ Next }) => Next)];
    case 'Choice':
      return [...state.Choices.map(({ Next }) => Next), state.Default];
    case 'Wait':
      return [state.Next];
    default:
      return [];
  }
}

function stepOf(state: DefinitionState | undefined): string | undefined {
  const payload = state?.Type === 'Task' ? state.Parameters.Payload : undefined;
  const isStep = typeof payload === 'object' && payload !== null && 'step' in payload;
  return isStep && typeof payload.step === 'string' ? payload.step : undefined;
}

/** What the changes of a state depend on besides the state. */
interface Context {
  /** Where a transition to the target could lead instead. */
  readonly others: (target: string) => readonly string[];
  /** Where the result that the target gets could be put instead. */
  readonly resultPaths: (path: string | null | undefined, target: string) => readonly (string | null)[];
}

function taskChanges(state: TaskState, context: Context): readonly Change[] {
  return [
    ...nextChanges(state, context),
    ...retryChanges(state),
    ...catchChanges(state, context),
    ...resultPathChanges(state, context),
    ...timeoutChanges(state),
  ];
}

/** None if the state ends the execution. */
function nextOf({ Next }: { readonly Next?: string }): readonly string[] {
  return Next === undefined ? [] : [Next];
}

function nextChanges(state: TaskState | WaitState, { others }: Context): readonly Change[] {
  return nextOf(state)
    .flatMap(others)
    .map((Next) => ({ what: `-> '${Next}'`, changed: { ...state, Next } }));
}

function retryChanges(state: TaskState): readonly Change[] {
  const { Retry = [] } = state;
  return Retry.flatMap((retrier, index) => [
    {
      what: `retrier ${namesOf(retrier)} dropped`,
      changed: { ...state, Retry: without(Retry, index) },
    },
    ...fewerNames(retrier).map(({ name, fewer }) => ({
      what: `retrier ${namesOf(retrier)} without ${name}`,
      changed: { ...state, Retry: Retry.with(index, fewer) },
    })),
  ]);
}

function catchChanges(state: TaskState, { others, resultPaths }: Context): readonly Change[] {
  const { Catch = [] } = state;
  const withCatch = (what: string, changed: readonly Catcher[]): Change => ({
    what,
    changed: { ...state, Catch: changed },
  });
  return Catch.flatMap((catcher, index) => {
    const named = `catcher ${namesOf(catcher)}`;
    return [
      ...others(catcher.Next).map((Next) =>
        withCatch(`${named} -> '${Next}'`, Catch.with(index, { ...catcher, Next })),
      ),
      withCatch(`${named} dropped`, without(Catch, index)),
      ...fewerNames(catcher).map(({ name, fewer }) => withCatch(`${named} without ${name}`, Catch.with(index, fewer))),
      withCatch(`catchers after ${namesOf(catcher)} dropped`, Catch.slice(0, index + 1)),
      ...resultPaths(catcher.ResultPath, catcher.Next).map((ResultPath) =>
        withCatch(`${named} with ResultPath ${String(ResultPath)}`, Catch.with(index, { ...catcher, ResultPath })),
      ),
    ];
  });
}

function resultPathChanges(state: TaskState, { resultPaths }: Context): readonly Change[] {
  // The result of a task that ends the execution is read by no state.
  return nextOf(state)
    .flatMap((next) => resultPaths(state.ResultPath, next))
    .map((ResultPath) => ({
      what: `ResultPath ${String(ResultPath)}`,
      changed: { ...state, ResultPath },
    }));
}

/**
 * Where a result could be put instead. `$` replaces everything, so it matters unless the execution ends. Without the
 * result, or with it at another place, only a target that reads it is affected.
 */
function otherResultPaths(
  path: string | null | undefined,
  source: DefinitionState,
  target: DefinitionState | undefined,
): readonly (string | null)[] {
  const isRead = typeof path === 'string' && reads(target, path);
  const all = [
    ...(target?.Type === 'Succeed' ? [] : ['$']),
    ...(isRead ? [null] : []),
    ...(isRead && path === '$.error' ? ['$.lost'] : []),
    // The first error is still to be read.
    ...(path === '$.lost' && reads(source, '$.error') ? ['$.error'] : []),
  ];
  return all.filter((each) => each !== (path === undefined ? '$' : path));
}

function reads(state: DefinitionState | undefined, path: string): boolean {
  // These only say where something is put.
  const paths = JSON.stringify(state ?? {}, (key, value: unknown) =>
    key === 'ResultPath' || key === 'Catch' ? undefined : value,
  );
  return paths.includes(`"${path}`);
}

/** Without a time-out a task is no valid definition here, so it gets a longer one and a shorter one. */
function timeoutChanges(state: TaskState): readonly Change[] {
  const { TimeoutSeconds } = state;
  if (TimeoutSeconds === undefined) return [];
  return [1, TimeoutSeconds * 10].map((seconds) => ({
    what: `TimeoutSeconds ${seconds}`,
    changed: { ...state, TimeoutSeconds: seconds },
  }));
}

function choiceChanges(state: ChoiceState, { others }: Context): readonly Change[] {
  const { Choices, Default } = state;
  const values = Choices.flatMap(comparisonsOf).flatMap(({ StringEquals }) => StringEquals ?? []);
  return [
    ...others(Default).map((to) => ({ what: `default -> '${to}'`, changed: { ...state, Default: to } })),
    ...Choices.flatMap((rule, index) => [
      ...others(rule.Next).map((Next) => ({
        what: `choice ${conditionOf(rule)} -> '${Next}'`,
        changed: { ...state, Choices: Choices.with(index, { ...rule, Next }) },
      })),
      { what: `choice ${conditionOf(rule)} dropped`, changed: { ...state, Choices: without(Choices, index) } },
      ...otherConditions(rule, values).map((other) => ({
        what: `choice ${conditionOf(rule)} becomes ${conditionOf(other)}`,
        changed: { ...state, Choices: Choices.with(index, other) },
      })),
    ]),
  ];
}

function conditionOf(rule: ChoiceRule): string {
  return comparisonsOf(rule).map(comparisonText).join(' and ');
}

function comparisonText({ Variable, BooleanEquals, StringEquals, NumericGreaterThan }: Comparison): string {
  return NumericGreaterThan === undefined
    ? `${Variable} = ${String(BooleanEquals ?? StringEquals)}`
    : `${Variable} > ${NumericGreaterThan}`;
}

function otherConditions(rule: ChoiceRule, values: readonly string[]): readonly ChoiceRule[] {
  if (!('And' in rule)) return otherComparisons(rule, values);
  return rule.And.flatMap((part, index) =>
    otherComparisons(part, values).map((other) => ({ ...rule, And: rule.And.with(index, other) })),
  );
}

function otherComparisons<C extends Comparison>(rule: C, values: readonly string[]): readonly C[] {
  const { BooleanEquals, StringEquals, NumericGreaterThan } = rule;
  if (BooleanEquals !== undefined) return [{ ...rule, BooleanEquals: !BooleanEquals }];
  if (NumericGreaterThan !== undefined) {
    return [NumericGreaterThan - 1, NumericGreaterThan + 60].map((each) => ({ ...rule, NumericGreaterThan: each }));
  }
  return [...values, 'another']
    .filter((each) => each !== StringEquals)
    .map((each) => ({ ...rule, StringEquals: each }));
}

function waitChanges(state: WaitState, context: Context): readonly Change[] {
  return [
    ...nextChanges(state, context),
    // The drain is over by then, so there is no wait.
    { what: 'SecondsPath $.drain.seconds', changed: { ...state, SecondsPath: '$.drain.seconds' } },
  ];
}

interface Named {
  readonly ErrorEquals: readonly string[];
}

/** The first name, and how many others there are. */
function namesOf({ ErrorEquals }: Named): string {
  const [first = '', ...others] = ErrorEquals;
  return others.length === 0 ? first : `${first}+${others.length}`;
}

function fewerNames<T extends Named>(entry: T): readonly { readonly name: string; readonly fewer: T }[] {
  // Without its only name it would be no entry at all.
  if (entry.ErrorEquals.length < 2) return [];
  return entry.ErrorEquals.map((name, index) => ({
    name,
    fewer: { ...entry, ErrorEquals: without(entry.ErrorEquals, index) },
  }));
}

function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_each, place) => place !== index);
}
