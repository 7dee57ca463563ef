/** The records that operations leave, on the real definitions, handlers, adapters and table. */
import type { DescribedOperation, HistoryQuery } from '../../domain/operation/operation-record';
import { plays, type Play } from './play';

const open = plays();

/** Requests to the table in a replacement: one of them is for the record of the operation. */
const BUDGET = { cold: 47, hot: 40 };

async function operationsOf(play: Play, query: Partial<HistoryQuery> = {}): Promise<readonly DescribedOperation[]> {
  const { operations } = await play.settle(play.service.operations(play.nodeId, { limit: 10, ...query }));
  return operations;
}

const secondsOf = (iso: string | null | undefined): number => Date.parse(iso ?? '') / 1000;

describe('a replacement after an interruption leaves a record', () => {
  it.each([
    {
      attachment: 'cold' as const,
      steps: ['take-node', 'await-termination', 'detach-eni', 'launch-instance', 'await-instance', 'confirm-node'],
      mostSeconds: 60,
    },
    {
      attachment: 'hot' as const,
      steps: [
        ...['take-node', 'launch-instance', 'await-instance', 'detach-eni', 'attach-eni', 'terminate-instance'],
        'confirm-node',
      ],
      mostSeconds: 10,
    },
  ])('with its steps, instances and address: $attachment', async ({ attachment, steps, mostSeconds }) => {
    const play = await open({ attachment });
    await play.create();
    await play.passSeconds(3600);
    const oldId = await play.interrupt();
    await play.untilIdle();
    const node = await play.node();
    const [operation, first] = await operationsOf(play);

    expect(operation?.record).toMatchObject({
      kind: 'replace',
      startedBy: 'interruption',
      outcome: 'succeeded',
      before: { id: oldId, lifeCycle: 'spot', availabilityZone: node.identity.availabilityZone },
      after: { id: node.instance?.id, availabilityZone: node.identity.availabilityZone },
    });
    expect(operation?.steps.filter(({ outcome }) => outcome === 'done').map(({ step }) => step)).toEqual(steps);
    expect(operation?.steps.every(({ stateName, leftAt }) => stateName !== null && leftAt !== null)).toBe(true);
    const states = operation?.instanceStates.map(({ role, state }) => `${role} ${state}`);
    expect(states).toEqual(expect.arrayContaining(['old shutting-down', 'replacement pending', 'replacement running']));
    expect(states?.includes('old terminated')).toBe(attachment === 'cold');

    const { awayFrom, awayTo } = operation!.record;
    const awaySeconds = secondsOf(awayTo) - secondsOf(awayFrom);
    expect(awaySeconds).toBeGreaterThan(1);
    expect(awaySeconds).toBeLessThan(mostSeconds);
    expect(node.lastReplacement).toEqual({ at: operation?.record.endedAt, awayFrom, awayTo });
    expect(first?.record).toMatchObject({ kind: 'launch', startedBy: 'request', outcome: 'succeeded' });
    expect(first?.record.before).toBeUndefined();
    expect(first?.record.awayFrom).toBeUndefined();
  });

  // The fewest that a replacement needs: a storm makes a thousand times as many within a few minutes.
  it.each([
    { attachment: 'cold' as const, most: BUDGET.cold },
    { attachment: 'hot' as const, most: BUDGET.hot },
  ])('for which the table gets one request more: $attachment', async ({ attachment, most }) => {
    const asked: string[] = [];
    const onDecision = ({ request }: { readonly request: { readonly action: string } }) =>
      void asked.push(request.action);
    const play = await open({ attachment, controlPlane: { onDecision } });
    await play.create();
    asked.splice(0);
    await play.interrupt();
    await play.untilIdle();

    expect(asked.filter((action) => action.startsWith('dynamodb:'))).toHaveLength(most);
  });
});

it('a replacement that fails leaves a record with the name of its error, and the next try another one', async () => {
  const play = await open();
  await play.create();
  play.fault = (command) =>
    command === 'RunInstances' ? { kind: 'error-before', code: 'UnauthorizedOperation' } : undefined;
  await play.interrupt();
  await play.untilIdle();
  const [failed] = await operationsOf(play);

  expect(failed?.record).toMatchObject({ kind: 'replace', outcome: 'failed' });
  expect(failed?.record.awayTo).toBeUndefined();
  expect(failed?.record.errorName).toEqual(expect.any(String));
  expect(failed?.record.awayFrom).toEqual(expect.any(String));
  expect((await play.node()).lastReplacement).toBeUndefined();
});

it('pauses, resumes and updates leave records, and a filter of the kind finds each', async () => {
  const play = await open();
  await play.create();
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  await play.ask((service) => service.act(play.nodeId, 'resume'));
  await play.ask((service) => service.update(play.nodeId, { name: 'another-name' }));
  const kindsOf = async (query?: Partial<HistoryQuery>) =>
    (await operationsOf(play, query)).map(({ record }) => `${record.kind} ${record.outcome}`);

  await expect(kindsOf()).resolves.toEqual([
    'adjust succeeded',
    'launch succeeded',
    'pause succeeded',
    'launch succeeded',
  ]);
  await expect(kindsOf({ kind: 'pause' })).resolves.toEqual(['pause succeeded']);
  const [pause] = await operationsOf(play, { kind: 'pause' });
  expect(pause?.record).toMatchObject({ awayFrom: expect.any(String) as string });
  expect(pause?.record.awayTo).toBeUndefined();
  expect(pause?.record.after).toBeUndefined();
});

it('what follows is a step of its own, and the step that ended the operation stays what it was', async () => {
  const play = await open();
  await play.create();
  await play.interrupt();
  await play.passSeconds(10);
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  const [, replaced] = await operationsOf(play);

  expect(replaced?.steps.slice(-2)).toMatchObject([
    { step: 'confirm-node', stateName: 'Confirm the node', outcome: 'done' },
    { step: 'wind-up', stateName: null, outcome: 'done' },
  ]);
});

it('an operation under way is the first of the list, and shows what it has done', async () => {
  const play = await open();
  await play.create();
  await play.interrupt();
  await play.passSeconds(10);
  const [current] = await operationsOf(play);

  expect(current?.record).toMatchObject({ kind: 'replace', awayFrom: expect.any(String) as string });
  expect(current?.record.outcome).toBeUndefined();
  expect(current?.steps.at(-1)).toMatchObject({ step: 'await-termination', leftAt: null, outcome: null });
  await expect(operationsOf(play, { kind: 'pause' })).resolves.toEqual([]);
  await play.untilIdle();
});
