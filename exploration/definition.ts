/**
 * The deployed definitions, evaluated as Step Functions does. Only what they use is implemented, and anything else is
 * refused when a definition is read, so that none is explored as something that it is not.
 */
import type { OperationKind } from '../domain/node/stateful-node';
import type { Json } from './state';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath?: string | null;
  readonly Next: string;
}

export interface TaskState {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Parameters: { readonly Payload: Json };
  readonly ResultSelector?: Json;
  readonly ResultPath?: string | null;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  /** Absent if the task ends the execution. */
  readonly Next?: string;
  readonly End?: true;
}

export interface ChoiceState {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default: string;
}

export interface Comparison {
  readonly Variable: string;
  readonly BooleanEquals?: boolean;
  readonly StringEquals?: string;
  readonly NumericGreaterThan?: number;
}

export type ChoiceRule = (Comparison | { readonly And: readonly Comparison[] }) & { readonly Next: string };

export interface WaitState {
  readonly Type: 'Wait';
  readonly SecondsPath: string;
  readonly Next: string;
}

export type DefinitionState =
  | TaskState
  | ChoiceState
  | WaitState
  | { readonly Type: 'Succeed' }
  | { readonly Type: 'Fail'; readonly ErrorPath: string; readonly CausePath: string };

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, DefinitionState>>;
}

export type Definitions = Readonly<Record<OperationKind, Definition>>;

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [
    ...['Type', 'Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'TimeoutSeconds', 'TimeoutSecondsPath'],
    ...['Retry', 'Catch', 'Next', 'End', 'Comment'],
  ],
  Choice: ['Type', 'Choices', 'Default', 'Comment'],
  Wait: ['Type', 'SecondsPath', 'Next', 'Comment'],
  Succeed: ['Type', 'Comment'],
  Fail: ['Type', 'ErrorPath', 'CausePath', 'Comment'],
};

/** @throws RangeError if the definition uses what is not implemented here */
export function parseDefinition(text: string, kind: OperationKind): Definition {
  const definition = JSON.parse(text.replaceAll('${Operation}', kind)) as Definition;
  for (const [name, state] of Object.entries(definition.States)) {
    const known = FIELDS[state.Type] ?? [];
    const unknown = Object.keys(state).filter((field) => !known.includes(field));
    if (unknown.length > 0) throw new RangeError(`${kind}: ${name}: ${unknown.join(', ')} cannot be explored`);
  }
  return definition;
}

/** What a path may read. */
export interface Scope {
  readonly data: Json;
  /** The context object, `$$`. */
  readonly context: Json;
}

/** The value at a path like `$.drain.seconds` or `$$.Task.Token`. @throws RangeError if there is none */
export function valueAt(path: string, { data, context }: Scope): Json {
  const [root, ...names] = path.split('.');
  const found = names.reduce<Json | undefined>(memberOf, root === '$$' ? context : data);
  if (found === undefined) throw new RangeError(`States.ParameterPathFailure: ${path}`);
  return found;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A payload template with its paths replaced by their values. */
export function filled(template: Json, scope: Scope): Json {
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]): [string, Json] =>
      key.endsWith('.$') && typeof value === 'string'
        ? [key.slice(0, -2), valueAt(value, scope)]
        : [key, filled(value, scope)],
    ),
  );
}

/** The state's input with its result at the result path: null drops it, and `$` replaces everything. */
export function withResult(data: Json, path: string | null | undefined, result: Json): Json {
  if (path === null) return data;
  if (path === undefined || path === '$') return result;
  return withMember(data, path.split('.').slice(1), result);
}

function withMember(data: Json, [name, ...inner]: readonly string[], result: Json): Json {
  if (name === undefined) return result;
  const members = isObject(data) ? data : {};
  return { ...members, [name]: withMember(members[name] ?? {}, inner, result) };
}

/** The state that the Choice leads to. A value of another type does not match. */
export function chosen({ Choices, Default }: ChoiceState, scope: Scope): string {
  return Choices.find((rule) => comparisonsOf(rule).every((each) => matches(each, scope)))?.Next ?? Default;
}

/** What must all be true for the rule to apply. */
export function comparisonsOf(rule: ChoiceRule): readonly Comparison[] {
  return 'And' in rule ? rule.And : [rule];
}

function matches({ Variable, BooleanEquals, StringEquals, NumericGreaterThan }: Comparison, scope: Scope): boolean {
  const value = valueAt(Variable, scope);
  if (NumericGreaterThan !== undefined) return typeof value === 'number' && value > NumericGreaterThan;
  return value === (BooleanEquals ?? StringEquals);
}

/** Whether an entry of Retry or Catch applies to the error. `States.ALL` applies to every error. */
export function appliesTo({ ErrorEquals }: Retrier | Catcher, error: string): boolean {
  return ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL');
}

/** What follows an error of a task. `end`: nothing catches it, so the execution fails. */
export type AfterError = 'retry' | 'end' | Catcher;

/**
 * @param minutes how long the retrier that applies has retried
 * @param isExhausted as if the retries were used up
 */
export function afterError(task: TaskState, error: string, minutes: number, isExhausted: boolean): AfterError {
  const { Retry = [], Catch = [], TimeoutSeconds = 0 } = task;
  const retrier = Retry.find((each) => appliesTo(each, error));
  if (!isExhausted && retrier !== undefined && minutes < minutesOf(retrier, error, TimeoutSeconds)) return 'retry';
  return Catch.find((each) => appliesTo(each, error)) ?? 'end';
}

/** Waits end on a whole minute. */
export function minutesOfWait(seconds: Json): number {
  return Math.max(1, Math.ceil(Number(seconds) / 60));
}

/** How long a step takes that polls until it gives up, in seconds. */
const POLLING_SECONDS = 5;

/**
 * How many whole minutes pass until the retrier gives up, at least one: its pauses, and the time that the attempts take.
 * Jitter draws each pause from zero to its limit, so the pauses take half as long on average.
 */
export function minutesOf(retrier: Retrier, error: string, timeoutSeconds: number): number {
  const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds = Infinity, JitterStrategy } = retrier;
  const attemptSeconds = { 'States.Timeout': timeoutSeconds, InterfaceNotFree: POLLING_SECONDS }[error] ?? 0;
  let seconds = 0;
  for (let attempt = 0; attempt < MaxAttempts; attempt += 1) {
    const pause = Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
    seconds += attemptSeconds + (JitterStrategy === 'FULL' ? pause / 2 : pause);
  }
  return MaxAttempts === 0 ? 0 : Math.max(1, Math.floor(seconds / 60));
}
