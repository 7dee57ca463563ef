/**
 * Step Functions, simulated at the SDK's `send()` on our clock: Standard workflows, their names, task tokens and history.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type GetExecutionHistoryCommandInput,
  InvalidExecutionInput,
  InvalidName,
  InvalidOutput,
  InvalidToken,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  TaskTimedOut,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Clock, Timer } from '../time/clock';
import type { Random } from '../time/random';
import { checkDefinition, type Definition, type StateDefinition } from './asl-check';
import type { Execution, ExecutionStatus, HistoryEntry } from './execution';
import { historyPage } from './execution-history';
import { loadEngine, type Engine, type EngineEvent, type EngineRun } from './asl-engine';
import { INVOKE, INVOKE_AND_WAIT, type KnownResources } from './asl-tasks';
import type { Json, JsonObject } from '../json';
import { definitionForEngine, runDefinition, type TaskAttempt } from './state-machine';
import { TaskTokens } from './task-tokens';

export type { Execution, ExecutionStatus, HistoryEntry } from './execution';

export interface StateMachineSource {
  readonly arn: string;
  readonly name: string;
  /** JSON text after substitutions. */
  readonly definition: string;
}

export interface StepFunctionsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Runs a function. @throws errors whose `name` and `message` are the Error and Cause of the failed task */
  readonly invokeFunction: (functionArn: string, payload: Json) => Promise<Json>;
  /** How long every API call takes, in milliseconds. @default 0 */
  readonly apiLatencyMs?: number;
  /** How long the next transition takes, in milliseconds. @default 0 */
  readonly transitionMs?: (() => number) | undefined;
  readonly onHistory?: (execution: Execution, entry: HistoryEntry) => void;
  /** Called when an execution has begun, before the caller gets the response, and when it has ended. */
  readonly onExecution?: (execution: Execution) => void;
}

/** What is kept after the process ends: everything except the history. */
export type ExecutionRecord = Omit<Execution, 'history'>;

export function recordOf(execution: Execution): ExecutionRecord {
  const { history: _, run: _run, limit: _limit, ...record } = execution as RunningExecution;
  return record;
}

interface StateMachine extends StateMachineSource {
  readonly checked: Definition;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type RunningExecution = Mutable<Omit<Execution, 'history'>> & {
  readonly history: HistoryEntry[];
  run?: EngineRun;
  limit?: Timer;
};

const NAME_PATTERN = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/;
const NAME_KEPT_MS = 90 * 24 * 60 * 60 * 1000;

export class LocalStepFunctions {
  readonly client: Pick<SFNClient, 'send'>;
  private readonly engine: Engine;
  private readonly tokens: TaskTokens;
  private readonly stateMachines = new Map<string, StateMachine>();
  /** By ARN. If a name was used again after 90 days, the latest execution. */
  private readonly byArn = new Map<string, RunningExecution>();
  private readonly all: RunningExecution[] = [];
  private isStopped = false;

  constructor(private readonly options: StepFunctionsOptions) {
    this.engine = loadEngine(options.clock, options.random);
    this.tokens = new TaskTokens(options.clock, options.random);
    // The SDK's overloads cannot be implemented one by one. Each command's output is typed where it is made.
    this.client = { send: (command: unknown) => this.send(command) };
  }

  /** Loads state machines that may start one another. @throws UnsupportedDefinition */
  load(sources: readonly StateMachineSource[], functionArns: readonly string[]): void {
    const known: KnownResources = {
      functions: new Set(functionArns),
      stateMachines: new Set(sources.map((source) => source.arn)),
    };
    for (const source of sources) {
      const checked = definitionForEngine(checkDefinition(source.name, source.definition, known));
      this.stateMachines.set(source.arn, { ...source, checked });
    }
  }

  /** Returns the state machine that issued a task token, or undefined for an unknown token. */
  stateMachineOf(taskToken: string): string | undefined {
    return this.tokens.stateMachineOf(taskToken);
  }

  /** All executions, in start order. */
  executions(): readonly Execution[] {
    return this.all;
  }

  isRunning(): boolean {
    return this.all.some((execution) => execution.status === 'RUNNING');
  }

  /**
   * Starts an execution, or returns the running one of the same name and input.
   * @throws StateMachineDoesNotExist, InvalidName, ExecutionAlreadyExists
   */
  start(stateMachineArn: string, input: Json, name?: string): Execution {
    const machine = this.stateMachines.get(stateMachineArn);
    if (machine === undefined)
      throw new StateMachineDoesNotExist(refusal(`State Machine Does Not Exist: '${stateMachineArn}'`));
    const executionName = name ?? this.newName();
    if (!NAME_PATTERN.test(executionName)) throw new InvalidName(refusal(`Invalid Name: '${executionName}'`));
    const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName}`;
    const namesake = this.byArn.get(arn);
    if (namesake !== undefined && this.keepsName(namesake)) {
      if (namesake.status === 'RUNNING' && JSON.stringify(namesake.input) === JSON.stringify(input)) return namesake;
      throw new ExecutionAlreadyExists(refusal(`Execution Already Exists: '${arn}'`));
    }
    const execution: RunningExecution = {
      arn,
      name: executionName,
      stateMachineArn: machine.arn,
      stateMachineName: machine.name,
      input,
      startedAt: this.options.clock.now(),
      status: 'RUNNING',
      history: [],
    };
    this.run(machine, execution);
    this.options.onExecution?.(execution);
    return execution;
  }

  /**
   * Takes over the executions of an earlier process. Ended executions keep their names in use. Executions that were
   * running start again from their first state, with the same ARN, because every step is safe to run again. An
   * execution whose state machine no longer exists is dropped.
   */
  restore(records: readonly ExecutionRecord[]): void {
    for (const record of records) {
      const machine = this.stateMachines.get(record.stateMachineArn);
      if (machine === undefined) continue;
      const execution: RunningExecution = { ...record, history: [] };
      if (record.status === 'RUNNING') this.run(machine, execution);
      else this.add(execution);
    }
  }

  /**
   * Stops an execution. No further step starts, and no wait continues. A function that is running finishes, but its
   * result has no effect.
   * @throws ExecutionDoesNotExist
   */
  abort(executionArn: string, error?: string, cause?: string): void {
    const execution = this.find(executionArn);
    const ending = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    this.close(execution, 'ABORTED', ending);
    execution.run?.abort();
  }

  /** Stops all executions without calling `onExecution`. */
  stop(): void {
    this.isStopped = true;
    for (const { arn } of this.all) this.abort(arn);
  }

  private add(execution: RunningExecution): void {
    this.byArn.set(execution.arn, execution);
    this.all.push(execution);
  }

  private run(machine: StateMachine, execution: RunningExecution): void {
    this.add(execution);
    const { arn, name, input } = execution;
    const identity = { id: arn, name, stateMachineArn: machine.arn, stateMachineName: machine.name };
    execution.run = runDefinition(this.engine, this.options.clock, machine.checked, identity, input, {
      newTaskToken: () => this.tokens.issue(machine.arn),
      perform: (attempt) => this.perform(attempt, () => execution.status !== 'RUNNING'),
      isClosed: () => execution.status !== 'RUNNING',
      passTransitions: (count) => this.passTransitions(count),
    });
    void this.follow(execution, execution.run, machine.checked);
    this.limit(execution, machine.checked.TimeoutSeconds);
  }

  private async follow(execution: RunningExecution, run: EngineRun, definition: Definition): Promise<void> {
    const history = this.recordHistory(execution, run.eventLogs, definition);
    try {
      const output = await run.result;
      await history;
      this.close(execution, 'SUCCEEDED', { output });
    } catch (error) {
      // The engine wraps the error that ended the execution. A stopped execution is already closed.
      const { name, message } = ((error as Error).cause ?? error) as Error;
      await history;
      this.close(execution, 'FAILED', { error: name, cause: message });
    }
  }

  private async recordHistory(
    execution: RunningExecution,
    events: AsyncIterable<EngineEvent>,
    definition: Definition,
  ): Promise<void> {
    for await (const event of events) {
      const entry = historyEntry(event, definition);
      if (entry === undefined || execution.status !== 'RUNNING') continue;
      execution.history.push(entry);
      this.options.onHistory?.(execution, entry);
    }
  }

  private limit(execution: RunningExecution, timeoutSeconds: number | undefined): void {
    if (timeoutSeconds === undefined) return;
    execution.limit = this.options.clock.setTimeout(() => {
      this.close(execution, 'TIMED_OUT', { error: 'States.Timeout' });
      execution.run?.abort();
    }, timeoutSeconds * 1000);
  }

  private close(
    execution: RunningExecution,
    status: ExecutionStatus,
    ending: Pick<Execution, 'output' | 'error' | 'cause'>,
  ): void {
    if (execution.status !== 'RUNNING') return;
    this.options.clock.clearTimeout(execution.limit);
    Object.assign(execution, ending, { status, stoppedAt: this.options.clock.now() });
    if (!this.isStopped) this.options.onExecution?.(execution);
  }

  private async perform(attempt: TaskAttempt, isClosed: () => boolean): Promise<unknown> {
    const parameters = attempt.parameters as JsonObject;
    if (attempt.resource === INVOKE) return this.invoke(parameters);
    if (attempt.resource === INVOKE_AND_WAIT) {
      const token = attempt.taskToken;
      if (token === undefined) throw new Error(`${attempt.state} read no task token`);
      const callback = this.tokens.awaitCallback(token, attempt.timeoutSeconds, isClosed);
      // The function's result is not the task's result, but its failure is the task's failure.
      const failure = this.invoke(parameters).then(() => new Promise<never>(() => {}));
      return Promise.race([callback, failure]).finally(() => this.tokens.spend(token));
    }
    return this.startFromTask(parameters);
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
  private async invoke({ FunctionName, Payload }: JsonObject): Promise<Json> {
    const result = await this.options.invokeFunction(FunctionName as string, Payload ?? null);
    return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 };
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html */
  private startFromTask({ StateMachineArn, Name, Input }: JsonObject): Json {
    try {
      const started = this.start(StateMachineArn as string, Input ?? {}, Name as string | undefined);
      return { ExecutionArn: started.arn, StartDate: new Date(started.startedAt).toISOString() };
    } catch (error) {
      // The integration adds its own prefix and a suffix to the names of the API's errors.
      const { name, message } = error as Error;
      throw Object.assign(new Error(message), { name: `StepFunctions.${name}Exception` });
    }
  }

  private async send(command: unknown): Promise<unknown> {
    await this.latency();
    const output = this.execute(command);
    await this.latency();
    return { $metadata: {}, ...output };
  }

  private execute(command: unknown): object {
    if (command instanceof StartExecutionCommand) {
      const { stateMachineArn, input, name } = command.input;
      const started = this.start(stateMachineArn ?? '', parseJson(input ?? '{}', InvalidExecutionInput), name);
      return { executionArn: started.arn, startDate: new Date(started.startedAt) };
    }
    if (command instanceof SendTaskSuccessCommand) {
      const { taskToken, output } = command.input;
      const value = parseJson(output ?? '', InvalidOutput);
      this.tokens.succeed(taskToken ?? '', value, refuseToken);
      return {};
    }
    if (command instanceof SendTaskFailureCommand) {
      const { taskToken, error, cause } = command.input;
      this.tokens.fail(taskToken ?? '', error ?? 'States.TaskFailed', cause ?? '', refuseToken);
      return {};
    }
    if (command instanceof StopExecutionCommand) {
      const { executionArn, error, cause } = command.input;
      this.abort(executionArn ?? '', error, cause);
      return { stopDate: new Date(this.options.clock.now()) };
    }
    return this.show(command);
  }

  private show(command: unknown): object {
    if (command instanceof DescribeExecutionCommand) return describe(this.find(command.input.executionArn));
    if (command instanceof GetExecutionHistoryCommand) return this.history(command.input);
    if (command instanceof ListExecutionsCommand) return this.list(command.input);
    throw new Error(`${(command as object).constructor.name} is not supported by the local Step Functions`);
  }

  /** The latest first, in pages. Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
  private list({
    stateMachineArn,
    statusFilter,
    maxResults = 100,
    nextToken = '0',
  }: ListExecutionsCommandInput): object {
    if (!this.stateMachines.has(stateMachineArn ?? '')) {
      throw new StateMachineDoesNotExist(refusal(`State Machine Does Not Exist: '${stateMachineArn}'`));
    }
    const listed = this.all
      .filter((each) => each.stateMachineArn === stateMachineArn && (statusFilter ?? each.status) === each.status)
      .reverse();
    const from = Number(nextToken);
    const to = from + maxResults;
    return {
      executions: listed.slice(from, to).map(({ arn, name, status, startedAt }) => ({
        executionArn: arn,
        stateMachineArn,
        name,
        status,
        startDate: new Date(startedAt),
      })),
      ...(to < listed.length && { nextToken: String(to) }),
    };
  }

  private history(input: GetExecutionHistoryCommandInput): object {
    const execution = this.find(input.executionArn);
    const machine = this.stateMachines.get(execution.stateMachineArn);
    // An earlier process has kept the record of an execution, but not its history. On AWS both end after 90 days.
    const isForgotten = execution.status !== 'RUNNING' && execution.history.length === 0;
    if (machine === undefined || isForgotten) throw noSuchExecution(execution.arn);
    return historyPage(execution, machine.checked, input);
  }

  private find(executionArn: string | undefined): RunningExecution {
    const execution = this.byArn.get(executionArn ?? '');
    if (execution === undefined) throw noSuchExecution(executionArn);
    return execution;
  }

  private keepsName(execution: Execution): boolean {
    return execution.stoppedAt === undefined || this.options.clock.now() - execution.stoppedAt < NAME_KEPT_MS;
  }

  private newName(): string {
    return [8, 4, 4, 4, 12].map((digits) => this.options.random.hex(digits)).join('-');
  }

  private async passTransitions(count: number): Promise<void> {
    const { transitionMs, clock } = this.options;
    if (transitionMs === undefined) return;
    let totalMs = 0;
    for (let each = 0; each < count; each += 1) totalMs += transitionMs();
    if (totalMs > 0) await clock.sleep(totalMs);
  }

  /** Waits for half of an API call's time: once before the call takes effect, once after. */
  private async latency(): Promise<void> {
    const latencyMs = (this.options.apiLatencyMs ?? 0) / 2;
    if (latencyMs > 0) await this.options.clock.sleep(latencyMs);
  }
}

function historyEntry(event: EngineEvent, definition: Definition): HistoryEntry | undefined {
  const { state } = event;
  if (state === undefined) return undefined;
  const { [state.name]: text = {} } = definition.States;
  const common = { at: event.timestamp, state: state.name };
  switch (event.type) {
    case 'StateEntered':
      return { ...common, type: 'entered', ...(state.input === undefined ? {} : { input: state.input }) };
    case 'StateExited':
      return { ...common, type: 'exited', ...(state.output === undefined ? {} : { output: state.output }) };
    case 'StateFailed':
      return { ...common, type: 'failed', error: event.Error ?? '', cause: event.Cause ?? '' };
    case 'StateRetried':
      return { ...common, type: 'retried', ...retryIn(event, text) };
    case 'StateCaught':
      return { ...common, type: 'caught', ...catchIn(event, text) };
    default:
      return undefined;
  }
}

function retryIn({ retry }: EngineEvent, { Retry }: StateDefinition): Pick<HistoryEntry, 'attempt' | 'retrier'> {
  return { attempt: retry?.attempt ?? 0, retrier: indexIn(Retry, retry?.retrier) };
}

function catchIn({ catch: caught }: EngineEvent, { Catch }: StateDefinition): Pick<HistoryEntry, 'next' | 'catcher'> {
  return { next: caught?.catcher.Next ?? '', catcher: indexIn(Catch, caught?.catcher) };
}

/** The index of a retrier or catcher in the state's field; -1 if it is not there. */
function indexIn(field: unknown, item: unknown): number {
  return Array.isArray(field) ? field.indexOf(item) : -1;
}

function describe(execution: Execution): object {
  const { arn, name, stateMachineArn, status, startedAt, stoppedAt, input, output, error, cause } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: new Date(startedAt),
    input: JSON.stringify(input),
    ...(stoppedAt === undefined ? {} : { stopDate: new Date(stoppedAt) }),
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function noSuchExecution(executionArn: string | undefined): ExecutionDoesNotExist {
  return new ExecutionDoesNotExist(refusal(`Execution Does Not Exist: '${executionArn}'`));
}

function refuseToken(because: 'unknown' | 'spent'): never {
  if (because === 'unknown') throw new InvalidToken(refusal("Invalid Token: 'Invalid token'"));
  throw new TaskTimedOut(refusal("Task Timed Out: 'Provided task does not exist anymore'"));
}

function refusal(message: string): { message: string; $metadata: object } {
  return { message, $metadata: { httpStatusCode: 400 } };
}

function parseJson(text: string, Refused: typeof InvalidExecutionInput | typeof InvalidOutput): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Refused(refusal(`Invalid JSON: ${text.slice(0, 100)}`));
  }
}
