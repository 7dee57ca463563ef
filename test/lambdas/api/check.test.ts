/** The route that checks a configuration: it has the errors of the request that it stands for, and changes nothing. */
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { aConfig, aNode, anAccount, INTERFACE_ID, NODE_ID, SUBNET_A } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, MISSING_ID, NODE, NODES, type HttpRequest } from './requests';

const send = (ports: InMemoryPorts, request: HttpRequest) => anApi({ service: createNodeService(ports) }).send(request);
const check = (ports: InMemoryPorts, body: unknown) => send(ports, { method: 'POST', path: '/holdfast/check', body });

/** Returns the changes in the ports' journal. */
function changesOf({ journal }: InMemoryPorts): readonly string[] {
  return journal.filter((entry) => !/^(list|observe|look)/.test(entry));
}

it('accepts what a creation accepts, and creates nothing', async () => {
  const ports = new InMemoryPorts();
  const { status, body } = await check(ports, { managedInstance: aConfig() });

  expect({ status, items: body.response.items }).toEqual({ status: 200, items: [{ isValid: true, errors: [] }] });
  expect(changesOf(ports)).toEqual([]);
});

describe('of a creation', () => {
  it.each([
    { name: 'in the document', document: { name: '', compute: { vpcId: 'mine' } } },
    { name: 'against the account', document: aConfig({ compute: { subnetIds: [SUBNET_A, 'subnet-gone'] } }) },
    { name: 'more than a response shows', document: Object.fromEntries([...Array(200).keys()].map((n) => [n, n])) },
  ])('has every error that the creation has: $name', async ({ document: managedInstance }) => {
    const ports = new InMemoryPorts();
    const refused = await send(ports, { method: 'POST', path: NODES, body: { managedInstance } });
    expect(refused.status).toBe(400);
    const { status, body } = await check(ports, { managedInstance });

    expect(status).toBe(200);
    expect(body.response.items).toEqual([{ isValid: false, errors: refused.body.response.errors }]);
  });
});

describe('of an update', () => {
  /** The node has its address already: as a creation, the same document would be refused. */
  const held = () => {
    const ports = new InMemoryPorts(aNode());
    ports.seenAccount = anAccount({
      privateIpHolders: [{ interfaceId: INTERFACE_ID, subnetId: SUBNET_A, nodeId: NODE_ID }],
    });
    return ports;
  };
  const patch = { compute: { privateIp: '10.0.0.10' } };

  it("does not refuse the node's own address", async () => {
    const ports = held();
    const asUpdate = await check(ports, { managedInstance: patch, managedInstanceId: NODE_ID });
    const asCreation = await check(ports, { managedInstance: aConfig(patch) });

    expect(asUpdate.body.response.items).toEqual([{ isValid: true, errors: [] }]);
    expect(asCreation.body.response.items).toMatchObject([{ isValid: false }]);
    expect(changesOf(ports)).toEqual([]);
  });

  it('has every error that the update has', async () => {
    const managedInstance = { name: '', compute: { privateIp: '10.9.9.9' } };
    const refused = await send(held(), { method: 'PUT', path: NODE, body: { managedInstance } });
    const { body } = await check(held(), { managedInstance, managedInstanceId: NODE_ID });

    expect(refused.status).toBe(400);
    expect(body.response.items).toEqual([{ isValid: false, errors: refused.body.response.errors }]);
  });

  it.each([MISSING_ID, 'mine', ''])('says that there is no such node: %s', async (managedInstanceId) => {
    const { status, body } = await check(held(), { managedInstance: {}, managedInstanceId });

    expect(status).toBe(400);
    expect(body.response.errors).toMatchObject([{ code: 'MANAGED_INSTANCE_DOESNT_EXIST', field: 'managedInstanceId' }]);
  });
});

it.each([
  { body: {}, field: 'managedInstance' },
  { body: { managedInstance: {}, dryRun: true }, field: 'dryRun' },
])('refuses a request that is wrong in itself: $field', async ({ body: asked, field }) => {
  const { status, body } = await check(new InMemoryPorts(), asked);

  expect(status).toBe(400);
  expect(body.response.errors).toMatchObject([{ code: 'VALIDATION_ERROR', field }]);
});
