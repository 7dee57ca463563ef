import { crashInvocation, FunctionFailed, LocalFunction } from '../../local/lambda';
import type { Json } from '../../simulator/json';
import type { CreateHandler } from '../../lambdas/runtime';
import { VirtualClock } from '../../simulator/time/clock';
import { Random } from '../../simulator/time/random';

const definition = {
  logicalId: 'F',
  name: 'F',
  arn: 'arn:aws:lambda:us-east-1:123456789012:function:F',
  entry: 'lambdas/f.ts',
  environment: { TABLE_NAME: 'nodes' },
  timeoutSeconds: 5,
  asyncRetries: 2,
};

function setup(createHandler: CreateHandler, send: () => Promise<unknown> = async () => ({}), coldStarts = false) {
  const clock = new VirtualClock(0);
  const client = { send } as never;
  const clients = {
    ec2: client,
    dynamodb: client,
    sfn: client,
    secrets: client,
    events: client,
    pricing: client,
    cloudwatch: client,
  };
  const target = new LocalFunction(definition, createHandler, { clock, random: new Random(1), clients, coldStarts });
  const invoke = async (payload: Json = {}): Promise<Json | FunctionFailed> => {
    const result = target.invoke(payload).catch((error: unknown) => error as FunctionFailed);
    let isDone = false;
    void result.finally(() => (isDone = true));
    await clock.run(() => isDone);
    return result;
  };
  return { clock, target, invoke };
}

const ec2 = (runtime: Parameters<CreateHandler>[0]): Promise<unknown> => runtime.ec2.send({} as never);

test("the handler gets the template's environment, JSON, and the clock's time", async () => {
  const { invoke } = setup((runtime) => async (event) => {
    await runtime.time.sleep(2_000);
    return { event, table: runtime.environment['TABLE_NAME'], now: runtime.time.now(), gone: undefined };
  });
  expect(await invoke({ a: 1 })).toEqual({ event: { a: 1 }, table: 'nodes', now: '1970-01-01T00:00:02.000Z' });
});

test('a handler that returns nothing returns null', async () => {
  expect(await setup(() => async () => undefined).invoke()).toBeNull();
});

test.each<[string, unknown, string, string]>([
  ['a named error', Object.assign(new Error('full'), { name: 'Busy' }), 'Busy', 'full'],
  ['a value that is not an error', 'a text', 'string', 'a text'],
])('%s is reported as Lambda reports it', async (_name, error, errorType, errorMessage) => {
  const failed = await setup(() => async () => {
    throw error;
  }).invoke();
  expect(failed).toBeInstanceOf(FunctionFailed);
  expect((failed as FunctionFailed).name).toBe(errorType);
  expect(JSON.parse((failed as FunctionFailed).message)).toMatchObject({
    errorType,
    errorMessage,
    trace: expect.any(Array),
  });
});

test('a function that exceeds its time limit is killed: none of its code runs after that', async () => {
  const done: string[] = [];
  const { invoke, clock } = setup((runtime) => async () => {
    await runtime.time.sleep(9_000);
    done.push('after the sleep');
  });
  expect(await invoke()).toMatchObject({ name: 'Sandbox.Timedout' });
  expect(clock.now()).toBe(5_000);
  await clock.run();
  expect(done).toEqual([]);
});

test('a killed function never gets the response to its call, but the call takes effect', async () => {
  const done: string[] = [];
  const clockBox: { clock?: VirtualClock } = {};
  const { invoke, clock } = setup(
    (runtime) => async () => {
      await ec2(runtime);
      done.push('heard');
    },
    async () => {
      await clockBox.clock?.sleep(7_000);
      done.push('effect');
      return {};
    },
  );
  clockBox.clock = clock;
  await invoke();
  await clock.run();
  expect(done).toEqual(['effect']);
});

describe('a crash', () => {
  const crashOnce = (): (() => Promise<unknown>) => {
    let calls = 0;
    return async () => {
      calls += 1;
      if (calls > 1) return {};
      crashInvocation();
      return new Promise(() => {});
    };
  };

  test('fails the invocation at once, and the next invocation gets a new instance', async () => {
    let instances = 0;
    const { invoke, clock } = setup((runtime) => {
      instances += 1;
      return async () => ec2(runtime);
    }, crashOnce());
    const failed = await invoke();
    expect(failed).toMatchObject({ name: 'Runtime.ExitError' });
    expect(JSON.parse((failed as FunctionFailed).message)).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(clock.now()).toBe(0);
    expect(await invoke()).toEqual({});
    expect(instances).toBe(2);
  });

  test('does not affect another invocation of the same function', async () => {
    const { target, clock } = setup(
      (runtime) => async (event) => {
        await runtime.time.sleep(1_000);
        if (event === 'crashes') await ec2(runtime);
        await runtime.time.sleep(1_000);
        return event;
      },
      crashOnce(),
    );
    const outcomes = Promise.allSettled([target.invoke('lives'), target.invoke('crashes')]);
    await clock.run();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('is an error outside of a function', () => {
    expect(() => crashInvocation()).toThrow('does not run inside of a function');
  });
});

describe('instances', () => {
  const counting = (): { createHandler: CreateHandler; made: () => number } => {
    let made = 0;
    return {
      createHandler: (runtime) => {
        made += 1;
        return async () => runtime.time.sleep(100);
      },
      made: () => made,
    };
  };

  test('sequential invocations share one instance; parallel ones have one each', async () => {
    const { createHandler, made } = counting();
    const { invoke, target, clock } = setup(createHandler);
    await invoke();
    await invoke();
    expect(made()).toBe(1);
    void target.invoke({});
    void target.invoke({});
    await clock.run();
    expect(made()).toBe(2);
  });

  test('a cold start, if enabled, takes 0.3 to 1.5 s, and happens again after ten idle minutes', async () => {
    const { createHandler, made } = counting();
    const { invoke, clock } = setup(createHandler, undefined, true);
    await invoke();
    expect(clock.now()).toBeGreaterThanOrEqual(400);
    expect(clock.now()).toBeLessThanOrEqual(1_600);
    const warm = clock.now();
    await invoke();
    expect(clock.now() - warm).toBe(100);
    await clock.advance(10 * 60_000 + 1);
    await invoke();
    expect(made()).toBe(2);
  });
});
