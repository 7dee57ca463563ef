/**
 * Step Functions: executions go through the states of their definition. States that only decide take no time. A task
 * starts a function, and ends when the function returns or its token comes back. A task that fails is tried again as
 * its retriers say; how often is measured in minutes, because every retry lies within some minute.
 */
import type { Ports } from '../lambdas/ports';
import type { OperationKind } from '../domain/node/stateful-node';
import type { Immediate } from './abstract-ec2';
import {
  afterError,
  appliesTo,
  chosen,
  filled,
  minutesOfWait,
  valueAt,
  withResult,
  type Definition,
  type Definitions,
  type DefinitionState,
  type Scope,
  type TaskState,
} from './definition';
import { minutesBetween, newId, nowIn, timeOf, type Execution, type Json, type State, type Work } from './state';

/** Calls a function. It returns the id of its process. */
export type Invoke = (state: State, work: Work) => string;

/** What happened to an execution in a state of its definition, so that the definition decides what comes next. */
export type Met =
  | { readonly kind: 'entered'; readonly data: Json }
  | { readonly kind: 'succeeded' }
  | {
      readonly kind: 'failed';
      readonly error: string;
      /** How long it has been retried for that. */
      readonly minutes: number;
      readonly isExhausted: boolean;
    };

export class Machines {
  /** The transitions that were taken, as `kind: from -> to`. */
  readonly taken = new Set<string>();
  /** Called before each decision of a definition. */
  watch: (state: State, execution: Execution, met: Met) => void = () => undefined;

  constructor(
    private readonly definitions: Definitions,
    private readonly invoke: Invoke,
  ) {}

  operationsIn(state: State): Immediate<Ports['operations']> {
    return {
      running: () => new Set(state.executions.map(({ id }) => id)),
      hasEnded: (executionId) => !state.executions.some(({ id }) => id === executionId),
      start: (kind, request, name) => this.start(state, kind, JSON.parse(JSON.stringify(request)) as Json, name),
    };
  }

  start(state: State, kind: OperationKind, input: Json, name: string): void {
    const id = `${kind}:${name}`;
    if (state.usedNames.includes(id)) return;
    state.usedNames.push(id);
    const { StartAt } = this.definitions[kind];
    this.enter(state, { id, kind, input, data: input, state: '', phase: 'wait', retryingSince: {} }, StartAt);
  }

  waitingTasksIn(state: State): Immediate<Ports['waitingTasks']> {
    const waiting = (token: string) => state.executions.find((each) => each.token === token);
    return {
      succeed: (token, output) => {
        const execution = waiting(token);
        if (execution !== undefined) this.succeed(state, execution, output as Json);
      },
      fail: (token, { name, message }) => {
        const execution = waiting(token);
        if (execution !== undefined) this.fail(state, execution, name, message);
      },
    };
  }

  /** The function of a task has returned. Only a result that the execution still waits for counts. */
  returned(state: State, pid: string, output: unknown): void {
    const execution = state.executions.find((each) => each.pid === pid);
    if (execution === undefined) return;
    if (execution.token !== undefined) put(state, { ...execution, phase: 'token', pid: undefined });
    else this.succeed(state, execution, { Payload: JSON.parse(JSON.stringify(output)) as Json });
  }

  /** The function of a task has failed. */
  threw(state: State, pid: string, error: Error): void {
    const execution = state.executions.find((each) => each.pid === pid);
    if (execution === undefined) return;
    const cause = JSON.stringify({ errorType: error.name, errorMessage: error.message });
    this.fail(state, execution, error.name, cause);
  }

  /** The next try of a task that has failed. */
  retry(state: State, execution: Execution): void {
    this.run(state, execution, this.taskOf(execution));
  }

  /** A wait is over: its time-out is an error for a task. */
  elapse(state: State, execution: Execution): void {
    const definition = this.stateOf(execution);
    if (definition.Type === 'Wait') this.enter(state, execution, definition.Next);
    else this.fail(state, execution, 'States.Timeout', '');
  }

  /** Fails the task. @param isExhausted as if the retries were used up */
  fail(state: State, execution: Execution, error: string, cause: string, isExhausted = false): void {
    const task = this.taskOf(execution);
    const index = (task.Retry ?? []).findIndex((retrier) => appliesTo(retrier, error));
    const now = nowIn(state);
    const since = execution.retryingSince[index] ?? now;
    const minutes = minutesBetween(since, now);
    this.watch(state, execution, { kind: 'failed', error, minutes, isExhausted });
    const next = afterError(task, error, minutes, isExhausted);
    if (next === 'retry') {
      const retryingSince = { ...execution.retryingSince, [index]: since };
      this.take(execution, execution.state, 'retry');
      put(state, { ...withoutTask(execution), phase: 'retry', retryingSince, isIdle: !isPassing(error) });
    } else if (next === 'end') {
      this.end(state, execution, true);
    } else {
      const data = withResult(execution.data, next.ResultPath, { Error: error, Cause: cause });
      this.enter(state, { ...execution, data }, next.Next);
    }
  }

  /** A person stops the execution. */
  abort(state: State, execution: Execution): void {
    this.end(state, execution, true);
  }

  /** The definition's state that the execution is in. */
  stateOf({ kind, state }: Execution): DefinitionState {
    return stateIn(this.definitions[kind], state);
  }

  private taskOf(execution: Execution): TaskState {
    const definition = this.stateOf(execution);
    if (definition.Type !== 'Task') throw new RangeError(`${execution.state} is no task`);
    return definition;
  }

  private succeed(state: State, execution: Execution, result: Json): void {
    const { ResultSelector, ResultPath, Next } = this.taskOf(execution);
    this.watch(state, execution, { kind: 'succeeded' });
    const selected =
      ResultSelector === undefined ? result : filled(ResultSelector, scopeOf({ ...execution, data: result }));
    if (Next === undefined) {
      this.end(state, execution, false);
      return;
    }
    this.enter(state, { ...execution, data: withResult(execution.data, ResultPath, selected) }, Next);
  }

  private enter(state: State, before: Execution, name: string): void {
    if (before.state !== '') this.take(before, name);
    const execution: Execution = { ...withoutTask(before), state: name, retryingSince: {} };
    const definition = this.stateOf(execution);
    this.watch(state, execution, { kind: 'entered', data: execution.data });
    const scope = scopeOf(execution);
    switch (definition.Type) {
      case 'Task':
        this.run(state, execution, definition);
        break;
      case 'Choice':
        this.enter(state, execution, chosen(definition, scope));
        break;
      case 'Wait': {
        const dueAt = dueAfter(state, valueAt(definition.SecondsPath, scope));
        put(state, { ...execution, phase: 'wait', dueAt });
        break;
      }
      case 'Succeed':
      case 'Fail':
        this.end(state, execution, definition.Type === 'Fail');
        break;
    }
  }

  private run(state: State, execution: Execution, task: TaskState): void {
    const { Resource, Parameters, TimeoutSeconds, TimeoutSecondsPath } = task;
    const token = Resource.endsWith('.waitForTaskToken') ? newId(state, 'token') : undefined;
    const scope = scopeOf({ ...execution, token });
    const seconds = TimeoutSecondsPath === undefined ? (TimeoutSeconds ?? 0) : valueAt(TimeoutSecondsPath, scope);
    const dueAt = token === undefined ? undefined : dueAfter(state, seconds);
    const event = filled(Parameters.Payload, scope);
    const pid = this.invoke(state, { kind: 'step', event, executionId: execution.id });
    put(state, { ...withoutTask(execution), phase: 'task', token, dueAt, pid });
  }

  private end(state: State, { id }: Execution, isBad: boolean): void {
    state.executions = state.executions.filter((each) => each.id !== id);
    if (isBad) state.events.push({ kind: 'look', id: newId(state, 'event') });
  }

  private take({ kind, state }: Execution, to: string, how = '->'): void {
    this.taken.add(`${kind}: ${state} ${how} ${to}`);
  }
}

/** Errors that say nothing about the world: the next try may succeed although nothing has changed. */
function isPassing(error: string): boolean {
  return (
    ['Throttled', 'ServiceUnavailable', 'RecordContended'].includes(error) || /^(Lambda|Runtime|Sandbox)\./.test(error)
  );
}

function stateIn({ States }: Definition, name: string): DefinitionState {
  const found = States[name];
  if (found === undefined) throw new RangeError(`there is no state ${name}`);
  return found;
}

function withoutTask(execution: Execution): Execution {
  return { ...execution, pid: undefined, token: undefined, dueAt: undefined, isIdle: undefined };
}

function put(state: State, execution: Execution): void {
  const others = state.executions.filter(({ id }) => id !== execution.id);
  state.executions = [...others, execution];
}

function dueAfter({ minute }: State, seconds: Json): string {
  return timeOf(minute + minutesOfWait(seconds));
}

const SOME_TIME = new Date(0).toISOString();

function scopeOf({ id, input, data, token, retryingSince, state }: Execution): Scope {
  // The steps only ask whether it is the first try.
  const RetryCount = Object.keys(retryingSince).length === 0 ? 0 : 1;
  return {
    data,
    context: {
      Execution: { Id: id, Input: input },
      // No step decides by the time, so any will do.
      State: { Name: state, EnteredTime: SOME_TIME, RetryCount },
      Task: { Token: token ?? null },
    },
  };
}
