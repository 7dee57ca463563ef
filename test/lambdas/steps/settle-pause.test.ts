import { ElasticIpMissing, InterfaceMissing, NotReady } from '../../../domain/errors';
import { settlePause } from '../../../lambdas/steps/settle-pause';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anIdentity,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };

/** The instance is gone, the interface is free, and the Elastic IP is on it. */
function portsWith(shouldKeepElasticIpOnPause?: boolean): InMemoryPorts {
  const config = aConfig({
    persistence: { persistPrivateIp: true, shouldKeepElasticIpOnPause },
    compute: { elasticIp: ALLOCATION_ID },
  });
  const identity = anIdentity({ allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' });
  const node = aBusyNode({ config, identity, status: 'PAUSING', heldClaims: [ALLOCATION_ID] }, { kind: 'pause' });
  const ports = new InMemoryPorts(node);
  ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ associationId: 'eipassoc-1' }));
  return ports;
}

const changes = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('observe'));

describe('settlePause', () => {
  it.each([undefined, true])('keeps the Elastic IP where it is (asked to: %s)', async (keep) => {
    const ports = portsWith(keep);

    await expect(settlePause(ports)(input)).resolves.toEqual({ interfaceId: INTERFACE_ID, keepsElasticIp: true });
    expect(changes(ports)).toEqual(['save PAUSED']);
    expect(ports.node(NODE_ID)).toMatchObject({
      status: 'PAUSED',
      identity: { allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' },
    });
    expect(ports.node(NODE_ID).instance).toBeUndefined();
  });

  it('waits until EC2 shows the Elastic IP on the interface, and associates it once more', async () => {
    const ports = portsWith();
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    await expect(settlePause(ports)(input)).rejects.toThrow(
      new NotReady(`EC2 does not show ${ALLOCATION_ID} on ${INTERFACE_ID} yet`),
    );
    expect(changes(ports)).toEqual([`associate ${ALLOCATION_ID} with ${INTERFACE_ID}`]);

    await settlePause(ports)(input);
    expect(ports.node(NODE_ID).status).toBe('PAUSED');
  });

  it('looks again if the interface for the Elastic IP is gone, and fails after any other error', async () => {
    const ports = portsWith();
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    ports.elasticIps.associate = () => Promise.reject(new InterfaceMissing(`${INTERFACE_ID} is gone`));
    await expect(settlePause(ports)(input)).rejects.toThrow(NotReady);

    ports.elasticIps.associate = () => Promise.reject(new ElasticIpMissing(`${ALLOCATION_ID} is gone`));
    await expect(settlePause(ports)(input)).rejects.toThrow(ElasticIpMissing);

    ports.seenInterfaces.delete(INTERFACE_ID);
    await settlePause(ports)(input);
    expect(ports.node(NODE_ID).status).toBe('PAUSED');
  });

  it('disassociates an Elastic IP that must not stay before it records that, and keeps the claim', async () => {
    const ports = portsWith(false);

    await expect(settlePause(ports)(input)).resolves.toEqual({ interfaceId: INTERFACE_ID, keepsElasticIp: false });
    expect(changes(ports)).toEqual(['disassociate eipassoc-1', 'save PAUSED']);
    const { identity, heldClaims } = ports.node(NODE_ID);
    expect(identity).toEqual(aNode().identity);
    expect(heldClaims).toEqual([ALLOCATION_ID]);
  });

  it('forgets a disassociated Elastic IP also after a crash between the two', async () => {
    const ports = portsWith(false);
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    await settlePause(ports)(input);

    expect(changes(ports)).toEqual(['save PAUSED']);
    expect(ports.node(NODE_ID).identity).toEqual(aNode().identity);
  });

  it.each([
    { name: 'the instance has not ended', instance: 'shutting-down' as const, eni: anInterface() },
    { name: 'the interface is not free', instance: 'terminated' as const, eni: anAttachedInterface() },
  ])('waits while $name', async ({ instance, eni }) => {
    const ports = portsWith(false);
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: instance }));
    ports.seenInterfaces.set(INTERFACE_ID, eni);

    await expect(settlePause(ports)(input)).rejects.toThrow(NotReady);
    expect(changes(ports)).toEqual([]);
    expect(ports.usageOf.size).toBe(0);
  });
});
