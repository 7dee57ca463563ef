/** The costs of a node after its operations, compared with EC2's own times. */
import type { Costs } from '../../domain/costs/costs';
import { plays, type Adjust, type Play } from './play';

const open = plays();
const HOUR_MS = 60 * 60 * 1000;
/** The longest time from the end of an instance to the operation that sees it, in hours. */
const NOTICED_WITHIN = 120 / 3600;

const onDemandOnly: Adjust = (document) => ({ ...document, strategy: { lifeCycle: 'on_demand' } });

async function costsOf(play: Play): Promise<Costs> {
  const [costs] = await play.settle(play.service.costs(play.nodeId, {}));
  if (costs === undefined) throw new Error('there is no item');
  return costs;
}

/** When the instance was launched, in EC2. */
async function launchedAt(play: Play): Promise<number> {
  const { instance } = await play.node();
  return play.sandbox.ec2.world.instances.get(instance?.id ?? '')?.launchedAt ?? NaN;
}

describe('the costs of a node', () => {
  test('count its instance from the launch on, and grow with time', async () => {
    const play = await open();
    await play.create();
    const from = await launchedAt(play);
    await play.passSeconds(10 * 3600);
    const costs = await costsOf(play);

    expect(costs.hours).toBeCloseTo((play.clock.now() - from) / HOUR_MS, 2);
    expect(costs.spotHours).toBe(costs.hours);
    expect(costs.missingPrices).toEqual([]);
    expect(costs.onDemandCost).toBeCloseTo(costs.hours * 0.0816, 9);
    // The simulated prices are between these shares of the on-demand price.
    expect(costs.actualCost).toBeGreaterThan(0.25 * 0.0816 * costs.hours);
    expect(costs.actualCost).toBeLessThan(0.45 * 0.0816 * costs.hours);
    expect(costs.savingsPercent).toBeGreaterThan(50);
  });

  test.each(['cold' as const, 'hot' as const])(
    'continue with the replacement after an interruption, and end for the old instance (%s)',
    async (attachment) => {
      const play = await open({ attachment });
      await play.create();
      const firstFrom = await launchedAt(play);
      await play.passSeconds(3600);
      await play.interrupt();
      await play.untilIdle();
      const seenBy = play.clock.now();
      const secondFrom = await launchedAt(play);
      await play.passSeconds(3600);
      const costs = await costsOf(play);

      const second = (play.clock.now() - secondFrom) / HOUR_MS;
      const first = costs.hours - second;
      expect(first).toBeGreaterThan(1);
      expect(first).toBeLessThanOrEqual((seenBy - firstFrom) / HOUR_MS + 0.001);
      expect(first).toBeLessThan(1 + NOTICED_WITHIN);
    },
  );

  test('do not grow while the node is paused', async () => {
    const play = await open();
    await play.create();
    await play.passSeconds(3600);
    await play.ask((service) => service.act(play.nodeId, 'pause'));
    const paused = await costsOf(play);
    await play.passSeconds(10 * 3600);

    expect(await costsOf(play)).toMatchObject({ hours: paused.hours, actualCost: paused.actualCost });
    expect(paused.hours).toBeGreaterThan(1);
    expect(paused.hours).toBeLessThan(1 + NOTICED_WITHIN);
  });

  test('on on-demand capacity save nothing', async () => {
    const play = await open();
    await play.create(onDemandOnly);
    await play.passSeconds(3600);
    const costs = await costsOf(play);

    expect(costs).toMatchObject({ spotHours: 0, savings: 0, savingsPercent: 0, actualCost: costs.onDemandCost });
    expect(costs.onDemandHours).toBeGreaterThan(1);
  });

  test('do not count instances that never carried the node', async () => {
    const play = await open();
    await play.create();
    await play.interrupt();
    await play.untilEntered('Cold: wait until the replacement runs');
    await play.passSeconds(3);
    const [replacementId] = play.liveInstanceIds();
    await play.terminateByHand(replacementId ?? '');
    await play.untilIdle();

    // The first instance, the one that was terminated, and the one that carries the node.
    expect(play.callsOf('RunInstances').length).toBe(3);
    const costs = await costsOf(play);
    const { instance } = await play.node();
    expect(instance?.id).not.toBe(replacementId);
    const lived = (play.clock.now() - Date.parse('2026-01-01T00:00:00Z')) / HOUR_MS;
    expect(costs.hours).toBeLessThan(lived + 0.001);
  });

  test('of a failed node end with its instance', async () => {
    const play = await open();
    await play.create((document) => ({ ...document, strategy: { fallbackToOd: false } }));
    const { ec2, account } = play.sandbox;
    for (const instanceType of ['m7g.large', 'm6g.large']) {
      const availabilityZone = account.availabilityZones[0];
      ec2.setCapacity({ instanceType, availabilityZone, lifeCycle: 'spot' }, 0);
    }
    await play.interrupt();
    await play.untilIdle();
    const before = await costsOf(play);
    await play.passSeconds(60);

    expect((await play.node()).status).toBe('ERROR');
    expect((await costsOf(play)).hours).toBe(before.hours);
  });

  test('are right after a crash: no end is lost, and nothing counts twice', async () => {
    const play = await open();
    await play.create();
    await play.passSeconds(3600);
    let describes = 0;
    // Only the step that confirms the node looks at the address.
    play.fault = (command) =>
      command === 'DescribeAddresses' && (describes += 1) === 1 ? { kind: 'crash-after' } : undefined;
    await play.interrupt();
    await play.untilIdle();

    expect(describes).toBeGreaterThan(1);
    expect((await play.node()).status).toBe('ACTIVE');
    const { hours } = await costsOf(play);
    expect(hours).toBeGreaterThan(1);
    expect(hours).toBeLessThan(1 + 2 * NOTICED_WITHIN);
  });

  test('are given by the day, and name what has no price', async () => {
    const play = await open();
    const imageId = play.sandbox.ec2.addImage({ name: 'windows', architecture: 'arm64', platformDetails: 'Windows' });
    await play.create(({ compute, ...document }) => ({
      ...document,
      compute: { ...compute, product: 'Windows', launchSpecification: { ...compute.launchSpecification, imageId } },
    }));
    await play.passSeconds(30 * 3600);
    const costs = await play.settle(
      play.service.costs(play.nodeId, { fromDate: '2026-01-01T00:00:00.000Z', period: 'daily' }),
    );

    expect(costs.map(({ range }) => range.from)).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
    expect(costs[1]).toMatchObject({
      actualCost: undefined,
      onDemandCost: undefined,
      savings: undefined,
      missingPrices: [
        { lifeCycle: 'on_demand', product: 'Windows' },
        { lifeCycle: 'spot', product: 'Windows', availabilityZone: 'us-east-1a' },
      ],
    });
    expect(costs[1]?.missingPrices.map(({ hours }) => hours)).toEqual([costs[1]?.hours, costs[1]?.hours]);
  });
});
