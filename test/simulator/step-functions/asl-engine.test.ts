import { failure, task, timeline, workflow } from '../../local/workflow';

// The validator compiles its schemas for every definition, which would take most of this file's time.
jest.mock('asl-validator', () => ({ __esModule: true, default: () => ({ isValid: true }) }));

describe('time', () => {
  test('a wait passes on the clock', async () => {
    const { run, clock } = workflow({ Wait: { Type: 'Wait', Seconds: 3600, Next: 'Done' }, Done: { Type: 'Succeed' } });
    const execution = await run();
    expect(execution.status).toBe('SUCCEEDED');
    expect(clock.now()).toBe(3_600_000);
    expect(timeline(execution)).toContain('3600 entered Done');
  });

  test('a wait until a timestamp passes on the clock', async () => {
    const { run, clock } = workflow({ Wait: { Type: 'Wait', TimestampPath: '$.until', End: true } });
    await run({ until: '1970-01-01T00:02:00Z' });
    expect(clock.now()).toBe(120_000);
  });

  test('retries back off on the clock, up to MaxDelaySeconds', async () => {
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 7, MaxAttempts: 3 }];
    const { run } = workflow({ Work: task({ Retry }) }, () => Promise.reject(failure('Busy')));
    const execution = await run();
    expect(timeline(execution).filter((line) => line.includes('retried'))).toEqual([
      '2 retried Work',
      '8 retried Work',
      '15 retried Work',
    ]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Busy', cause: 'because', stoppedAt: 15_000 });
  });

  test('full jitter is drawn from the seed', async () => {
    const delays = await Promise.all(
      [1, 2].map(async () => {
        const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1000, MaxAttempts: 1, JitterStrategy: 'FULL' }];
        const { run } = workflow({ Work: task({ Retry }) }, () => Promise.reject(failure('Busy')));
        return (await run()).stoppedAt;
      }),
    );
    expect(delays[0]).toBe(delays[1]);
    expect(delays[0]).toBeGreaterThan(0);
    expect(delays[0]).toBeLessThan(1_000_000);
  });

  test('a task that exceeds TimeoutSeconds fails with States.Timeout, and its result is ignored', async () => {
    const states = {
      Work: task({
        TimeoutSeconds: 5,
        Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.why', Next: 'Late' }],
      }),
      Late: { Type: 'Pass', End: true },
    };
    const { clock, run } = workflow(states, async () => {
      await clock.sleep(60_000);
      return 'result';
    });
    const execution = await run({ kept: 1 });
    expect(execution.stoppedAt).toBe(5_000);
    expect(execution.output).toMatchObject({ kept: 1, why: { Error: 'States.Timeout' } });
  });

  test('an execution that exceeds its TimeoutSeconds times out, and starts no further attempt', async () => {
    let attempts = 0;
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, MaxAttempts: 9 }];
    const { run, clock } = workflow(
      { Work: task({ Retry }) },
      () => {
        attempts += 1;
        return Promise.reject(failure('Busy'));
      },
      { TimeoutSeconds: 30 },
    );
    const execution = await run();
    await clock.run();
    expect(execution).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout', stoppedAt: 30_000 });
    expect(attempts).toBe(1);
  });

  test('a loop without a wait fails as on Step Functions: with a full history', async () => {
    const { run } = workflow({
      Again: { Type: 'Pass', Next: 'Is it over?' },
      'Is it over?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.over', BooleanEquals: true, Next: 'Over' }],
        Default: 'Again',
      },
      Over: { Type: 'Succeed' },
    });
    expect(await run({ over: false })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('definitions have the same meaning as on Step Functions', () => {
  const choice = (rule: object): Parameters<typeof workflow>[0] => ({
    Choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: 'yes', End: true },
    No: { Type: 'Pass', Result: 'no', End: true },
  });

  test.each<[string, object, unknown, 'yes' | 'no']>([
    ['null is not a number', { Variable: '$.v', NumericLessThan: 10 }, null, 'no'],
    ['a string is not a number', { Variable: '$.v', NumericLessThan: 10 }, '5', 'no'],
    ['a number is a number', { Variable: '$.v', NumericLessThan: 10 }, 5, 'yes'],
    ['a number is not a string', { Variable: '$.v', StringGreaterThan: 'a' }, 5, 'no'],
    ['a string that is not a timestamp', { Variable: '$.v', TimestampLessThan: '2026-01-01T00:00:00Z' }, '1', 'no'],
    [
      'an earlier timestamp',
      { Variable: '$.v', TimestampLessThan: '2026-01-01T00:00:00Z' },
      '2025-12-31T00:00:00Z',
      'yes',
    ],
    ['not present, and it is not', { Variable: '$.absent', IsPresent: false }, 1, 'yes'],
    ['not present, but it is', { Variable: '$.v', IsPresent: false }, 1, 'no'],
    ['not null', { Variable: '$.v', IsNull: false }, 1, 'yes'],
    [
      'not null in And',
      {
        And: [
          { Variable: '$.v', IsNull: false },
          { Variable: '$.v', NumericEquals: 1 },
        ],
      },
      1,
      'yes',
    ],
    ['not less', { Not: { Variable: '$.v', NumericLessThan: 10 } }, null, 'yes'],
  ])('%s', async (_name, rule, v, expected) => {
    expect((await workflow(choice(rule)).run({ v } as never)).output).toBe(expected);
  });

  test('a result at "$" replaces the input', async () => {
    const { run } = workflow(
      { Work: task({ ResultPath: '$', ResultSelector: { 'got.$': '$.Payload' } }) },
      async () => 7,
    );
    expect((await run({ was: 1 })).output).toEqual({ got: 7 });
  });

  test('an error at "$" replaces the input', async () => {
    const states = {
      Work: task({ Catch: [{ ErrorEquals: ['Busy'], ResultPath: '$', Next: 'Caught' }] }),
      Caught: { Type: 'Pass', End: true },
    };
    const { run } = workflow(states, () => Promise.reject(failure('Busy')));
    expect((await run({ was: 1 })).output).toEqual({ Error: 'Busy', Cause: 'because' });
  });
});
