/** Events that reach a rule's targets without a caller: schedules, and status changes of executions. */
import type { ControlPlaneOptions } from '../../local/control-plane';
import type { CreateHandler } from '../../lambdas/runtime';
import { idle, start, templateWith, warning, type Ec2 } from './small-plane';
import { task } from './workflow';

describe('a schedule', () => {
  const everyMinute = templateWith({ Work: task() }, { ScheduleExpression: 'rate(1 minute)' });

  /** The seconds at which the waker was invoked, and its input. */
  async function minutes(waker: (event: unknown) => void, more: Partial<ControlPlaneOptions<Ec2>> = {}) {
    const received: { at: number; event: unknown }[] = [];
    const started = await start(
      { Work: task() },
      {
        steps: idle,
        waker: (runtime) => async (event) => {
          received.push({ at: runtime.time.now().getTime() / 1000, event });
          await runtime.time.sleep(2_000);
          waker(event);
          return 'looked';
        },
      },
      undefined,
      { template: everyMinute, ...more },
    );
    return { ...started, received };
  }

  test('fires on the clock, with its own event, until the control plane stops', async () => {
    const { plane, clock, received } = await minutes(() => undefined);
    await clock.advance(150_000);
    expect(received.map(({ at }) => at)).toEqual([60, 120]);
    expect(received[0]?.event).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '123456789012',
      time: '1970-01-01T00:01:00Z',
      region: 'us-east-1',
      resources: ['arn:aws:events:us-east-1:123456789012:rule/Extra'],
      detail: {},
    });
    await plane.stop();
    await clock.advance(600_000);
    expect(received).toHaveLength(2);
  });

  test('does not count as work while it waits, but does while its function runs', async () => {
    const { plane, clock } = await minutes(() => undefined);
    expect(plane.isBusy()).toBe(false);
    await clock.advance(61_000);
    expect(plane.isBusy()).toBe(true);
    await clock.advance(2_000);
    expect(plane.isBusy()).toBe(false);
    await plane.stop();
  });

  test('is retried twice when its function fails, and then abandoned', async () => {
    const isFirst = (event: unknown) => (event as { time: string }).time === '1970-01-01T00:01:00Z';
    const { plane, clock, received } = await minutes((event) => {
      if (isFirst(event)) throw new Error('not this time');
    });
    await clock.advance(600_000);
    expect(received.filter(({ event }) => isFirst(event)).map(({ at }) => at)).toEqual([60, 122, 244]);
    expect(plane.undelivered).toMatchObject([{ at: 246_000, functionName: 'Waker' }]);
    await plane.stop();
  });

  test('is not retried if the function has no retries', async () => {
    const Config = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Waker' }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
    };
    const { Resources } = everyMinute as { Resources: object };
    const fail = () => {
      throw new Error('never');
    };
    const { plane, clock, received } = await minutes(fail, { template: { Resources: { ...Resources, Config } } });
    await clock.advance(150_000);
    expect(received.map(({ at }) => at)).toEqual([60, 120]);
    expect(plane.undelivered.map(({ at }) => at)).toEqual([62_000, 122_000]);
    await plane.stop();
  });

  test('can be disabled', async () => {
    const { plane, clock, received } = await minutes(() => undefined, { schedules: false });
    await clock.advance(600_000);
    expect(received).toEqual([]);
    await plane.stop();
  });

  test("can fire on demand, and returns its function's result", async () => {
    const { plane, clock, received } = await minutes(() => undefined, { schedules: false });
    const result = plane.runSchedule('Extra');
    await clock.advance(2_000);
    expect(await result).toBe('looked');
    expect(received).toMatchObject([{ at: 0, event: { 'detail-type': 'Scheduled Event' } }]);
    await expect(plane.runSchedule('Other')).rejects.toThrow('Other matches 0 resources instead of one: Extra');
    await plane.stop();
  });

  test('must have an existing target', async () => {
    const Targets = [{ Arn: 'arn:of:nothing', Id: 'T' }];
    const broken = templateWith({ Work: task() }, { ScheduleExpression: 'rate(1 minute)', Targets });
    await expect(
      start({ Work: task() }, { steps: idle, waker: idle }, undefined, { template: broken }),
    ).rejects.toThrow('arn:of:nothing');
  });
});

describe('the status of executions', () => {
  const states = { Work: task() };

  async function statusEvents(statuses: readonly string[], steps: CreateHandler) {
    const received: any[] = [];
    const waker: CreateHandler = () => async (event) => void received.push(event);
    const pattern = { source: ['aws.states'], detail: { status: statuses, stateMachineArn: [{ Ref: 'Machine' }] } };
    const extra = templateWith(states, { EventPattern: pattern });
    const started = await start(states, { steps, waker }, undefined, { template: extra });
    return { ...started, received };
  }

  test('is an event on the bus, as Step Functions sends it', async () => {
    const { plane, settle, received } = await statusEvents(['RUNNING', 'SUCCEEDED'], () => async () => 'done');
    plane.publish(warning);
    await settle();
    const [execution] = plane.executions();
    const of = (status: string) => received.find(({ detail }) => detail.status === status);
    expect(of('RUNNING')).toMatchObject({ detail: { stopDate: null, output: null } });
    expect(of('SUCCEEDED')).toMatchObject({
      'detail-type': 'Step Functions Execution Status Change',
      resources: [execution?.arn],
      detail: {
        executionArn: execution?.arn,
        stateMachineArn: execution?.stateMachineArn,
        name: execution?.name,
        startDate: execution?.startedAt,
        stopDate: execution?.stoppedAt,
        input: JSON.stringify(warning),
        output: expect.stringContaining('done'),
        error: null,
      },
    });
  });

  test('includes the error of a failed execution', async () => {
    const { plane, settle, received } = await statusEvents(['FAILED'], () => async () => {
      throw Object.assign(new Error('full'), { name: 'Busy' });
    });
    plane.publish(warning);
    await settle();
    expect(received).toMatchObject([{ detail: { status: 'FAILED', error: 'Busy' } }]);
  });

  test('is sent for a stopped execution too', async () => {
    const { plane, clock, settle, received } = await statusEvents(['ABORTED'], (runtime) => async () => {
      await runtime.time.sleep(3_000);
    });
    plane.publish(warning);
    await clock.advance(1_000);
    plane.abort(plane.executions()[0]!.arn);
    expect(plane.isBusy()).toBe(true);
    await settle();
    expect(received).toMatchObject([{ detail: { status: 'ABORTED' } }]);
  });
});
