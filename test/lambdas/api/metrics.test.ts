import type { Usage } from '../../../domain/costs/usage';
import type { InstanceSample } from '../../../domain/monitoring/instance-metrics';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { aNode, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, MISSING_ID, NODE, NODES } from './requests';

const METRICS = `${NODE}/metrics`;

const BEFORE: Usage = {
  instanceId: 'i-before',
  instanceType: 'm7g.large',
  lifeCycle: 'spot',
  availabilityZone: 'eu-west-1a',
  product: 'Linux/UNIX',
  from: '2026-11-03T07:00:00.000Z',
  to: '2026-11-03T08:30:00.000Z',
};
const PRESENT: Usage = {
  instanceId: 'i-present',
  instanceType: 'm6g.large',
  lifeCycle: 'on_demand',
  availabilityZone: 'eu-west-1b',
  product: 'Linux/UNIX',
  from: '2026-11-03T08:32:10.000Z',
};

const aSample = (at: string, cpuPercent?: number): InstanceSample => ({
  at,
  cpuPercent,
  networkInBytesPerSecond: 2_000,
  networkOutBytesPerSecond: undefined,
});

/** At NOW, 10:00. */
function measured() {
  const ports = new InMemoryPorts(aNode());
  ports.usageOf.set(NODE_ID, [BEFORE, PRESENT]);
  ports.samplesOf.set('i-before', [
    aSample('2026-11-03T08:25:00.000Z', 40),
    // It ran on for a while after it had lost the interface.
    aSample('2026-11-03T08:30:00.000Z', 1),
  ]);
  ports.samplesOf.set('i-present', [aSample('2026-11-03T08:30:00.000Z', 20), aSample('2026-11-03T09:00:00.000Z')]);
  return { ports, api: anApi({ service: createNodeService(ports) }) };
}

describe('GET metrics', () => {
  it('shows every instance of the range, newest first, while it carried the node', async () => {
    const { ports, api } = measured();
    const { status, body } = await api.send({ method: 'GET', path: METRICS });
    expect(status).toBe(200);
    expect(ports.metricsAsked).toEqual([
      'i-present,i-before from 2026-11-03T07:00:00.000Z to 2026-11-03T10:00:00.000Z every 300 s',
    ]);
    const sample = { networkInBytesPerSecond: 2_000, networkOutBytesPerSecond: null };
    expect(body.response).toMatchObject({ kind: 'spotinst:aws:ec2:managedInstance:metrics', count: 2 });
    expect(body.response.items).toEqual([
      {
        instanceId: 'i-present',
        instanceType: 'm6g.large',
        availabilityZone: 'eu-west-1b',
        lifeCycle: 'on_demand',
        from: PRESENT.from,
        to: NOW,
        periodSeconds: 300,
        samples: [
          { at: '2026-11-03T08:30:00.000Z', cpuPercent: 20, ...sample },
          { at: '2026-11-03T09:00:00.000Z', cpuPercent: null, ...sample },
        ],
      },
      {
        instanceId: 'i-before',
        instanceType: 'm7g.large',
        availabilityZone: 'eu-west-1a',
        lifeCycle: 'spot',
        from: BEFORE.from,
        to: BEFORE.to,
        periodSeconds: 300,
        samples: [{ at: '2026-11-03T08:25:00.000Z', cpuPercent: 40, ...sample }],
      },
    ]);
  });

  it('asks only about the instances of the range', async () => {
    const { ports, api } = measured();
    const query = 'since=2026-11-03T07:30:00Z&until=2026-11-03T08:31:00Z';
    const { body } = await api.send({ method: 'GET', path: METRICS, query });
    expect(body.response.items.map(({ instanceId }: { instanceId: string }) => instanceId)).toEqual(['i-before']);
    expect(ports.metricsAsked).toEqual([expect.stringMatching(/^i-before from/)]);
  });

  it('asks only about the newest instances if there is a limit', async () => {
    const { ports, api } = measured();
    const { body } = await api.send({ method: 'GET', path: METRICS, query: 'limit=1' });
    expect(body.response.items.map(({ instanceId }: { instanceId: string }) => instanceId)).toEqual(['i-present']);
    expect(ports.metricsAsked).toEqual([expect.stringMatching(/^i-present from/)]);
  });

  it('rounds what CloudWatch has calculated', async () => {
    const { ports, api } = measured();
    ports.samplesOf.set('i-present', [aSample('2026-11-03T09:00:00.000Z', 12.345678901234)]);
    const { body } = await api.send({ method: 'GET', path: METRICS, query: 'limit=1' });
    expect(body.response.items[0].samples[0].cpuPercent).toBe(12.35);
  });

  it('is empty for a node that has had no instance', async () => {
    const api = anApi({ service: createNodeService(new InMemoryPorts(aNode())) });
    const { status, body } = await api.send({ method: 'GET', path: METRICS });
    expect([status, body.response.items]).toEqual([200, []]);
  });

  it.each([
    { query: 'since=2026-11-03T10:00:00Z', errors: [['since', `must be in the past; it is ${NOW}`]] },
    { query: 'since=2026-11-03T09:00:00Z&until=2026-11-03T08:00:00Z', errors: [['until', 'must be after since']] },
    { query: 'limit=101', errors: [['limit', expect.anything()]] },
    { query: 'since=2026-07-01', errors: [['since', 'must be at most 90 days before until']] },
    {
      query: 'since=yesterday&until=1763900000000',
      errors: [
        ['since', expect.stringContaining('must be a time like')],
        ['until', expect.stringContaining('must be a time like')],
      ],
    },
  ])('refuses $query', async ({ query, errors }) => {
    const { ports, api } = measured();
    const { status, body } = await api.send({ method: 'GET', path: METRICS, query });
    expect(status).toBe(400);
    const shown = body.response.errors.map(({ field, message }: Record<string, string>) => [field, message]);
    expect(shown).toEqual(errors);
    expect(ports.metricsAsked).toEqual([]);
  });

  it('refuses a node that does not exist', async () => {
    const { body } = await anApi().send({ method: 'GET', path: `${NODES}/${MISSING_ID}/metrics` });
    expect(body.response.errors).toMatchObject([{ code: 'MANAGED_INSTANCE_DOESNT_EXIST' }]);
  });
});
