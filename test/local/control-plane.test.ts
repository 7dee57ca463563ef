import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { synthesizeTemplate } from '../../infra/app';
import { startControlPlane, type Ec2Hooks } from '../../local/control-plane';
import { synthesize } from '../../local/synthesize';
import type { CreateHandler } from '../../lambdas/runtime';
import { recordOf } from '../../simulator/step-functions/step-functions';
import { VirtualClock } from '../../simulator/time/clock';
import { idle, start, template, warning, type Ec2 } from './small-plane';
import { task, waitingTask } from './workflow';

test("an event starts its rule's state machine, with the event as input", async () => {
  const { plane, clock, settle } = await start({ Work: task() }, { steps: idle, waker: idle });
  plane.publish(warning);
  expect(plane.isBusy()).toBe(true);
  await settle();
  const [execution] = plane.executions();
  expect(execution).toMatchObject({ stateMachineName: 'Machine', input: warning, status: 'SUCCEEDED' });
  expect(clock.now()).toBeLessThanOrEqual(500);
});

test('an EC2 event wakes the waiting execution', async () => {
  let taskToken = '';
  const states = { Await: waitingTask({ TimeoutSeconds: 60 }) };
  const steps: CreateHandler = (runtime) => async (event) => {
    ({ taskToken } = event as { taskToken: string });
    await runtime.ec2.send(new DescribeVpcsCommand({}));
  };
  const waker: CreateHandler = (runtime) => async (event) => {
    await runtime.sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(event) }));
  };
  const change = { 'detail-type': 'change', detail: { state: 'running' } };
  const { plane, settle } = await start(states, { steps, waker }, ({ emit }) => ({
    client: { send: async () => emit(change) },
  }));
  plane.publish(warning);
  await settle();
  expect(plane.executions()[0]).toMatchObject({ status: 'SUCCEEDED', output: change });
});

test('a crash in an EC2 call fails that invocation, and the retry of the state succeeds', async () => {
  let calls = 0;
  const Retry = [{ ErrorEquals: ['Runtime.ExitError'], IntervalSeconds: 1, MaxAttempts: 2 }];
  const steps: CreateHandler = (runtime) => async () => {
    await runtime.ec2.send(new DescribeVpcsCommand({}));
    return calls;
  };
  const { plane, settle } = await start(
    { Work: task({ Retry, OutputPath: '$.Payload' }) },
    { steps, waker: idle },
    ({ onCrash }) => ({
      client: {
        send: async () => {
          calls += 1;
          if (calls === 1) {
            onCrash();
            await new Promise(() => {});
          }
        },
      },
    }),
  );
  plane.publish(warning);
  await settle();
  const [execution] = plane.executions();
  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: 2 });
  expect(execution?.history.map(({ type }) => type)).toEqual(['entered', 'failed', 'retried', 'exited']);
});

test('a function that fails on an event is retried after one minute and after two; then the event is undelivered', async () => {
  const attempts: number[] = [];
  const waker: CreateHandler = (runtime) => async () => {
    attempts.push(runtime.time.now().getTime());
    throw new Error('no');
  };
  const deliver = () => ({ copies: [0] });
  const { plane, settle } = await start({ Work: task() }, { steps: idle, waker }, undefined, { deliver });
  const event = { 'detail-type': 'change' };
  plane.publish(event);
  await settle();
  expect(attempts).toEqual([0, 60_000, 180_000]);
  expect(plane.undelivered).toMatchObject([{ at: 180_000, functionName: 'Waker', event }]);
});

test('the same seed gives the same run, and another seed gives another run', async () => {
  const runs = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const { plane, settle } = await start({ Work: task() }, { steps: idle, waker: idle }, undefined, { seed });
      plane.publish(warning);
      await settle();
      return JSON.stringify(plane.executions());
    }),
  );
  expect(runs[0]).toBe(runs[1]);
  expect(runs[0]).not.toBe(runs[2]);
});

test('a function is invoked by its logical id or a unique part of it', async () => {
  const steps: CreateHandler = () => async (event) => ({ event });
  const { plane } = await start({ Work: task() }, { steps, waker: idle });
  expect(await plane.invoke('Ste', { a: 1 })).toEqual({ event: { a: 1 } });
  await expect(plane.invoke('e', {})).rejects.toThrow('e matches 2 resources instead of one: Steps, Waker');
});

test('a rule whose target is not simulated is refused', async () => {
  const resources = (template({ Work: task() }) as { Resources: Record<string, unknown> }).Resources;
  const Targets = [{ Arn: 'arn:aws:sqs:us-east-1:123456789012:queue', Id: 'T' }];
  const Rule = { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['x'] }, Targets } };
  const refused = start({ Work: task() }, { steps: idle, waker: idle }, undefined, {
    template: { Resources: { ...resources, Rule } },
  });
  await expect(refused).rejects.toThrow('arn:aws:sqs');
});

test("the project's own template runs: definitions, patterns, functions and tables", async () => {
  const clock = new VirtualClock();
  const ec2 = (): Ec2 => ({ client: { send: async () => ({}) } });
  const plane = await startControlPlane({ clock, seed: 1, ec2, template: await synthesize() });
  expect(plane.stateMachineArn('ReplaceNode')).toContain(':stateMachine:');
  expect(plane.tableNames).toHaveLength(1);
  await plane.stop();
});

test('a stack that gets the table of another stack continues with its records', async () => {
  const entries = new Map<string, unknown>();
  const keptTables = { entries, onWrite: (key: string, value: unknown): void => void entries.set(key, value) };
  const open = (template: unknown) => {
    const ec2 = (): Ec2 => ({ client: { send: async () => ({}) } });
    return startControlPlane({ clock: new VirtualClock(), seed: 1, ec2, template, keptTables });
  };
  const before = await open(await synthesize());
  const [TableName] = before.tableNames;
  await before.dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: 'NODE' }, sk: { S: 'smi-1' } } }));
  await before.stop();
  const after = await open(synthesizeTemplate({ tableName: TableName! }));
  expect(after.tableNames).toEqual([TableName]);
  const Key = { pk: { S: 'NODE' }, sk: { S: 'smi-1' } };
  await expect(after.dynamodb.send(new GetItemCommand({ TableName, Key }))).resolves.toMatchObject({ Item: Key });
  await after.stop();
});

describe('executions of an earlier process', () => {
  const rows = (status: 'RUNNING' | 'SUCCEEDED') => {
    const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Machine';
    const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:one`;
    const record = { arn, name: 'one', stateMachineArn, stateMachineName: 'Machine', input: { a: 1 } };
    return [{ ...record, startedAt: -5_000, status, ...(status === 'RUNNING' ? {} : { stoppedAt: -1_000 }) }];
  };

  test('run again with the same ARN if they had not ended', async () => {
    const seen: unknown[] = [];
    const steps: CreateHandler = () => async (event) => {
      seen.push(event);
    };
    const Work = task({}, { 'id.$': '$$.Execution.Id', 'input.$': '$$.Execution.Input' });
    const executions = rows('RUNNING');
    const { plane, settle } = await start({ Work }, { steps, waker: idle }, undefined, { executions });
    expect(plane.executions()).toHaveLength(1);
    await settle();
    expect(plane.executions()).toMatchObject([{ ...executions[0], status: 'SUCCEEDED' }]);
    expect(seen).toEqual([{ id: executions[0]!.arn, input: { a: 1 } }]);
  });

  test('keep their names in use if they had ended', async () => {
    const { plane, settle } = await start({ Work: task() }, { steps: idle, waker: idle }, undefined, {
      executions: rows('SUCCEEDED'),
    });
    await settle();
    const [earlier] = plane.executions();
    expect(earlier).toMatchObject({ status: 'SUCCEEDED', history: [] });
    expect(() => plane.stepFunctions.start(earlier!.stateMachineArn, { a: 1 }, 'one')).toThrow('Already Exists');
  });

  test('are dropped if their state machine no longer exists', async () => {
    const executions = rows('RUNNING').map((each) => ({ ...each, stateMachineArn: 'arn:gone' }));
    const { plane } = await start({ Work: task() }, { steps: idle, waker: idle }, undefined, { executions });
    expect(plane.executions()).toEqual([]);
  });

  test('call onExecution when they begin and when they end', async () => {
    const statuses: unknown[] = [];
    const { plane, settle } = await start({ Work: task() }, { steps: idle, waker: idle }, undefined, {
      onExecution: ({ status }) => statuses.push(status),
    });
    plane.publish(warning);
    await settle();
    expect(statuses).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(recordOf(plane.executions()[0]!)).not.toHaveProperty('history');
  });
});

test('events that a function puts match rules on the bus, and are kept', async () => {
  const Entries = [{ Source: 'holdfast', DetailType: 'warning', Detail: '{"a":1}' }];
  const steps: CreateHandler = (runtime) => async () => {
    await runtime.events.send(new PutEventsCommand({ Entries }));
  };
  const { plane, clock } = await start({ Work: task() }, { steps, waker: idle });
  await plane.invoke('Steps', {});
  expect(plane.eventBridge.events()).toMatchObject([{ source: 'holdfast', detail: { a: 1 } }]);
  const event = plane.eventBridge.events()[0];
  expect(plane.executions()).toEqual([]);
  // Each run puts another event, so the runs never end.
  await clock.run(() => plane.executions().length > 0);
  expect(plane.executions()[0]).toMatchObject({ input: event });
});

test('EC2 receives the role of its caller', async () => {
  const callers: unknown[] = [];
  const withRoles = template({ Work: task() }) as { Resources: Record<string, { Properties: object }> };
  withRoles.Resources.StepsRole = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'steps' } } as never;
  Object.assign(withRoles.Resources.Steps!.Properties, { Role: { 'Fn::GetAtt': ['StepsRole', 'Arn'] } });
  const call: CreateHandler = (runtime) => async () => {
    await runtime.time.sleep(1);
    await runtime.ec2.send(new DescribeVpcsCommand({}));
  };
  const ec2 = ({ callerRoleArn }: Ec2Hooks): Ec2 => ({
    client: { send: async () => callers.push(callerRoleArn()) },
  });
  const { plane, clock } = await start({ Work: task() }, { steps: call, waker: call }, ec2, { template: withRoles });
  const invocations = Promise.all([plane.invoke('Steps', {}), plane.invoke('Waker', {})]);
  await clock.advance(1);
  await invocations;
  await plane.ec2.client.send(new DescribeVpcsCommand({}));
  expect(callers).toEqual(['arn:aws:iam::123456789012:role/steps', undefined, undefined]);
});

test('a template without an API has none', async () => {
  const { plane } = await start({ Work: task() }, { steps: idle, waker: idle });
  await expect(plane.request({ method: 'GET', path: '/' })).rejects.toThrow('no API');
});

test("the project's own API responds through the gateway, and accepts its token", async () => {
  const clock = new VirtualClock();
  const ec2 = (): Ec2 => ({ client: { send: async () => ({}) } });
  const plane = await startControlPlane({ clock, seed: 1, ec2, template: await synthesize(), token: 'mine' });
  const get = async (authorization?: string): Promise<number> => {
    let status = 0;
    const headers = { authorization };
    void plane.request({ method: 'GET', path: '/aws/ec2/managedInstance', headers }).then((response) => {
      ({ status } = response);
    });
    await clock.run(() => status !== 0);
    return status;
  };
  expect(JSON.parse(await plane.secret('Token'))).toEqual({ current: 'mine' });
  expect(await get()).toBe(401);
  expect(await get('Bearer mine')).toBe(200);
  await plane.stop();
});
