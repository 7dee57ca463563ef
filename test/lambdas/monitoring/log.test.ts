/** The lines of a function's log, as they leave the process. */
import type { Context } from 'aws-lambda';
import { ServiceUnavailable } from '../../../domain/errors';
import { lambdaHandler, type CreateHandler } from '../../../lambdas/runtime';

const written: string[] = [];

beforeEach(() => {
  written.length = 0;
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  }
});

afterEach(() => jest.restoreAllMocks());

const lines = () => written.map((text) => JSON.parse(text) as Record<string, any>);
const contextOf = (awsRequestId: string) =>
  ({ awsRequestId, functionName: 'steps', memoryLimitInMB: '1024', invokedFunctionArn: 'arn:of:it' }) as Context;

/** Calls a function whose code does `work`, once for each request. */
async function invoke(
  work: (runtime: Parameters<CreateHandler<never>>[0], event: unknown) => void,
  ...requests: string[]
) {
  const handler = lambdaHandler<never>(
    (runtime) => async (event) => work(runtime, event),
    () => ({}),
  );
  for (const id of requests) await handler(id, contextOf(id), () => undefined);
}

test('each line has its level, its time, the deployment and the id of the request', async () => {
  await invoke(({ log }) => log.info('step done', { output: { taken: true } }), 'request-1');

  expect(lines()).toEqual([
    expect.objectContaining({
      level: 'INFO',
      message: 'step done',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      service: 'holdfast',
      function_request_id: 'request-1',
      output: { taken: true },
    }),
  ]);
});

test('what an invocation is about is on all of its further lines, and on none of the next one', async () => {
  await invoke(
    ({ log }, event) => {
      log.info('begins');
      if (event === 'first') log.about({ nodeId: 'smi-0a1b2c3d', generation: 4 });
      log.warn('goes on');
    },
    'first',
    'second',
  );

  expect(lines().map(({ function_request_id: id, message, nodeId }) => [id, message, nodeId])).toEqual([
    ['first', 'begins', undefined],
    ['first', 'goes on', 'smi-0a1b2c3d'],
    ['second', 'begins', undefined],
    ['second', 'goes on', undefined],
  ]);
});

test('an error has its name, its stack and its causes', async () => {
  const error = new ServiceUnavailable('DynamoDB', { cause: new TypeError('socket') });
  await invoke(({ log }) => log.error('request failed', { error }), 'request-1');

  expect(lines()[0]).toMatchObject({
    level: 'ERROR',
    error: {
      name: 'ServiceUnavailable',
      message: 'DynamoDB',
      stack: expect.stringContaining('log.test.ts') as string,
      cause: { name: 'TypeError', message: 'socket' },
    },
  });
});
