/**
 * Runs one state machine on the engine. A definition that passed the check behaves as on Step Functions.
 *
 * Gotchas:
 * - The engine passes a task's handler its processed input and nothing else. It copies the context object once, one
 *   level deep. `$$.State` and `$$.Task` are therefore objects whose accessors return the values of the current state.
 *   The states that we give the engine are accessors too, so that we know which state is current.
 * - The engine evaluates a task's Parameters and calls its handler without a pause in between. A task token is
 *   therefore made when it is first read, and belongs to the attempt that follows.
 * - After an abort the engine tries a failing task once more, because its waits return early. A closed execution
 *   refuses with an error that cannot be retried or caught. An execution must therefore be closed before the engine is
 *   aborted. For that reason the engine does not get the definition's own TimeoutSeconds.
 */
import type { Clock } from '../time/clock';
import { choiceRuleForEngine } from './asl-choice';
import type { Definition, StateDefinition } from './asl-check';
import type { Engine, EngineRun } from './asl-engine';
import { throughJson, type Json } from '../json';

/** One attempt at a task of an execution. */
export interface TaskAttempt {
  readonly state: string;
  readonly resource: string;
  readonly timeoutSeconds: number;
  readonly parameters: Json;
  /** The token that the attempt's Parameters read from the context object. */
  readonly taskToken: string | undefined;
}

export interface ExecutionIdentity {
  readonly id: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
}

export interface ExecutionHooks {
  readonly newTaskToken: () => string;
  /** @throws errors whose `name` and `message` are the Error and Cause of the failed task */
  readonly perform: (attempt: TaskAttempt) => Promise<unknown>;
  readonly isClosed: () => boolean;
  /** Waits for as long as so many transitions take. */
  readonly passTransitions: (count: number) => Promise<void>;
}

/** Step Functions fails an execution whose history reaches 25,000 events. A task adds five, another state two. */
const MOST_HISTORY_EVENTS = 25_000;
const EVENTS_OF_TASK = 5;
const EVENTS_OF_OTHER_STATE = 2;

/** Ends an execution. The engine reads from an error whether it may be retried or caught. */
class FatalToExecution extends Error {
  override readonly name = 'States.Runtime';
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** The state that an execution is in, as the context object shows it. */
class Visit {
  name = '';
  enteredAt = '';
  attempts = 0;
  historyEvents = 0;
  private transitions = 0;
  private token: string | undefined;

  enter(name: string, now: number): void {
    this.name = name;
    this.enteredAt = new Date(now).toISOString();
    this.attempts = 0;
    this.token = undefined;
    this.transitions += 1;
  }

  /** Returns the number of transitions since the last call. */
  takeTransitions(): number {
    const { transitions } = this;
    this.transitions = 0;
    return transitions;
  }

  readToken(newToken: () => string): string {
    return (this.token ??= newToken());
  }

  /** Returns the token that this attempt has read. The next attempt reads another one. */
  beginAttempt(): string | undefined {
    const { token } = this;
    this.token = undefined;
    this.attempts += 1;
    return token;
  }
}

/** Starts an execution of a checked definition. The caller enforces the execution's time limit. */
export function runDefinition(
  engine: Engine,
  clock: Clock,
  definition: Definition,
  execution: ExecutionIdentity,
  input: Json,
  hooks: ExecutionHooks,
): EngineRun {
  const visit = new Visit();
  const { StartAt } = definition;
  const machine = new engine.StateMachine(
    { StartAt, States: visitedStates(definition, visit, clock) },
    { validationOptions: { noValidate: true } },
  );
  return machine.run(throughJson(input), {
    context: contextObject(execution, visit, hooks),
    overrides: { taskResourceLocalHandlers: taskHandlers(definition, visit, hooks) },
  });
}

function visitedStates(definition: Definition, visit: Visit, clock: Clock): object {
  const states = {};
  for (const [name, state] of Object.entries(definition.States)) {
    Object.defineProperty(states, name, {
      enumerable: true,
      get: () => {
        visit.historyEvents += state['Type'] === 'Task' ? EVENTS_OF_TASK : EVENTS_OF_OTHER_STATE;
        if (visit.historyEvents > MOST_HISTORY_EVENTS) {
          throw new FatalToExecution(`The execution reached the maximum of ${MOST_HISTORY_EVENTS} history events.`);
        }
        visit.enter(name, clock.now());
        return state;
      },
    });
  }
  return states;
}

function contextObject(execution: ExecutionIdentity, visit: Visit, hooks: ExecutionHooks): object {
  return {
    Execution: { Id: execution.id, Name: execution.name },
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    State: {
      get Name() {
        return visit.name;
      },
      get EnteredTime() {
        return visit.enteredAt;
      },
      get RetryCount() {
        return visit.attempts;
      },
    },
    Task: {
      get Token() {
        return visit.readToken(hooks.newTaskToken);
      },
    },
  };
}

function taskHandlers(
  definition: Definition,
  visit: Visit,
  hooks: ExecutionHooks,
): Record<string, (input: Json) => Promise<Json>> {
  const tasks = Object.entries(definition.States).filter(([, state]) => state['Type'] === 'Task');
  return Object.fromEntries(
    tasks.map(([name, state]) => [
      name,
      async (parameters: Json) => {
        const taskToken = visit.beginAttempt();
        // Only a task has an effect, so the time of the transitions before it may pass here.
        await hooks.passTransitions(visit.takeTransitions());
        if (hooks.isClosed()) throw new FatalToExecution('The execution is closed.');
        const result = await hooks.perform({
          state: name,
          resource: state['Resource'] as string,
          ...attemptOf(state, parameters),
          taskToken,
        });
        return throughJson(result);
      },
    ]),
  );
}

/** Passes the seconds of a `TimeoutSecondsPath` from the state's input to the engine. No function receives it. */
const TIMEOUT_FIELD = 'timeoutSecondsOfTask';

function attemptOf(state: StateDefinition, input: Json): Pick<TaskAttempt, 'timeoutSeconds' | 'parameters'> {
  const { [TIMEOUT_FIELD]: byPath, ...parameters } = throughJson(input) as Readonly<Record<string, Json>>;
  return { timeoutSeconds: (state['TimeoutSeconds'] ?? byPath) as number, parameters };
}

/**
 * The engine applies `TimeoutSecondsPath` to the result of `Parameters`. Step Functions applies it to the input itself.
 * https://states-language.net/spec.html#timeouts
 */
function withTimeoutInParameters(state: StateDefinition): StateDefinition {
  const { TimeoutSecondsPath, Parameters } = state;
  if (TimeoutSecondsPath === undefined) return state;
  return {
    ...state,
    Parameters: { ...(Parameters as object), [`${TIMEOUT_FIELD}.$`]: TimeoutSecondsPath },
    TimeoutSecondsPath: `$.${TIMEOUT_FIELD}`,
  };
}

/** Rewrites a checked definition so that the engine runs it as Step Functions does. */
export function definitionForEngine(definition: Definition): Definition {
  const states = Object.entries(definition.States).map(([name, state]) => [name, stateForEngine(state)]);
  return { ...definition, States: Object.fromEntries(states) as Definition['States'] };
}

function stateForEngine(state: StateDefinition): StateDefinition {
  const { Catch, Choices } = state;
  return {
    ...withoutRootResultPath(withTimeoutInParameters(state)),
    ...(Array.isArray(Catch) ? { Catch: Catch.map(withoutRootResultPath) } : {}),
    ...(Array.isArray(Choices) ? { Choices: Choices.map(choiceRuleForEngine) } : {}),
  };
}

/** For `"ResultPath": "$"` the engine would write to a field named `$`. Leaving it out has the meaning of `$`. */
function withoutRootResultPath(holder: StateDefinition): StateDefinition {
  const { ResultPath, ...rest } = holder;
  return ResultPath === undefined || ResultPath === '$' ? rest : { ...rest, ResultPath };
}
