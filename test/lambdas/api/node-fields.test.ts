/** Sparse fields of the list: each item has what the request names, and nothing else. */
import { fieldsParameter, selectedNodeItem, selectedNodeItemSchema } from '../../../lambdas/api/node-fields';
import { listedNodeItem, listedNodeItemSchema, statusItem, statusItemSchema } from '../../../lambdas/api/node-items';
import { aBusyNode, aConfig, aNode, NODE_ID, NOW, OLD_INSTANCE_ID, VPC_ID } from '../../domain/builders';
import { anApi, FakeNodeService, NODES } from './requests';

const list = { method: 'GET', path: NODES };

describe('The list with fields', () => {
  it.each([
    { fields: 'id', item: { id: NODE_ID } },
    { fields: 'id,name,status', item: { id: NODE_ID, name: 'ledger', status: 'ACTIVE' } },
    { fields: 'status,id,id', item: { id: NODE_ID, status: 'ACTIVE' } },
    { fields: 'instanceId,publicIp', item: { instanceId: OLD_INSTANCE_ID, publicIp: null } },
    {
      fields: 'compute.launchSpecification.imageId,compute.vpcId',
      item: { compute: { vpcId: VPC_ID, launchSpecification: { imageId: 'ami-00000000000000001' } } },
    },
    { fields: 'compute,compute.vpcId', item: { compute: aConfig().compute } },
    { fields: 'config.name', item: { config: { name: 'ledger' } } },
    { fields: 'operation.kind', item: { operation: null } },
    { fields: 'description', item: {} },
    { fields: 'integrations.route53.domains', item: {} },
  ])('has only them: $fields', async ({ fields, item }) => {
    const { status, body } = await anApi().send({ ...list, query: `fields=${fields}` });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ count: 1, kind: 'spotinst:aws:ec2:managedInstance' });
    expect(body.response.items).toEqual([item]);
    selectedNodeItemSchema.parse(item);
  });

  it('has the inner fields of the operation under way', async () => {
    const service = new FakeNodeService(aBusyNode());
    const { body } = await anApi({ service }).send({ ...list, query: 'fields=operation.kind,operation.startedAt' });

    expect(body.response.items).toEqual([{ operation: { kind: 'replace', startedAt: NOW } }]);
  });

  it.each([
    { fields: 'id,colour', names: ['colour'] },
    { fields: 'colour,compute.colour,colour,id', names: ['colour', 'compute.colour'] },
    { fields: 'ID', names: ['ID'] },
    { fields: 'id,', names: [''] },
    { fields: '', names: [''] },
    { fields: 'id.', names: ['id.'] },
    { fields: 'name.length', names: ['name.length'] },
    { fields: 'compute.subnetIds.0', names: ['compute.subnetIds.0'] },
    { fields: 'compute.launchSpecification.tags.tagKey', names: ['compute.launchSpecification.tags.tagKey'] },
    { fields: '__proto__,constructor,toString', names: ['__proto__', 'constructor', 'toString'] },
  ])('is refused if a name is unknown, and each one is named: $fields', async ({ fields, names }) => {
    const { service, send } = anApi();
    const { status, body } = await send({ ...list, query: `fields=${fields}` });

    expect(status).toBe(400);
    expect(body.response.errors).toEqual(
      names.map((name) => ({
        code: 'VALIDATION_ERROR',
        field: 'fields',
        message: `"${name}" is not a field of a node; give names with commas between them, like id,name,status`,
      })),
    );
    expect(service.calls).toEqual([]);
  });

  it.each([
    { query: 'fields=id', counts: [1000, 1] },
    { query: '', counts: [1001] },
  ])('has at most 1000 nodes in a page, and the plain list as many as fit: "$query"', async ({ query, counts }) => {
    const idOf = (number: number) => `smi-${number.toString(16).padStart(8, '0')}`;
    const nodes = Array.from({ length: 1001 }, (_, index) => aNode({ id: idOf(index) }));
    const { send } = anApi({ service: new FakeNodeService(...nodes) });
    const first = await send({ ...list, query });
    const { count, nextToken } = first.body.response;
    const isCut = counts.length > 1;
    const rest = isCut ? [await send({ ...list, query: `${query}&nextToken=${nextToken}` })] : [];

    expect([count, ...rest.map(({ body }) => body.response.count)]).toEqual(counts);
    expect(nextToken).toBe(isCut ? idOf(999) : undefined);
    expect(rest.map(({ body }) => body.response.nextToken)).toEqual(isCut ? [undefined] : []);
  });

  it('keeps the plain items if there are none, whatever else the query has', async () => {
    const { body } = await anApi().send({ ...list, query: 'Fields=id&field=id' });

    expect(body.response.items).toEqual([listedNodeItem(aNode())]);
  });
});

test('every field of the list and of the status can be selected', () => {
  const node = aNode();
  const names = [...Object.keys(listedNodeItemSchema.shape), ...Object.keys(statusItemSchema.shape)];

  expect(selectedNodeItem(fieldsParameter.parse(names.join(',')))(node)).toEqual({
    ...listedNodeItem(node),
    ...statusItem(node),
  });
});

test('a name that the list and the status share has the same value in both', () => {
  const node = aBusyNode();
  const [listed, status] = [listedNodeItem(node), statusItem(node)];
  const shared = Object.keys(statusItemSchema.shape).filter((name) => name in listedNodeItemSchema.shape);

  expect(shared).toEqual(['id', 'name', 'createdAt']);
  expect([status.id, status.name, status.createdAt]).toEqual([listed.id, listed.name, listed.createdAt]);
});
