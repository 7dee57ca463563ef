import { createNodeService } from '../../../lambdas/api/create-node-service';
import type { NodeService } from '../../../lambdas/api/node-service';
import type { Usage } from '../../../domain/costs/usage';
import { aNode, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, FakeNodeService, MISSING_ID, NODE, NODES } from './requests';

const COSTS = `${NODE}/costs`;

describe('GET costs', () => {
  it.each([
    { name: 'the default range', query: '', asked: {} },
    {
      name: 'whole days, the last one to its end',
      query: 'fromDate=2026-11-01&toDate=2026-11-02',
      asked: { fromDate: '2026-11-01T00:00:00.000Z', toDate: '2026-11-03T00:00:00.000Z' },
    },
    {
      name: 'times in any time zone',
      query: 'fromDate=2026-11-01T10:00:00%2B02:00&toDate=2026-11-01T09:00:00Z',
      asked: { fromDate: '2026-11-01T08:00:00.000Z', toDate: '2026-11-01T09:00:00.000Z' },
    },
    {
      name: 'Unix seconds',
      query: 'fromDate=1793527200&toDate=1793530800',
      asked: { fromDate: '2026-11-01T10:00:00.000Z', toDate: '2026-11-01T11:00:00.000Z' },
    },
    {
      name: 'times with milliseconds',
      query: 'fromDate=2026-11-01T10:00:00.500Z',
      asked: { fromDate: '2026-11-01T10:00:00.500Z' },
    },
    { name: 'daily items', query: 'aggregationPeriod=daily', asked: { period: 'daily' } },
    {
      name: 'monthly items, as the Python SDK spells the parameter',
      query: 'aggregrationPeriod=monthly',
      asked: { period: 'monthly' },
    },
    {
      name: 'daily items in both spellings',
      query: 'aggregationPeriod=daily&aggregrationPeriod=daily',
      asked: { period: 'daily' },
    },
  ])('asks for $name', async ({ query, asked }) => {
    const { service, send } = anApi();
    const { status } = await send({ method: 'GET', path: COSTS, query });

    expect(status).toBe(200);
    expect(service.calls).toEqual([['costs', NODE_ID, { period: undefined, ...asked }]]);
  });

  it('returns what is known, rounded far below a cent, and lists the missing prices', async () => {
    const { body } = await anApi().send({ method: 'GET', path: COSTS });

    expect(body.response).toEqual({
      status: { code: 200, message: 'OK' },
      kind: 'spotinst:aws:ec2:managedInstance:costs',
      count: 1,
      items: [
        {
          fromDate: '2026-11-02T00:00:00.000Z',
          toDate: NOW,
          running: { value: 0.333333, unit: 'hours' },
          savings: { value: null, unit: 'percentage' },
          costs: { actual: null, potential: 0.3 },
          currency: 'USD',
          hours: 0.333333,
          spotHours: 0.333333,
          onDemandHours: 0,
          actualCost: null,
          onDemandCost: 0.3,
          savedCost: null,
          savingsPercent: null,
          missingPrices: [
            {
              lifeCycle: 'spot',
              instanceType: 'm7g.large',
              availabilityZone: 'eu-west-1a',
              product: 'Linux/UNIX',
              hours: 0.166667,
            },
            {
              lifeCycle: 'on_demand',
              instanceType: 'm7g.large',
              availabilityZone: null,
              product: 'Linux/UNIX',
              hours: 0.333333,
            },
          ],
          limits: [
            expect.stringContaining('list prices'),
            expect.stringContaining('instances only'),
            expect.stringContaining('from its launch'),
          ],
        },
      ],
    });
  });

  it.each([
    { name: 'all prices are known', costs: { actualCost: 48, onDemandCost: 192, savingsPercent: 75 }, percentage: 75 },
    { name: 'nothing ran', costs: { actualCost: 0, onDemandCost: 0, savingsPercent: undefined }, percentage: 0 },
    {
      name: 'an on-demand price is missing',
      costs: { actualCost: 48, onDemandCost: undefined, savingsPercent: undefined },
      percentage: null,
    },
  ])('returns the savings as a percentage: $name', async ({ costs, percentage }) => {
    const service = new FakeNodeService();
    const [shown] = await service.costs(NODE_ID, {});
    const { body } = await anApi({
      service: Object.assign(service, { costs: async () => [{ ...shown!, ...costs, hours: 48 }] }),
    }).send({ method: 'GET', path: COSTS });

    expect(body.response.items[0]).toMatchObject({
      running: { value: 48, unit: 'hours' },
      savings: { value: percentage, unit: 'percentage' },
      costs: { actual: costs.actualCost, potential: costs.onDemandCost ?? null },
    });
  });

  it('names every error of the query at once', async () => {
    const query = 'fromDate=yesterday&toDate=1763900000000&aggregationPeriod=hourly';
    const { service, send } = anApi();
    const { status, body } = await send({ method: 'GET', path: COSTS, query });

    const time = 'must be a time like 2026-11-23T08:00:00Z, Unix seconds like 1795420800, or a day like 2026-11-23';
    const fieldErrors = body.response.errors.map(({ field, message }: Record<string, string>) => [field, message]);
    expect(status).toBe(400);
    expect(fieldErrors).toEqual([
      ['fromDate', time],
      ['toDate', time],
      ['aggregationPeriod', 'must be daily or monthly'],
    ]);
    expect(service.calls).toEqual([]);
  });

  it('refuses two spellings with different values', async () => {
    const query = 'aggregationPeriod=daily&aggregrationPeriod=monthly';
    const { body } = await anApi().send({ method: 'GET', path: COSTS, query });

    expect(body.response.errors).toMatchObject([{ field: 'aggregrationPeriod', code: 'VALIDATION_ERROR' }]);
  });

  it('refuses a node that does not exist', async () => {
    const { body } = await anApi().send({ method: 'GET', path: `${NODES}/${MISSING_ID}/costs` });

    expect(body.response.errors).toMatchObject([{ code: 'MANAGED_INSTANCE_DOESNT_EXIST' }]);
  });
});

const aUsage = (overrides: Partial<Usage> = {}): Usage => ({
  instanceId: 'i-1',
  instanceType: 'm7g.large',
  lifeCycle: 'spot',
  availabilityZone: 'eu-west-1a',
  product: 'Linux/UNIX',
  from: '2026-11-01T10:00:00.000Z',
  ...overrides,
});

/** Returns a node service whose node has had these instances. */
function serviceWith(...usages: readonly Usage[]): { ports: InMemoryPorts; service: NodeService } {
  const ports = new InMemoryPorts(aNode());
  ports.usageOf.set(NODE_ID, usages);
  const prices = [{ at: '2026-08-01T00:00:00.000Z', usdPerHour: 1 }];
  ports.spotPrices.set('m7g.large|eu-west-1a|Linux/UNIX', prices);
  ports.onDemandPrices.set('m7g.large|Linux/UNIX', 4);
  return { ports, service: createNodeService(ports) };
}

describe('The costs of a node', () => {
  it('are those of the last 30 days, until now, in one item', async () => {
    const { service } = serviceWith(aUsage());

    await expect(service.costs(NODE_ID, {})).resolves.toEqual([
      {
        range: { from: '2026-10-04T10:00:00.000Z', to: NOW },
        hours: 48,
        spotHours: 48,
        onDemandHours: 0,
        actualCost: 48,
        onDemandCost: 192,
        savings: 144,
        savingsPercent: 75,
        missingPrices: [],
      },
    ]);
  });

  it('are split into days on request', async () => {
    const { service } = serviceWith(aUsage());
    const costs = await service.costs(NODE_ID, { fromDate: '2026-11-01T00:00:00.000Z', period: 'daily' });

    expect(costs.map(({ range, hours }) => [range.from.slice(0, 10), hours])).toEqual([
      ['2026-11-01', 14],
      ['2026-11-02', 24],
      ['2026-11-03', 10],
    ]);
  });

  it('fetch each needed price once, and no other price', async () => {
    const { ports, service } = serviceWith(
      aUsage({ from: '2026-09-01T00:00:00.000Z', to: '2026-09-02T00:00:00.000Z', instanceType: 'long.gone' }),
      aUsage({ from: '2026-10-31T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', lifeCycle: 'on_demand' }),
      aUsage({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' }),
      aUsage(),
    );
    await service.costs(NODE_ID, { period: 'daily' });

    expect([...ports.pricesAsked].sort()).toEqual(['m7g.large|Linux/UNIX', 'm7g.large|eu-west-1a|Linux/UNIX']);
  });

  it.each([
    {
      name: 'ended when the range begins',
      usage: { from: '2026-10-31T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
    },
    { name: 'was launched when the range ends', usage: { from: '2026-11-02T00:00:00.000Z' } },
    { name: 'was launched after the range', usage: { from: '2026-11-02T12:00:00.000Z' } },
  ])('fetch no price of an instance that $name', async ({ usage }) => {
    const { ports, service } = serviceWith(aUsage({ ...usage, instanceType: 'long.gone' }));
    const range = { fromDate: '2026-11-01T00:00:00.000Z', toDate: '2026-11-02T00:00:00.000Z' };

    await expect(service.costs(NODE_ID, range)).resolves.toMatchObject([{ hours: 0, actualCost: 0 }]);
    expect(ports.pricesAsked).toEqual([]);
  });

  it('include an instance that has no end yet, until now', async () => {
    const { service } = serviceWith(aUsage({ from: '2026-11-03T07:00:00.000Z' }));
    const [costs] = await service.costs(NODE_ID, { fromDate: '2026-11-03T09:00:00.000Z' });

    expect(costs).toMatchObject({ hours: 1, actualCost: 1 });
  });

  it('use the price of each type, zone and product, and a spot price for spot capacity only', async () => {
    const hour = { from: '2026-11-02T00:00:00.000Z', to: '2026-11-02T01:00:00.000Z' };
    const { ports, service } = serviceWith(
      aUsage(hour),
      aUsage({ ...hour, instanceId: 'i-2', availabilityZone: 'eu-west-1b' }),
      aUsage({ ...hour, instanceId: 'i-3', instanceType: 'm6g.large' }),
      aUsage({ ...hour, instanceId: 'i-4', product: 'Windows' }),
      aUsage({ ...hour, instanceId: 'i-5', instanceType: 'c7g.large', lifeCycle: 'on_demand' }),
    );
    const at = '2026-08-01T00:00:00.000Z';
    ports.spotPrices.set('m7g.large|eu-west-1b|Linux/UNIX', [{ at, usdPerHour: 10 }]);
    ports.spotPrices.set('m6g.large|eu-west-1a|Linux/UNIX', [{ at, usdPerHour: 100 }]);
    ports.spotPrices.set('m7g.large|eu-west-1a|Windows', [{ at, usdPerHour: 1000 }]);
    ports.onDemandPrices.set('m6g.large|Linux/UNIX', 40);
    ports.onDemandPrices.set('m7g.large|Windows', 400);
    ports.onDemandPrices.set('c7g.large|Linux/UNIX', 4000);
    const [costs] = await service.costs(NODE_ID, {});

    expect(costs).toMatchObject({ actualCost: 5111, onDemandCost: 4448, missingPrices: [] });
    expect(ports.pricesAsked).not.toContain('c7g.large|eu-west-1a|Linux/UNIX');
  });

  it('count an instance whose end was not seen until the launch of the next one, even after the range', async () => {
    const { service } = serviceWith(aUsage(), aUsage({ instanceId: 'i-2', from: '2026-11-02T10:00:00.000Z' }));
    const [costs] = await service.costs(NODE_ID, { toDate: '2026-11-03T00:00:00.000Z' });

    expect(costs).toMatchObject({ hours: 24 + 14 });
  });

  it.each([
    { name: 'a time in the future', query: { toDate: '2026-11-03T10:00:00.001Z' }, field: 'toDate' },
    {
      name: 'a range that ends before it begins',
      query: { fromDate: '2026-11-02T00:00:00.000Z', toDate: '2026-11-01T00:00:00.000Z' },
      field: 'toDate',
    },
  ])('are refused for $name', async ({ query, field }) => {
    const { ports, service } = serviceWith(aUsage());

    await expect(service.costs(NODE_ID, query)).rejects.toMatchObject({
      name: 'InvalidRequest',
      fieldErrors: [{ field }],
    });
    expect(ports.pricesAsked).toEqual([]);
  });

  it('are not available for a node that is being deleted', async () => {
    const { ports, service } = serviceWith(aUsage());
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    ports.writeMeanwhile(NODE_ID, { deletion });

    await expect(service.costs(NODE_ID, {})).rejects.toMatchObject({ name: 'NodeMissing' });
  });
});
