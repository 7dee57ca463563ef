import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  type GetExecutionHistoryCommandInput,
  type GetExecutionHistoryCommandOutput,
  type ListExecutionsCommandInput,
} from '@aws-sdk/client-sfn';
import type { Json } from '../../../simulator/json';
import { recordOf, type LocalStepFunctions } from '../../../simulator/step-functions/step-functions';
import { failure, FUNCTION_ARN, MACHINE_ARN, task, waitingTask, workflow } from '../../local/workflow';

// The validator compiles its schemas for every definition, which would take most of this file's time.
jest.mock('asl-validator', () => ({ __esModule: true, default: () => ({ isValid: true }) }));

const DAY_MS = 24 * 60 * 60 * 1000;
const waiting = { Wait: { Type: 'Wait', Seconds: 60, End: true } };

describe('a stopped execution', () => {
  const twoSteps = { First: task({ Next: 'Second' }), Second: task() };

  test('finishes the running step, ignores its result, and starts no other step', async () => {
    const begun: unknown[] = [];
    const ended: unknown[] = [];
    const machine = workflow(twoSteps, async () => {
      begun.push(machine.clock.now());
      await machine.clock.sleep(4_000);
      ended.push(machine.clock.now());
      return 'done';
    });
    const execution = machine.stepFunctions.start(MACHINE_ARN, {});
    await machine.clock.advance(1_000);
    machine.stepFunctions.abort(execution.arn, 'Enough', 'by hand');
    expect(machine.stepFunctions.isRunning()).toBe(false);
    await machine.clock.run();
    expect([begun, ended]).toEqual([[0], [4_000]]);
    expect(execution).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'by hand', stoppedAt: 1_000 });
    expect(execution).not.toHaveProperty('output');
  });

  test('does not retry the running step when it fails', async () => {
    let invocations = 0;
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 3 }];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const states = { Work: task({ Retry, Catch }), Caught: task() };
    const machine = workflow(states, async () => {
      invocations += 1;
      await machine.clock.sleep(2_000);
      throw failure('Busy');
    });
    const execution = machine.stepFunctions.start(MACHINE_ARN, {});
    await machine.clock.advance(1_000);
    machine.stepFunctions.abort(execution.arn);
    await machine.clock.run();
    expect(invocations).toBe(1);
  });

  test.each([
    ['a Wait state', { Wait: { Type: 'Wait', Seconds: 60, Next: 'Work' }, Work: task() }],
    ['the pause before a retry', { Work: task({ Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }] }) }],
  ])('does not wait any longer: %s', async (_name, states) => {
    let invocations = 0;
    const machine = workflow(states, async () => {
      invocations += 1;
      throw failure('Busy');
    });
    const execution = machine.stepFunctions.start(MACHINE_ARN, {});
    await machine.clock.advance(30_000);
    const before = invocations;
    machine.stepFunctions.abort(execution.arn);
    await machine.clock.advance(120_000);
    expect(invocations).toBe(before);
    expect(execution).toMatchObject({ status: 'ABORTED', stoppedAt: 30_000 });
  });

  test('accepts no further callback', async () => {
    let taskToken = '';
    const machine = workflow({ Await: waitingTask() }, async (payload) => {
      ({ taskToken } = payload as { taskToken: string });
      return null;
    });
    const execution = machine.stepFunctions.start(MACHINE_ARN, {});
    await machine.clock.advance(1_000);
    machine.stepFunctions.abort(execution.arn);
    await expect(
      machine.stepFunctions.client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })),
    ).rejects.toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
  });

  test('does not change when it is stopped again', async () => {
    const machine = workflow(waiting);
    const execution = await machine.run();
    machine.stepFunctions.abort(execution.arn);
    expect(execution.status).toBe('SUCCEEDED');
  });

  test('must exist', () => {
    expect(() => workflow(waiting).stepFunctions.abort('arn:none')).toThrow(
      expect.objectContaining({ name: 'ExecutionDoesNotExist' }),
    );
  });
});

test('onExecution is not called for executions that end with the process', async () => {
  const statuses: string[] = [];
  const machine = workflow(waiting, undefined, {}, (execution) => statuses.push(execution.status));
  const execution = machine.stepFunctions.start(MACHINE_ARN, {});
  machine.stepFunctions.stop();
  expect([statuses, execution.status]).toEqual([['RUNNING'], 'ABORTED']);
});

describe('names of executions', () => {
  const start = (name: string, input: object): StartExecutionCommand =>
    new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input: JSON.stringify(input) });

  test('the same name and input return the running execution', async () => {
    const { stepFunctions } = workflow(waiting);
    const first = await stepFunctions.client.send(start('n', { a: 1 }));
    const second = await stepFunctions.client.send(start('n', { a: 1 }));
    expect(second).toEqual(first);
    expect(stepFunctions.executions()).toHaveLength(1);
  });

  test('another input is refused', async () => {
    const { stepFunctions } = workflow(waiting);
    await stepFunctions.client.send(start('n', { a: 1 }));
    await expect(stepFunctions.client.send(start('n', { a: 2 }))).rejects.toThrow(
      expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
    );
  });

  test('a closed execution keeps its name for 90 days', async () => {
    const { stepFunctions, clock } = workflow(waiting);
    await stepFunctions.client.send(start('n', { a: 1 }));
    await clock.advance(89 * DAY_MS);
    await expect(stepFunctions.client.send(start('n', { a: 1 }))).rejects.toThrow('Execution Already Exists');
    await clock.advance(2 * DAY_MS);
    await expect(stepFunctions.client.send(start('n', { a: 1 }))).resolves.toBeDefined();
  });

  test.each([
    ['a name that is too long', { name: 'n'.repeat(81) }, 'InvalidName'],
    ['a name with a slash', { name: 'a/b' }, 'InvalidName'],
    ['input that is not JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['an unknown state machine', { stateMachineArn: `${MACHINE_ARN}x` }, 'StateMachineDoesNotExist'],
  ])('%s is refused', async (_name, input, error) => {
    const { stepFunctions } = workflow(waiting);
    const command = new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, ...input });
    await expect(stepFunctions.client.send(command)).rejects.toThrow(expect.objectContaining({ name: error }));
  });
});

describe('task tokens', () => {
  const tokens: string[] = [];
  const collect = async (payload: Json): Promise<Json> => {
    tokens.push((payload as { taskToken: string }).taskToken);
    return null;
  };
  const success = (output: unknown, taskToken = tokens.at(-1)): SendTaskSuccessCommand =>
    new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });

  beforeEach(() => tokens.splice(0));

  test('a callback ends the wait, with its output', async () => {
    const { clock, stepFunctions } = workflow({ Await: waitingTask({ ResultPath: '$.got' }) }, collect);
    const execution = stepFunctions.start(MACHINE_ARN, { kept: 1 });
    await clock.advance(3_000);
    await stepFunctions.client.send(success({ a: 1 }));
    await clock.run();
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { kept: 1, got: { a: 1 } }, stoppedAt: 3_000 });
  });

  test("a failure fails the task with the failure's name", async () => {
    const { clock, stepFunctions } = workflow({ Await: waitingTask() }, collect);
    const execution = stepFunctions.start(MACHINE_ARN, {});
    await clock.advance(1_000);
    await stepFunctions.client.send(new SendTaskFailureCommand({ taskToken: tokens[0], error: 'Lost', cause: 'gone' }));
    await clock.run();
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Lost', cause: 'gone' });
  });

  test('without a callback the task times out; a later callback is refused', async () => {
    const { clock, stepFunctions } = workflow({ Await: waitingTask() }, collect);
    const execution = stepFunctions.start(MACHINE_ARN, {});
    await clock.advance(10_000);
    await expect(stepFunctions.client.send(success({}))).rejects.toThrow(
      expect.objectContaining({ name: 'TaskTimedOut' }),
    );
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout', stoppedAt: 10_000 });
  });

  test.each([
    { seconds: 3, at: 3_000 },
    { seconds: 3600, at: 3_600_000 },
  ])('a task may read its timeout from its input: $seconds s', async ({ seconds, at }) => {
    const waits = { TimeoutSeconds: undefined, TimeoutSecondsPath: '$.drain.seconds' };
    const Catch = [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.drained', Next: 'Done' }];
    const machine = workflow({ Await: waitingTask({ ...waits, Catch }), Done: { Type: 'Succeed' } }, collect);
    const execution = await machine.run({ drain: { seconds } });

    expect(execution).toMatchObject({ status: 'SUCCEEDED', stoppedAt: at });
    // A later callback is refused, and wakes no other task.
    await expect(machine.stepFunctions.client.send(success({ seconds: 0 }))).rejects.toThrow('Task Timed Out');
  });

  test('a callback may shorten the wait of the task', async () => {
    const waits = { TimeoutSeconds: undefined, TimeoutSecondsPath: '$.drain.seconds', ResultPath: '$.drain' };
    const states = {
      Await: waitingTask({
        ...waits,
        Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.drained', Next: 'Done' }],
        Next: 'Await',
      }),
      Done: { Type: 'Succeed' },
    };
    const { clock, stepFunctions } = workflow(states, collect);
    const execution = stepFunctions.start(MACHINE_ARN, { drain: { seconds: 3600 } });
    await clock.advance(60_000);
    await stepFunctions.client.send(success({ seconds: 5 }));
    await clock.run();

    expect(execution).toMatchObject({ status: 'SUCCEEDED', stoppedAt: 65_000 });
    expect(new Set(tokens).size).toBe(2);
  });

  test('a retry has its own token, and the earlier token is spent', async () => {
    const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 5, MaxAttempts: 1 }];
    const { clock, stepFunctions } = workflow({ Await: waitingTask({ Retry }) }, collect);
    const execution = stepFunctions.start(MACHINE_ARN, {});
    await clock.advance(16_000);
    expect(new Set(tokens).size).toBe(2);
    await expect(stepFunctions.client.send(success({}, tokens[0]))).rejects.toThrow('Task Timed Out');
    await stepFunctions.client.send(success('second', tokens[1]));
    await clock.run();
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: 'second' });
  });

  test('a token is valid for one callback', async () => {
    const { clock, stepFunctions } = workflow({ Await: waitingTask() }, collect);
    stepFunctions.start(MACHINE_ARN, {});
    await clock.advance(1_000);
    await stepFunctions.client.send(success('first'));
    await expect(stepFunctions.client.send(success('second'))).rejects.toThrow('Task Timed Out');
  });

  test('a function that fails before it passes the token on fails the task', async () => {
    const { run } = workflow({ Await: waitingTask() }, () => Promise.reject(failure('Busy')));
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'Busy', stoppedAt: 0 });
  });

  test('a callback from the function itself counts', async () => {
    const { run, stepFunctions } = workflow({ Await: waitingTask() }, async (payload) => {
      await stepFunctions.client.send(success('inside', (payload as { taskToken: string }).taskToken));
      return null;
    });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: 'inside' });
  });

  test('an unknown token is invalid', async () => {
    const { stepFunctions } = workflow({ Await: waitingTask() }, collect);
    await expect(stepFunctions.client.send(success({}, 'x'))).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidToken' }),
    );
  });

  test('the token of a stopped execution is spent', async () => {
    const { clock, stepFunctions } = workflow({ Await: waitingTask() }, collect);
    const { arn } = stepFunctions.start(MACHINE_ARN, {});
    await clock.advance(1_000);
    await stepFunctions.client.send(new StopExecutionCommand({ executionArn: arn, error: 'Enough', cause: 'by hand' }));
    await expect(stepFunctions.client.send(success({}))).rejects.toThrow('Task Timed Out');
    const described = await stepFunctions.client.send(new DescribeExecutionCommand({ executionArn: arn }));
    expect(described).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'by hand' });
  });
});

describe('the history of an execution', () => {
  const states = { First: task({ Next: 'Last' }), Last: { Type: 'Succeed' } };
  const historyOf = async (
    { client }: LocalStepFunctions,
    input: GetExecutionHistoryCommandInput,
  ): Promise<GetExecutionHistoryCommandOutput> => client.send(new GetExecutionHistoryCommand(input));
  const TYPES = [
    ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited'],
    ...['SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded'],
  ];

  test('has the events of AWS, numbered, each after the one before', async () => {
    const { run, stepFunctions } = workflow(states);
    const { arn } = await run({ a: 1 });
    const { events = [], nextToken } = await historyOf(stepFunctions, { executionArn: arn });
    expect(events.map(({ type }) => type)).toEqual(TYPES);
    expect(events.map(({ id, previousEventId }) => [id, previousEventId])).toEqual(TYPES.map((_, at) => [at + 1, at]));
    expect(events[0]).toMatchObject({ executionStartedEventDetails: { input: '{"a":1}' } });
    expect(nextToken).toBeUndefined();
  });

  test('comes in pages, and the newest first if asked', async () => {
    const { run, stepFunctions } = workflow(states);
    const { arn: executionArn } = await run();
    const first = await historyOf(stepFunctions, { executionArn, maxResults: 5, reverseOrder: true });
    const second = await historyOf(stepFunctions, {
      executionArn,
      maxResults: 5,
      reverseOrder: true,
      nextToken: first.nextToken,
    });
    const types = [first, second].map(({ events = [] }) => events.map(({ type }) => type));
    expect(types).toEqual([[...TYPES].reverse().slice(0, 5), [...TYPES].reverse().slice(5)]);
    expect(second.nextToken).toBeUndefined();
  });

  test('leaves the data out if asked', async () => {
    const { run, stepFunctions } = workflow(states);
    const { arn: executionArn } = await run({ secret: 1 });
    const { events } = await historyOf(stepFunctions, { executionArn, includeExecutionData: false });
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events).toHaveLength(TYPES.length);
  });

  test.each([
    { status: 'FAILED', more: {}, last: 'ExecutionFailed' },
    { status: 'TIMED_OUT', more: { TimeoutSeconds: 5 }, last: 'ExecutionTimedOut' },
  ])('ends as the execution has: $status', async ({ status, more, last }) => {
    const waits = more.TimeoutSeconds === undefined ? { Work: task() } : waiting;
    const { run, stepFunctions } = workflow(waits, () => Promise.reject(failure('Busy')), more);
    const execution = await run();
    expect(execution.status).toBe(status);
    const { events = [] } = await historyOf(stepFunctions, { executionArn: execution.arn });
    expect(events.at(-1)?.type).toBe(last);
  });

  test('is forgotten when another process has taken over an execution that has ended', async () => {
    const before = workflow(states);
    const execution = await before.run();
    const after = workflow(states);
    after.stepFunctions.restore([recordOf(execution)]);
    await expect(historyOf(after.stepFunctions, { executionArn: execution.arn })).rejects.toThrow('Does Not Exist');
  });
});

describe('listing executions', () => {
  async function listed(
    { client }: LocalStepFunctions,
    input: Partial<ListExecutionsCommandInput>,
  ): Promise<{ readonly names: readonly (string | undefined)[]; readonly nextToken: string | undefined }> {
    const { executions = [], nextToken } = await client.send(
      new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, ...input }),
    );
    return { names: executions.map(({ name }) => name), nextToken };
  }

  test('returns the latest first, in pages, without a token in the last page', async () => {
    const { clock, stepFunctions } = workflow(waiting);
    for (const name of ['one', 'two', 'three', 'four', 'five']) stepFunctions.start(MACHINE_ARN, {}, name);
    await clock.advance(1_000);
    const first = await listed(stepFunctions, { maxResults: 2 });
    const second = await listed(stepFunctions, { maxResults: 2, nextToken: first.nextToken });
    const last = await listed(stepFunctions, { maxResults: 2, nextToken: second.nextToken });

    expect([first.names, second.names, last.names]).toEqual([['five', 'four'], ['three', 'two'], ['one']]);
    expect(last.nextToken).toBeUndefined();
    await expect(listed(stepFunctions, { maxResults: 5 })).resolves.toMatchObject({ nextToken: undefined });
  });

  test('filters by status', async () => {
    const { clock, stepFunctions } = workflow(waiting);
    stepFunctions.start(MACHINE_ARN, {}, 'ended');
    await clock.advance(60_000);
    const { arn } = stepFunctions.start(MACHINE_ARN, {}, 'aborted');
    stepFunctions.abort(arn, 'Enough', 'by hand');
    stepFunctions.start(MACHINE_ARN, {}, 'running');
    await clock.advance(1_000);

    await expect(listed(stepFunctions, {})).resolves.toMatchObject({ names: ['running', 'aborted', 'ended'] });
    await expect(listed(stepFunctions, { statusFilter: 'RUNNING' })).resolves.toMatchObject({ names: ['running'] });
    await expect(listed(stepFunctions, { statusFilter: 'ABORTED' })).resolves.toMatchObject({ names: ['aborted'] });
  });

  test('refuses a state machine that does not exist', async () => {
    const { stepFunctions } = workflow(waiting);

    await expect(listed(stepFunctions, { stateMachineArn: `${MACHINE_ARN}x` })).rejects.toThrow(
      expect.objectContaining({ name: 'StateMachineDoesNotExist' }),
    );
  });
});

describe('the context object', () => {
  test('shows the execution, the state machine and the state on every attempt', async () => {
    const seen: Json[] = [];
    const context = {
      'id.$': '$$.Execution.Id',
      'name.$': '$$.Execution.Name',
      'input.$': '$$.Execution.Input.a',
      'started.$': '$$.Execution.StartTime',
      'machine.$': '$$.StateMachine.Id',
      'state.$': '$$.State.Name',
      'entered.$': '$$.State.EnteredTime',
      'retries.$': '$$.State.RetryCount',
    };
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 5, MaxAttempts: 1 }];
    const { run } = workflow(
      { Wait: { Type: 'Wait', Seconds: 2, Next: 'Work' }, Work: task({ Retry }, context) },
      async (payload) => {
        seen.push(payload);
        if (seen.length === 1) throw failure('Busy');
        return null;
      },
    );
    const { arn, name } = await run({ a: 1 });
    const expected = {
      id: arn,
      name,
      input: 1,
      started: '1970-01-01T00:00:00.000Z',
      machine: MACHINE_ARN,
      state: 'Work',
      entered: '1970-01-01T00:00:02.000Z',
    };
    expect(arn).toBe(`${MACHINE_ARN.replace('stateMachine', 'execution')}:${name}`);
    expect(seen).toEqual([
      { ...expected, retries: 0 },
      { ...expected, retries: 1 },
    ]);
  });
});

describe('starting an execution from a task', () => {
  const restart = (parameters: object): object =>
    task({ Resource: 'arn:aws:states:::states:startExecution', Parameters: parameters, ResultPath: '$.started' });
  const once = (start: object): Parameters<typeof workflow>[0] => ({
    'Again?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.again', BooleanEquals: true, Next: 'Again' }],
      Default: 'Done',
    },
    Again: start,
    Done: { Type: 'Succeed' },
  });

  test('returns its ARN, and does not wait for it', async () => {
    const states = once(
      restart({ 'StateMachineArn.$': '$$.StateMachine.Id', Name: 'second', Input: { again: false } }),
    );
    const { run, stepFunctions } = workflow(states);
    const { output } = await run({ again: true });
    const second = stepFunctions.executions()[1]!;
    expect(second).toMatchObject({ name: 'second', input: { again: false }, status: 'SUCCEEDED' });
    expect(output).toMatchObject({ started: { ExecutionArn: second.arn } });
  });

  test("reports a refusal with Step Functions' error name", async () => {
    const states = once(restart({ 'StateMachineArn.$': '$$.StateMachine.Id', Name: 'taken', Input: { again: false } }));
    const { run, stepFunctions } = workflow(states);
    stepFunctions.start(MACHINE_ARN, { again: false, other: 1 }, 'taken');
    expect(await run({ again: true })).toMatchObject({ error: 'StepFunctions.ExecutionAlreadyExistsException' });
  });
});

test('everything that passes between services is JSON', async () => {
  const received: Json[] = [];
  const { run } = workflow({ Work: task({}, { 'all.$': '$' }) }, async (payload) => {
    received.push(payload);
    return { at: new Date(0), gone: undefined, nothing: Number.NaN } as unknown as Json;
  });
  const input = { list: [1] };
  const { output } = await run(input);
  expect(received).toEqual([{ all: { list: [1] } }]);
  expect((received[0] as { all: unknown }).all).not.toBe(input);
  expect(output).toEqual({
    ExecutedVersion: '$LATEST',
    StatusCode: 200,
    Payload: { at: '1970-01-01T00:00:00.000Z', nothing: null },
  });
});

test('the history shows entered, failed, retried, caught and exited states', async () => {
  const states = {
    Work: task({
      Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
    }),
    Caught: { Type: 'Succeed' },
  };
  const { history } = await workflow(states, () => Promise.reject(failure('Busy'))).run();
  expect(history.map(({ at, type, state }) => [at, type, state])).toEqual([
    [0, 'entered', 'Work'],
    [0, 'failed', 'Work'],
    [1_000, 'retried', 'Work'],
    [1_000, 'failed', 'Work'],
    [1_000, 'caught', 'Work'],
    [1_000, 'exited', 'Work'],
    [1_000, 'entered', 'Caught'],
    [1_000, 'exited', 'Caught'],
  ]);
  expect(history[4]).toMatchObject({ next: 'Caught' });
});

test('two state machines may start each other, in any order of loading', () => {
  const { stepFunctions } = workflow(waiting);
  const other = `${MACHINE_ARN}2`;
  const starting = (arn: string): string =>
    JSON.stringify({
      StartAt: 'S',
      States: {
        S: { ...task({ Resource: 'arn:aws:states:::states:startExecution' }), Parameters: { StateMachineArn: arn } },
      },
    });
  expect(() =>
    stepFunctions.load(
      [
        { arn: MACHINE_ARN, name: 'One', definition: starting(other) },
        { arn: other, name: 'Two', definition: starting(MACHINE_ARN) },
      ],
      [FUNCTION_ARN],
    ),
  ).not.toThrow();
});
