import type { SeenVolume } from '../../../domain/node/observations';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { aNode, aVolume, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, MISSING_ID, NODE, NODES } from './requests';

const VOLUME_ID = 'vol-0123456789abcdef0';

describe('DELETE volume', () => {
  it('passes the node and the volume to the service', async () => {
    const { service, send } = anApi();
    const { status, body } = await send({ method: 'DELETE', path: `${NODE}/volume/${VOLUME_ID}` });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ kind: 'spotinst:aws:ec2:managedInstance', items: [], count: 0 });
    expect(service.calls).toEqual([['deleteVolume', NODE_ID, VOLUME_ID]]);
  });

  it.each(['vol-1', 'snap-0123456789abcdef0', 'vol-0123456789ABCDEF0', '%2e%2e'])('refuses %s', async (volumeId) => {
    const { service, send } = anApi();
    const { status, body } = await send({ method: 'DELETE', path: `${NODE}/volume/${volumeId}` });

    expect(status).toBe(400);
    expect(body.response.errors).toEqual([
      {
        code: 'VALIDATION_ERROR',
        field: 'volumeId',
        message: 'must be the id of a volume, like vol-0123456789abcdef0',
      },
    ]);
    expect(service.calls).toEqual([]);
  });

  it('names the volume id, and no unknown parameter', async () => {
    const { body } = await anApi().send({ method: 'DELETE', path: `${NODE}/volume/vol-1`, query: 'force=true' });

    const fields = body.response.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(['volumeId']);
  });

  it('refuses a node that does not exist', async () => {
    const { body } = await anApi().send({ method: 'DELETE', path: `${NODES}/${MISSING_ID}/volume/${VOLUME_ID}` });

    expect(body.response.errors).toMatchObject([{ code: 'MANAGED_INSTANCE_DOESNT_EXIST', field: 'id' }]);
  });
});

describe('A volume of a node', () => {
  function portsWith(seen: Partial<SeenVolume>): InMemoryPorts {
    const ports = new InMemoryPorts(aNode());
    ports.seenVolumes.set(VOLUME_ID, aVolume({ id: VOLUME_ID, ...seen }));
    return ports;
  }

  it('is deleted, and the log says so', async () => {
    const ports = portsWith({});
    await createNodeService(ports).deleteVolume(NODE_ID, VOLUME_ID);

    expect(ports.journal).toEqual([`observe ${VOLUME_ID}`, `delete ${VOLUME_ID}`]);
    expect(ports.logEntries.get(NODE_ID)).toEqual([
      { createdAt: NOW, severity: 'INFO', message: `volume ${VOLUME_ID} deleted` },
    ]);
  });

  it('that is already being deleted needs no call', async () => {
    const ports = portsWith({ state: 'deleting' });
    await createNodeService(ports).deleteVolume(NODE_ID, VOLUME_ID);

    expect(ports.journal).toEqual([`observe ${VOLUME_ID}`]);
  });

  it.each([
    { name: 'is in use', seen: { state: 'in-use', instanceIds: ['i-1'] } },
    { name: "is another node's", seen: { nodeId: 'smi-ffffffff' } },
  ])('that $name is not deleted', async ({ seen }) => {
    const ports = portsWith(seen);

    await expect(createNodeService(ports).deleteVolume(NODE_ID, VOLUME_ID)).rejects.toMatchObject({
      name: 'InvalidRequest',
      fieldErrors: [{ field: 'volumeId' }],
    });
    expect(ports.journal).toEqual([`observe ${VOLUME_ID}`]);
    expect(ports.logEntries.size).toBe(0);
  });
});
