import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionStatus,
  InvalidToken,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  SFNServiceException,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { ReplacementLost, ServiceUnavailable, Throttled } from '../../../domain/errors';
import { operations, waitingTasks } from '../../../lambdas/adapters/step-functions';
import { EXECUTION_ID, NODE_ID } from '../../domain/builders';
import { STATE_MACHINE_ARN_PREFIX } from '../runtime';

const mock = mockClient(SFNClient);
const client = new SFNClient({ region: 'eu-west-1' });
const about = { $metadata: {}, message: 'because' };

const unanswered = [
  {
    name: 'throttled',
    error: new SFNServiceException({ ...about, name: 'ThrottlingException', $fault: 'client' }),
    ErrorClass: Throttled,
  },
  {
    name: 'out of order',
    error: new SFNServiceException({ ...about, name: 'InternalFailure', $fault: 'server' }),
    ErrorClass: ServiceUnavailable,
  },
  {
    name: 'not reached',
    error: Object.assign(new Error('socket'), { code: 'ECONNRESET' }),
    ErrorClass: ServiceUnavailable,
  },
  { name: 'misused', error: new TypeError('a mistake'), ErrorClass: TypeError },
];

beforeEach(() => mock.reset());

describe('Waiting tasks', () => {
  const tasks = waitingTasks(client);

  it('succeed with an output', async () => {
    mock.on(SendTaskSuccessCommand).resolves({});
    await tasks.succeed('the token', { instanceId: null });

    expect(mock.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
      taskToken: 'the token',
      output: '{"instanceId":null}',
    });
  });

  it('fail under the name that definitions match on', async () => {
    mock.on(SendTaskFailureCommand).resolves({});
    await tasks.fail('the token', new ReplacementLost('i-1 has ended'));

    expect(mock.commandCalls(SendTaskFailureCommand)[0]?.args[0].input).toEqual({
      taskToken: 'the token',
      error: 'ReplacementLost',
      cause: 'i-1 has ended',
    });
  });

  it.each([
    { name: 'timed out', error: new TaskTimedOut(about) },
    { name: 'is over', error: new TaskDoesNotExist(about) },
    { name: 'was never given', error: new InvalidToken(about) },
  ])('are left alone if the token $name', async ({ error }) => {
    mock.on(SendTaskSuccessCommand).rejects(error);
    mock.on(SendTaskFailureCommand).rejects(error);

    await expect(tasks.succeed('the token', {})).resolves.toBeUndefined();
    await expect(tasks.fail('the token', new ReplacementLost(''))).resolves.toBeUndefined();
  });

  it.each(unanswered)('throw if Step Functions is $name', async ({ error, ErrorClass }) => {
    mock.on(SendTaskSuccessCommand).rejects(error);

    await expect(tasks.succeed('the token', {})).rejects.toThrow(ErrorClass);
  });
});

describe('Operations', () => {
  const { start, hasEnded, running } = operations(client, STATE_MACHINE_ARN_PREFIX);
  const request = { nodeId: NODE_ID, reason: 'created' };

  it.each(['launch', 'replace'] as const)('%s: start their own state machine under the name given', async (kind) => {
    mock.on(StartExecutionCommand).resolves({});
    await start(kind, request, 'once');

    expect(mock.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: `${STATE_MACHINE_ARN_PREFIX}${kind}-node`,
      name: 'once',
      input: JSON.stringify(request),
    });
  });

  it('continue the trace of their caller, if there is one', async () => {
    mock.on(StartExecutionCommand).resolves({});
    await operations(client, STATE_MACHINE_ARN_PREFIX, () => 'Root=1-abc').start('launch', request, 'once');

    expect(mock.commandCalls(StartExecutionCommand)[0]?.args[0].input).toMatchObject({ traceHeader: 'Root=1-abc' });
  });

  it('start once: a second start under the name does nothing', async () => {
    mock.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists(about));

    await expect(start('launch', request, 'once')).resolves.toBeUndefined();
  });

  it('do not start if there is no state machine', async () => {
    mock.on(StartExecutionCommand).rejects(new StateMachineDoesNotExist(about));

    await expect(start('launch', request, 'once')).rejects.toThrow(StateMachineDoesNotExist);
  });

  it.each(Object.values(ExecutionStatus).map((status) => ({ status, ended: status !== 'RUNNING' })))(
    'have ended, whatever that was, unless they run: $status, $ended',
    async ({ status, ended }) => {
      mock.on(DescribeExecutionCommand).resolves({ status });

      await expect(hasEnded(EXECUTION_ID)).resolves.toBe(ended);
      expect(mock.commandCalls(DescribeExecutionCommand)[0]?.args[0].input).toEqual({ executionArn: EXECUTION_ID });
    },
  );

  it('have ended if Step Functions does not know them any more', async () => {
    mock.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist(about));

    await expect(hasEnded(EXECUTION_ID)).resolves.toBe(true);
  });

  it.each(unanswered)('have not ended only because Step Functions is $name', async ({ error, ErrorClass }) => {
    mock.on(DescribeExecutionCommand).rejects(error);

    await expect(hasEnded(EXECUTION_ID)).rejects.toThrow(ErrorClass);
  });

  it('that run are listed, of every state machine, page by page', async () => {
    const arnOf = (kind: string) => `${STATE_MACHINE_ARN_PREFIX}${kind}-node`;
    mock.on(ListExecutionsCommand).resolves({ executions: [] });
    const ofReplace = { stateMachineArn: arnOf('replace'), statusFilter: 'RUNNING', maxResults: 1000 } as const;
    const execution = (executionArn: string) => ({ ...about, executionArn }) as never;
    mock
      .on(ListExecutionsCommand, { ...ofReplace, nextToken: undefined })
      .resolves({ executions: [execution('first')], nextToken: 'second page' });
    // An empty page need not be the last.
    mock.on(ListExecutionsCommand, { ...ofReplace, nextToken: 'second page' }).resolves({ nextToken: 'third page' });
    mock
      .on(ListExecutionsCommand, { ...ofReplace, nextToken: 'third page' })
      .resolves({ executions: [execution('last')] });
    mock
      .on(ListExecutionsCommand, { ...ofReplace, stateMachineArn: arnOf('delete') })
      .resolves({ executions: [execution('of delete')] });

    await expect(running()).resolves.toEqual(new Set(['first', 'last', 'of delete']));
    const asked = mock.commandCalls(ListExecutionsCommand).map(({ args }) => args[0].input);
    expect(new Set(asked.map(({ stateMachineArn }) => stateMachineArn))).toEqual(
      new Set(['launch', 'replace', 'pause', 'adjust', 'delete'].map(arnOf)),
    );
    expect(asked).toHaveLength(7);
  });

  it.each(unanswered)('are not taken for ended because Step Functions is $name', async ({ error, ErrorClass }) => {
    mock.on(ListExecutionsCommand).rejects(error);

    await expect(running()).rejects.toThrow(ErrorClass);
  });

  it.each(unanswered)('do not start if Step Functions is $name', async ({ error, ErrorClass }) => {
    mock.on(StartExecutionCommand).rejects(error);

    await expect(start('launch', request, 'once')).rejects.toThrow(ErrorClass);
  });
});
