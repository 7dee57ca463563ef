/** What a node's operations did, over HTTP. */
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { operationItemSchema, visitItemSchema } from '../../../lambdas/api/operation-routes';
import type { OperationRecord } from '../../../domain/operation/operation-record';
import type { StateVisit } from '../../../domain/operation/state-visit';
import { aBusyNode, aNode, NODE_ID, OLD_INSTANCE_ID, REPLACEMENT_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, MISSING_ID, NODE, NODES } from './requests';

const at = (minute: number): string => `2026-11-02T10:${String(minute).padStart(2, '0')}:00.000Z`;
const instance = { instanceType: 'm7g.large', lifeCycle: 'spot' } as const;

const record = (minute: number, more: Partial<OperationRecord> = {}): OperationRecord => ({
  kind: 'replace',
  startedBy: 'interruption',
  executionId: 'arn:of:execution',
  generation: minute,
  takeovers: 0,
  startedAt: at(minute),
  endedAt: at(minute + 1),
  outcome: 'succeeded',
  before: { id: OLD_INSTANCE_ID, availabilityZone: 'eu-west-1a', ...instance },
  after: { id: REPLACEMENT_ID, ...instance },
  awayFrom: at(minute),
  awayTo: at(minute + 1),
  waits: [],
  seen: [{ instanceId: REPLACEMENT_ID, role: 'replacement', state: 'running', at: at(minute + 1) }],
  ...more,
});

async function portsWith(...records: readonly OperationRecord[]): Promise<InMemoryPorts> {
  const ports = new InMemoryPorts(aNode());
  for (const each of records) await ports.history.write(NODE_ID, each);
  return ports;
}

const ask = async (ports: InMemoryPorts, path: string, query = '') => {
  const { status, body } = await anApi({ service: createNodeService(ports) }).send({ method: 'GET', path, query });
  return { status, response: body.response };
};

it('has a record with its steps', async () => {
  const ports = await portsWith(record(1, { generation: 4 }));
  const step = {
    name: 'confirm-node',
    generation: 4,
    stateName: 'Confirm',
    enteredAt: at(1),
    outcome: 'done',
  } as const;
  await ports.log.append(NODE_ID, { createdAt: at(2), severity: 'INFO', message: 'ACTIVE', step });
  const { response } = await ask(ports, `${NODE}/operations`);

  expect(response.kind).toBe('spotinst:aws:ec2:managedInstance:operation');
  expect(response.items).toEqual([
    {
      kind: 'replace',
      startedBy: 'interruption',
      generation: 4,
      executionArn: 'arn:of:execution',
      startedAt: at(1),
      endedAt: at(2),
      outcome: 'succeeded',
      errorName: null,
      steps: [
        { step: 'confirm-node', state: 'Confirm', enteredAt: at(1), leftAt: at(2), outcome: 'done', errorName: null },
      ],
      instanceStates: [{ instanceId: REPLACEMENT_ID, role: 'replacement', state: 'running', at: at(2) }],
      before: { instanceId: OLD_INSTANCE_ID, availabilityZone: 'eu-west-1a', ...instance },
      after: { instanceId: REPLACEMENT_ID, availabilityZone: null, ...instance },
      address: { awayFrom: at(1), awayTo: at(2), awaySeconds: 60 },
    },
  ]);
  operationItemSchema.parse(response.items[0]);
});

it('has the operation under way first, once, and without an end', async () => {
  const busy = aBusyNode();
  const { startedAt } = busy.operation;
  // Written by a step that crashed before it ended the operation.
  const ports = await portsWith(record(1), record(9, { startedAt }));
  ports.nodeRecords.set(NODE_ID, busy);
  const { response } = await ask(ports, `${NODE}/operations`);

  expect(response.items).toMatchObject([{ startedAt, outcome: null, endedAt: null }, { startedAt: at(1) }]);
  expect(response.items).toHaveLength(2);
  const inRange = async (query: string) => (await ask(ports, `${NODE}/operations`, query)).response.items.length;
  await expect(inRange(`until=${at(5)}`)).resolves.toBe(1);
  await expect(inRange('kind=pause')).resolves.toBe(0);
});

it('has only replacements under that name, in pages', async () => {
  const ports = await portsWith(record(1), record(2, { kind: 'pause' }), record(3), record(5));
  const first = await ask(ports, `${NODE}/replacements`, 'limit=2');
  expect(first.response.items).toMatchObject([{ startedAt: at(5) }, { startedAt: at(3) }]);
  const query = `limit=2&nextToken=${encodeURIComponent(first.response.nextToken)}`;
  const second = await ask(ports, `${NODE}/replacements`, query);

  expect(second.response).toMatchObject({ count: 1, items: [{ startedAt: at(1) }] });
  expect(second.response).not.toHaveProperty('nextToken');
});

it.each([
  { query: 'since=yesterday', field: 'since' },
  { query: `since=${at(2)}&until=${at(1)}`, field: 'until' },
  { query: 'kind=recycle', field: 'kind' },
  { query: 'limit=101', field: 'limit' },
  { query: 'nextToken=2026-11-02', field: 'nextToken' },
])('refuses $query and names $field', async ({ query, field }) => {
  const { status, response } = await ask(await portsWith(), `${NODE}/operations`, query);

  expect(status).toBe(400);
  expect(response.errors).toMatchObject([{ code: 'VALIDATION_ERROR', field }]);
});

it('says that a node does not exist, as everywhere', async () => {
  const { response } = await ask(await portsWith(), `${NODES}/${MISSING_ID}/replacements`);

  expect(response.errors).toMatchObject([{ code: 'MANAGED_INSTANCE_DOESNT_EXIST' }]);
});

describe('what an operation passed from state to state', () => {
  const VISITS = `${NODE}/stateVisits`;
  const of = (minute: number, kind = 'replace') => `kind=${kind}&startedAt=${at(minute)}`;
  const visit: StateVisit = { stateName: 'Detach', enteredAt: at(1), attempts: 2, input: { nodeId: NODE_ID } };

  async function withVisits() {
    const ports = await portsWith(record(1, { executionId: 'arn:first' }), record(3, { executionId: 'arn:second' }));
    ports.visitsOf.set('arn:first', [
      { ...visit, leftAt: at(2), output: 7, error: { name: 'Throttled', message: 'slow down' } },
      visit,
    ]);
    return ports;
  }

  it('is that of the operation, and null stands for what there is not', async () => {
    const { response } = await ask(await withVisits(), VISITS, of(1));

    expect(response.kind).toBe('spotinst:aws:ec2:managedInstance:stateVisit');
    const common = { state: 'Detach', enteredAt: at(1), attempts: 2, input: { nodeId: NODE_ID } };
    expect(response.items).toEqual([
      { ...common, leftAt: at(2), output: 7, errorName: 'Throttled', errorMessage: 'slow down' },
      { ...common, leftAt: null, output: null, errorName: null, errorMessage: null },
    ]);
    visitItemSchema.parse(response.items[1]);
  });

  it('is limited by number and by the size of a response', async () => {
    const ports = await withVisits();
    await expect(ask(ports, VISITS, `${of(1)}&limit=1`)).resolves.toMatchObject({ response: { count: 1 } });
    ports.visitsOf.set('arn:first', [visit, { ...visit, output: 'x'.repeat(6_000_000) }]);
    await expect(ask(ports, VISITS, of(1))).resolves.toMatchObject({ response: { count: 1 } });
  });

  it('is that of the operation under way', async () => {
    const ports = await withVisits();
    const busy = aBusyNode();
    ports.nodeRecords.set(NODE_ID, busy);
    ports.visitsOf.set(busy.operation.executionId, [visit]);
    const { kind, startedAt } = busy.operation;
    const { response } = await ask(ports, VISITS, `kind=${kind}&startedAt=${startedAt}`);
    expect(response.count).toBe(1);
  });

  it.each(['', 'kind=replace'])('is that of the newest operation if none is named: %s', async (query) => {
    const ports = await withVisits();
    ports.visitsOf.set('arn:second', [{ ...visit, stateName: 'Confirm' }]);
    const { response } = await ask(ports, VISITS, query);
    expect(response.items).toMatchObject([{ state: 'Confirm' }]);
  });

  it('is empty for a node that has had no such operation', async () => {
    const { status, response } = await ask(await withVisits(), VISITS, 'kind=delete');
    expect([status, response.items]).toEqual([200, []]);
  });

  it('is empty if Step Functions has forgotten it', async () => {
    await expect(ask(await withVisits(), VISITS, of(3))).resolves.toMatchObject({
      status: 200,
      response: { items: [] },
    });
  });

  it.each([
    { query: of(2), field: 'startedAt' },
    { query: of(1, 'pause'), field: 'startedAt' },
    { query: of(1, 'recycle'), field: 'kind' },
    { query: 'kind=replace&startedAt=yesterday', field: 'startedAt' },
    { query: `${of(1)}&limit=501`, field: 'limit' },
  ])('refuses $query and names $field', async ({ query, field }) => {
    const { status, response } = await ask(await withVisits(), VISITS, query);

    expect(status).toBe(400);
    expect(response.errors).toMatchObject([{ code: 'VALIDATION_ERROR', field }]);
  });
});
