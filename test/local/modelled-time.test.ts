/** Time that the services other than EC2 take, in the local control plane. */
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { CreateHandler } from '../../lambdas/runtime';
import { LocalFunction, type RuntimeClients } from '../../local/lambda';
import { openSandbox, type Sandbox } from '../../local/sandbox';
import { modelledClients } from '../../local/modelled-clients';
import { LocalStepFunctions, type HistoryEntry } from '../../simulator/step-functions/step-functions';
import { modelledTimes } from '../../simulator/time/modelled-time';
import { Random } from '../../simulator/time/random';
import { VirtualClock } from '../../simulator/time/clock';
import { template } from '../infra/synthesized-stack';
import { definitionOf, FUNCTION_ARN, MACHINE_ARN, task } from './workflow';

const aFunction = {
  logicalId: 'F',
  name: 'F',
  arn: FUNCTION_ARN,
  entry: 'lambdas/f.ts',
  environment: {},
  timeoutSeconds: 5,
  asyncRetries: 2,
};

const error = (name: string, $fault: 'client' | 'server') =>
  new DynamoDBServiceException({ name, message: '', $fault, $metadata: {} });

/** A table client whose first calls fail. */
function clientsThatFail(failures: Error[]) {
  const clock = new VirtualClock(0);
  const sent: number[] = [];
  const send = async () => {
    sent.push(clock.now());
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return {};
  };
  const clients = { dynamodb: { send }, sfn: { send } } as unknown as RuntimeClients;
  const random = new Random(1);
  const modelled = modelledClients(clients, { clock, random, draw: modelledTimes(random) });
  const call = (client: 'dynamodb' | 'sfn') =>
    clock.settle((modelled[client].send as unknown as (command: object) => Promise<unknown>)({ input: {} }));
  return { clock, sent, call };
}

describe('A client in modelled time', () => {
  it('takes half of its time before the call has an effect, and half before the answer', async () => {
    const { clock, sent, call } = clientsThatFail([]);
    await call('sfn');

    expect([sent, clock.now()]).toEqual([[15], 30]);
  });

  it.each([
    { name: 'a throttle, twice', failures: ['ThrottlingException', 'ThrottlingException'], fault: 'client', tries: 3 },
    { name: 'an error of the service', failures: ['InternalServerError'], fault: 'server', tries: 2 },
  ] as const)('tries again after $name', async ({ failures, fault, tries }) => {
    const { sent, call } = clientsThatFail(failures.map((each) => error(each, fault)));

    await expect(call('dynamodb')).resolves.toEqual({});
    expect(sent).toHaveLength(tries);
  });

  it.each([
    { name: 'the third throttle', failures: Array.from({ length: 3 }, () => 'ThrottlingException'), tries: 3 },
    { name: 'a condition that failed', failures: ['ConditionalCheckFailedException'], tries: 1 },
  ])('gives up after $name', async ({ failures, tries }) => {
    const { sent, call } = clientsThatFail(failures.map((each) => error(each, 'client')));

    await expect(call('dynamodb')).rejects.toThrow();
    expect(sent).toHaveLength(tries);
  });
});

test('a task begins after as many transitions as lead to it', async () => {
  const clock = new VirtualClock(0);
  const begunAt: number[] = [];
  const stepFunctions = new LocalStepFunctions({
    clock,
    random: new Random(1),
    invokeFunction: async () => {
      begunAt.push(clock.now());
      return null;
    },
    transitionMs: () => 40,
  });
  const states = {
    First: task({ Next: 'Between' }),
    Between: { Type: 'Wait', Seconds: 1, Next: 'Last' },
    Last: task(),
  };
  stepFunctions.load([{ arn: MACHINE_ARN, name: 'Machine', definition: definitionOf(states) }], [FUNCTION_ARN]);
  stepFunctions.start(MACHINE_ARN, {});
  await clock.run();

  expect(begunAt).toEqual([40, 40 + 1_000 + 2 * 40]);
});

test('a warm invocation begins after its own time, a cold one after the start as well', async () => {
  const clock = new VirtualClock(0);
  const begunAt: number[] = [];
  const createHandler: CreateHandler = () => async () => void begunAt.push(clock.now());
  const client = { send: async () => ({}) } as never;
  const clients = {
    ec2: client,
    dynamodb: client,
    sfn: client,
    secrets: client,
    events: client,
    pricing: client,
    cloudwatch: client,
  };
  const options = { clock, random: new Random(1), clients, coldStarts: true, invocationMs: () => 20 };
  const target = new LocalFunction(aFunction, createHandler, options);
  await clock.settle(target.invoke({}));
  await clock.settle(target.invoke({}));

  const [cold = 0, warm = 0] = begunAt;
  expect(cold).toBeGreaterThanOrEqual(300 + 20);
  expect(warm - cold).toBe(20);
});

describe('The control plane in modelled time', () => {
  const clock = new VirtualClock();
  const taken: number[] = [];
  const onHistory = (_execution: unknown, { state, at }: HistoryEntry): void => {
    if (state === 'Take the node') taken.push(at);
  };
  const controlPlane = { modelledTime: true, coldStarts: false, schedules: false, onHistory };
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ clock, seed: 1, template, controlPlane });
  });
  afterAll(() => sandbox.plane.stop());

  it('lets an invocation with one read take the time of both', async () => {
    const startedAt = clock.now();
    const detail = { 'instance-id': 'i-0000000000000000f', state: 'running' };
    const event = { time: '2026-01-01T00:00:00Z', detail };
    await clock.settle(sandbox.plane.invoke('WakeWaiter', event));

    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(10 + 3);
    expect(clock.now() - startedAt).toBeLessThan(100);
  });

  it('lets a step with one read take a transition, an invocation and a call', async () => {
    // It looks up whose instance it is: nobody's.
    const detail = { 'instance-id': 'i-0000000000000000f', 'instance-action': 'terminate' };
    sandbox.plane.publish({ source: 'aws.ec2', 'detail-type': 'EC2 Spot Instance Interruption Warning', detail });
    await clock.run(() => !sandbox.plane.isBusy());
    const [entered = 0, exited = 0] = taken;

    // The longest invocation and call alone take 38 ms.
    expect(exited - entered).toBeGreaterThan(38);
    expect(exited - entered).toBeLessThanOrEqual(50 + 30 + 8);
  });
});
