/** The states of an execution, as Step Functions returns their events: page by page, and newest first. */
import { SFNServiceException, type GetExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import { Throttled } from '../../../domain/errors';
import { executionHistory } from '../../../lambdas/adapters/execution-history';
import { failure, MACHINE_ARN, task, workflow, type States, type Workflow } from '../../local/workflow';

// The validator compiles its schemas anew for every definition, which would be most of this file's time.
jest.mock('asl-validator', () => ({ __esModule: true, default: () => ({ isValid: true }) }));

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const MOST = 100;

const visitsOf = async ({ stepFunctions }: Workflow, arn: string, limit = MOST) =>
  executionHistory(stepFunctions.client).visits(arn, limit);

/** Throws each error in turn, then returns what comes after them. */
function failing(...errors: readonly (Error | number)[]) {
  const results = [...errors];
  return async () => {
    const next = results.shift();
    if (next instanceof Error) throw next;
    return next ?? null;
  };
}

async function ended(states: States, invoke: () => Promise<number | null>) {
  const machine = workflow(states, invoke);
  const { arn } = await machine.run({ nodeId: 'smi-1' });
  return { machine, arn };
}

const BUSY = { ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 2 };
const TAKEN = { ExecutedVersion: '$LATEST', Payload: 7, StatusCode: 200 };

test('a state has its input and output, and those of a choice are known, too', async () => {
  const states = {
    Work: task({ Next: 'Which', ResultSelector: { 'done.$': '$.Payload' } }),
    Which: { Type: 'Choice', Choices: [{ Variable: '$.done', NumericEquals: 7, Next: 'End' }], Default: 'End' },
    End: { Type: 'Succeed' },
  };
  const { machine, arn } = await ended(states, failing(7));
  const times = { enteredAt: at(0), leftAt: at(0) };
  await expect(visitsOf(machine, arn)).resolves.toEqual([
    { stateName: 'End', attempts: 0, input: { done: 7 }, output: { done: 7 }, ...times },
    { stateName: 'Which', attempts: 0, input: { done: 7 }, output: { done: 7 }, ...times },
    { stateName: 'Work', attempts: 1, input: { nodeId: 'smi-1' }, output: { done: 7 }, ...times },
  ]);
});

test('a state that was tried again has the number of attempts and the last error', async () => {
  const { machine, arn } = await ended({ Work: task({ Retry: [BUSY] }) }, failing(failure('Busy'), 7));
  await expect(visitsOf(machine, arn)).resolves.toEqual([
    {
      stateName: 'Work',
      enteredAt: at(0),
      leftAt: at(1),
      attempts: 2,
      input: { nodeId: 'smi-1' },
      output: TAKEN,
      error: { name: 'Busy', message: 'because' },
    },
  ]);
});

test('an error that is caught is in the output, and the message of a function is without its stack', async () => {
  const states = {
    Work: task({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'End' }] }),
    End: { Type: 'Succeed' },
  };
  const cause = JSON.stringify({ errorType: 'SubnetFull', errorMessage: 'no address is free', trace: ['at …'] });
  const { machine, arn } = await ended(states, failing(failure('SubnetFull', cause)));
  const [, work] = (await visitsOf(machine, arn)) ?? [];
  expect(work).toMatchObject({
    attempts: 1,
    leftAt: at(0),
    output: { nodeId: 'smi-1', error: { Error: 'SubnetFull', Cause: cause } },
    error: { name: 'SubnetFull', message: 'no address is free' },
  });
});

test('a state in which the execution failed was not left, and says why', async () => {
  const states = {
    Work: task({ Next: 'Refuse' }),
    Refuse: { Type: 'Fail', Error: 'NoCapacity', Cause: 'all are full' },
  };
  const { machine, arn } = await ended(states, failing(7));
  const [refuse] = (await visitsOf(machine, arn)) ?? [];
  expect(refuse).toEqual({
    stateName: 'Refuse',
    enteredAt: at(0),
    attempts: 0,
    input: TAKEN,
    error: { name: 'NoCapacity', message: 'all are full' },
  });
});

test('a task that has timed out says so', async () => {
  const states = { Work: task({ TimeoutSeconds: 3 }) };
  const { machine, arn } = await ended(states, () => new Promise(() => undefined));
  await expect(visitsOf(machine, arn)).resolves.toMatchObject([{ error: { name: 'States.Timeout' } }]);
});

test('the state of an execution under way has no output yet', async () => {
  const machine = workflow({ Hold: { Type: 'Wait', Seconds: 60, End: true } });
  const { arn } = machine.stepFunctions.start(MACHINE_ARN, { a: 1 });
  await machine.clock.advance(1_000);
  await expect(visitsOf(machine, arn)).resolves.toEqual([
    { stateName: 'Hold', enteredAt: at(0), attempts: 0, input: { a: 1 } },
  ]);
});

test('an execution that is no longer known has no states to show', async () => {
  const { machine, arn } = await ended({ Work: task() }, failing(7));
  await expect(visitsOf(machine, `${arn}-another`)).resolves.toBeUndefined();
});

describe('a long execution', () => {
  /** 500 rounds of a task and a choice: five events and two. */
  const states = {
    Work: task({ ResultSelector: { 'round.$': '$.Payload' }, Next: 'Again' }),
    Again: { Type: 'Choice', Choices: [{ Variable: '$.round', NumericLessThan: 500, Next: 'Work' }], Default: 'End' },
    End: { Type: 'Succeed' },
  };
  const rounds = () => {
    let round = 0;
    return async () => ++round;
  };

  test('has its last states, and is read no further than they need', async () => {
    const { machine, arn } = await ended(states, rounds());
    const { client } = machine.stepFunctions;
    const asked: unknown[] = [];
    const counted = {
      send: (command: GetExecutionHistoryCommand) => (asked.push(command.input), client.send(command)),
    };
    const visits = await executionHistory(counted as typeof client).visits(arn, 3);
    expect(visits?.map(({ stateName }) => stateName)).toEqual(['End', 'Again', 'Work']);
    expect(visits?.at(-1)).toMatchObject({ output: { round: 500 } });
    expect(asked).toHaveLength(1);
  });

  test('has as many as were asked for, from several pages', async () => {
    const { machine, arn } = await ended(states, rounds());
    const visits = (await visitsOf(machine, arn, 500)) ?? [];
    expect(visits).toHaveLength(500);
    expect(visits.every(({ output }) => output !== undefined)).toBe(true);
    await expect(visitsOf(machine, arn, 5_000)).resolves.toHaveLength(1_001);
  });
});

describe('what Step Functions may return besides', () => {
  const onEvents = (...events: readonly Partial<HistoryEvent>[]) =>
    executionHistory({ send: async () => ({ events: [...events].reverse() }) } as never).visits('arn', MOST);

  test('data that it has left out', async () => {
    const entered = { type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Work' } } as const;
    const timestamp = new Date(1_000);
    const visits = await onEvents({ type: 'ExecutionStarted', timestamp }, { ...entered, timestamp });
    expect(visits).toEqual([{ stateName: 'Work', enteredAt: at(1), attempts: 0 }]);
  });

  test('a refusal that passes', async () => {
    const about = { $metadata: {}, message: 'slow down', $fault: 'client' } as const;
    const refused = new SFNServiceException({ ...about, name: 'ThrottlingException' });
    const history = executionHistory({ send: async () => Promise.reject(refused) } as never);
    await expect(history.visits('arn', MOST)).rejects.toThrow(Throttled);
  });
});
