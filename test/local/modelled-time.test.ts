/** Time that the services other than EC2 take, in the local control plane. */
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { RuntimeClients } from '../../local/lambda';
import { modelledClients } from '../../local/modelled-clients';
import { replaceOne } from '../../scripts/bench/replacement/one-node';
import { modelledTimes } from '../../simulator/time/modelled-time';
import { Random } from '../../simulator/time/random';
import { VirtualClock } from '../../simulator/time/clock';
import { template } from '../infra/synthesized-stack';

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

test('every transition and every invocation of a replacement takes its time', async () => {
  const { milestones, transitions } = await replaceOne('cold', 1, template);
  const {
    warnedAt,
    activeAt,
    terminateMs = 0,
    endingAt = 0,
    endedAt = 0,
    freeAt,
    launchMs,
    launchedAt,
    runningAt,
  } = milestones;
  const ofEc2 = terminateMs / 2 + (endedAt - endingAt) + (freeAt - endedAt) + launchMs / 2 + (runningAt - launchedAt);

  // The least times of as many transitions, and of an invocation for every other of them.
  expect(activeAt - warnedAt - ofEc2).toBeGreaterThan((transitions - 2) * 25 + (transitions / 2) * 10);
});
