import { InterfaceNotFree } from '../../../domain/errors';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { LEFT_BY_TAG } from '../../../domain/node/stateful-node';
import {
  aConfig,
  ALLOCATION_ID,
  anElasticIp,
  anIdentity,
  anInstance,
  anInterface,
  aNode,
  aVolume,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, MISSING_ID, NODE, NODES } from './requests';

const VOLUME_ID = 'vol-0123456789abcdef0';
const KIND = 'spotinst:aws:ec2:managedInstance:resource';

const items = [
  {
    id: 'eni-0123456789abcdef0',
    kind: 'interface',
    managedInstanceId: NODE_ID,
    state: 'in-use',
    usedBy: ['i-0123456789abcdef1'],
    isInUse: true,
    isLeft: true,
    expiresAt: '2026-11-07T10:00:00.000Z',
  },
  {
    id: VOLUME_ID,
    kind: 'volume',
    managedInstanceId: NODE_ID,
    state: 'available',
    usedBy: [],
    isInUse: false,
    isLeft: true,
    expiresAt: null,
  },
];

describe('The routes of resources', () => {
  it("list a node's", async () => {
    const { service, send } = anApi();
    const { status, body } = await send({ method: 'GET', path: `${NODE}/resources` });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ kind: KIND, items, count: 2 });
    expect(service.calls).toEqual([['resourcesOf', NODE_ID]]);
  });

  it('refuse to list those of a node that does not exist', async () => {
    const { status, body } = await anApi().send({ method: 'GET', path: `${NODES}/${MISSING_ID}/resources` });

    expect(status).toBe(400);
    expect(body.response.errors).toMatchObject([{ code: 'MANAGED_INSTANCE_DOESNT_EXIST', field: 'id' }]);
  });

  it.each([
    { query: '', shown: items, nextToken: undefined },
    { query: 'limit=1', shown: items.slice(0, 1), nextToken: 'eni-0123456789abcdef0' },
    { query: 'nextToken=eni-0123456789abcdef0', shown: items.slice(1), nextToken: undefined },
  ])('list everything that is left, page by page: $query', async ({ query, shown, nextToken }) => {
    const { body } = await anApi().send({ method: 'GET', path: '/holdfast/resources', query });

    expect(body.response).toMatchObject({ kind: 'holdfast:resource', items: shown, count: shown.length });
    expect(body.response.nextToken).toBe(nextToken);
  });

  it('delete one', async () => {
    const { service, send } = anApi();
    const { status, body } = await send({ method: 'DELETE', path: `${NODE}/resources/${VOLUME_ID}` });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ kind: KIND, items: [], count: 0 });
    expect(service.calls).toEqual([['deleteResource', NODE_ID, VOLUME_ID]]);
  });

  it('refuse to delete one that does not exist', async () => {
    const { status, body } = await anApi().send({ method: 'DELETE', path: `${NODE}/resources/vol-0000000000000000f` });

    expect(status).toBe(400);
    expect(body.response.errors).toEqual([
      {
        code: 'RESOURCE_DOESNT_EXIST',
        message: `EC2 shows no vol-0000000000000000f with the tags of this deployment and of ${NODE_ID}.`,
        field: 'resourceId',
      },
    ]);
  });

  it.each(['vol-1', 'snap-0123456789abcdef0', 'VOL-0123456789abcdef0', '%2e%2e'])('refuse %s', async (resourceId) => {
    const { service, send } = anApi();
    const { body } = await send({ method: 'DELETE', path: `${NODE}/resources/${resourceId}` });

    expect(body.response.errors).toEqual([
      {
        code: 'VALIDATION_ERROR',
        field: 'resourceId',
        message: 'must be the id of a resource, like vol-0123456789abcdef0',
      },
    ]);
    expect(service.calls).toEqual([]);
  });
});

const LEFT_BY = { key: LEFT_BY_TAG, value: NODE_ID };

/** A node has left its interface and a volume, and another one lives. */
async function portsAfterDeletion(): Promise<InMemoryPorts> {
  const ports = new InMemoryPorts(aNode({ id: 'smi-ffffffff' }));
  const origin = { nodeId: NODE_ID, isLeft: false };
  const [eni, volume] = [anInterface(), aVolume({ id: VOLUME_ID })];
  ports.seenInterfaces.set(INTERFACE_ID, eni);
  ports.listedInterfaces.push({ ...eni, origin });
  ports.seenVolumes.set(VOLUME_ID, volume);
  await ports.tags.set([INTERFACE_ID, VOLUME_ID], [LEFT_BY]);
  const other = { nodeId: 'smi-ffffffff', isLeft: false };
  ports.listedInterfaces.push({ ...anInterface({ id: 'eni-other', nodeId: 'smi-ffffffff' }), origin: other });
  ports.seenVolumes.set('vol-other', aVolume({ id: 'vol-other', nodeId: 'smi-ffffffff' }));
  ports.journal.splice(0);
  return ports;
}

const changesOf = ({ journal }: InMemoryPorts) => journal.filter((entry) => !/^(observe|list)/.test(entry));

describe('The resources of a living node', () => {
  it('are its instance, its interface, its volumes and its Elastic IP', async () => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const ports = new InMemoryPorts(aNode({ config, identity: anIdentity() }));
    const origin = { nodeId: NODE_ID, isLeft: false };
    ports.listedInstances.push({ ...anInstance({ id: OLD_INSTANCE_ID }), origin });
    ports.listedInterfaces.push({ ...anInterface(), origin });
    ports.listedElasticIps.push(anElasticIp({ interfaceId: undefined }));
    ports.seenVolumes.set(VOLUME_ID, aVolume({ id: VOLUME_ID }));

    const resources = await createNodeService(ports).resources.ofNode(NODE_ID);
    expect(resources.map(({ kind, id, leftBy }) => ({ kind, id, leftBy }))).toEqual([
      { kind: 'elasticIp', id: ALLOCATION_ID },
      { kind: 'interface', id: INTERFACE_ID },
      { kind: 'instance', id: OLD_INSTANCE_ID },
      { kind: 'volume', id: VOLUME_ID },
    ]);
  });

  it('are an empty list if EC2 shows none', async () => {
    await expect(createNodeService(new InMemoryPorts(aNode())).resources.ofNode(NODE_ID)).resolves.toEqual([]);
  });
});

describe('What a deleted node has left', () => {
  it("is shown as the node's, and among all that is left", async () => {
    const service = createNodeService(await portsAfterDeletion());
    const expected = [
      { kind: 'interface', id: INTERFACE_ID, leftBy: NODE_ID },
      { kind: 'volume', id: VOLUME_ID, leftBy: NODE_ID },
    ];

    await expect(service.resources.ofNode(NODE_ID)).resolves.toMatchObject(expected);
    await expect(service.resources.left()).resolves.toMatchObject(expected);
  });

  it('is nothing: then the node does not exist', async () => {
    const service = createNodeService(await portsAfterDeletion());

    await expect(service.resources.ofNode(MISSING_ID.replace('f', '0'))).rejects.toMatchObject({ name: 'NodeMissing' });
  });

  it.each([INTERFACE_ID, VOLUME_ID])('is deleted at a person’s request, and the log says so: %s', async (id) => {
    const ports = await portsAfterDeletion();
    await createNodeService(ports).resources.delete(NODE_ID, id);

    expect(changesOf(ports)).toEqual([`delete ${id}`]);
    expect(ports.logEntries.get(NODE_ID)).toEqual([
      {
        createdAt: NOW,
        severity: 'INFO',
        message: `${id}, which the deletion has left, is deleted at a person's request`,
      },
    ]);
  });

  it('is not deleted twice', async () => {
    const ports = await portsAfterDeletion();
    ports.seenVolumes.set(VOLUME_ID, aVolume({ id: VOLUME_ID, leftBy: NODE_ID, state: 'deleting' }));
    await createNodeService(ports).resources.delete(NODE_ID, VOLUME_ID);

    expect(changesOf(ports)).toEqual([]);
  });

  it.each([
    { name: 'is of another node', nodeId: NODE_ID, id: 'vol-other', error: { name: 'ResourceMissing' } },
    { name: 'is gone', nodeId: NODE_ID, id: 'vol-0000000000000000f', error: { name: 'ResourceMissing' } },
    {
      name: 'is of a node that exists',
      nodeId: 'smi-ffffffff',
      id: 'vol-other',
      error: {
        fieldErrors: [{ field: 'resourceId', message: 'smi-ffffffff still exists, so nothing of it is left yet' }],
      },
    },
  ])('is not deleted if it $name', async ({ nodeId, id, error }) => {
    const ports = await portsAfterDeletion();

    await expect(createNodeService(ports).resources.delete(nodeId, id)).rejects.toMatchObject(error);
    expect(changesOf(ports)).toEqual([]);
    expect(ports.logEntries.size).toBe(0);
  });

  it('is not deleted if it is in use', async () => {
    const ports = await portsAfterDeletion();
    ports.seenVolumes.set(
      VOLUME_ID,
      aVolume({ id: VOLUME_ID, leftBy: NODE_ID, state: 'in-use', instanceIds: ['i-1'] }),
    );

    await expect(createNodeService(ports).resources.delete(NODE_ID, VOLUME_ID)).rejects.toMatchObject({
      fieldErrors: [{ field: 'resourceId', message: expect.stringContaining('in use') as string }],
    });
    expect(changesOf(ports)).toEqual([]);
  });

  it('is not deleted if it is attached after the look', async () => {
    const ports = await portsAfterDeletion();
    ports.onCall = (entry) => {
      if (entry === `delete ${INTERFACE_ID}`) throw new InterfaceNotFree(`${INTERFACE_ID} is attached`);
    };

    await expect(createNodeService(ports).resources.delete(NODE_ID, INTERFACE_ID)).rejects.toThrow(InterfaceNotFree);
    expect(ports.seenInterfaces.has(INTERFACE_ID)).toBe(true);
  });

  it('is not deleted while the table is in doubt', async () => {
    const ports = await portsAfterDeletion();
    ports.tableIdentity = undefined;

    await expect(createNodeService(ports).resources.delete(NODE_ID, VOLUME_ID)).rejects.toMatchObject({
      name: 'TableInDoubt',
    });
    expect(changesOf(ports)).toEqual([]);
  });
});
