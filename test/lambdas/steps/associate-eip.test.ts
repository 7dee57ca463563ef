import { ElasticIpMissing, InterfaceMissing, NotReady } from '../../../domain/errors';
import { associateEip } from '../../../lambdas/steps/associate-eip';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anElasticIp,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const observed = `observe ${ALLOCATION_ID}`;
const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });

describe('associateEip', () => {
  it.each([
    { name: 'is on the interface', interfaceId: INTERFACE_ID, changes: [] },
    { name: 'is elsewhere', interfaceId: 'eni-2', changes: [`associate ${ALLOCATION_ID} with ${INTERFACE_ID}`] },
    { name: 'is nowhere', interfaceId: undefined, changes: [`associate ${ALLOCATION_ID} with ${INTERFACE_ID}`] },
  ])('an address that $name', async ({ interfaceId, changes }) => {
    const ports = new InMemoryPorts(aBusyNode({ config }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId }));

    await expect(associateEip(ports)(input)).resolves.toEqual({ publicIp: '198.51.100.7' });
    expect(ports.journal).toEqual([observed, ...changes]);
  });

  it.each([
    { kind: 'pause' as const, calls: [], publicIp: null },
    {
      kind: 'launch' as const,
      calls: [observed, `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`],
      publicIp: '198.51.100.7',
    },
  ])('of a node that releases its address for a pause: $kind', async ({ kind, calls, publicIp }) => {
    const persistence = { persistPrivateIp: true, shouldKeepElasticIpOnPause: false };
    const generous = aConfig({ persistence, compute: { elasticIp: ALLOCATION_ID } });
    const ports = new InMemoryPorts(aBusyNode({ config: generous }, { kind }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));

    await expect(associateEip(ports)(input)).resolves.toEqual({ publicIp });
    expect(ports.journal).toEqual(calls);
  });

  describe('of a node that is being deleted', () => {
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
    const leaving = aNode({ id: 'smi-leaving', deletion, heldClaims: [ALLOCATION_ID] });
    const waiting = aBusyNode({ config, awaitedNodeIds: ['smi-gone', 'smi-leaving'] });
    const asSeen = (ports: InMemoryPorts, interfaceId: string | undefined): InMemoryPorts => {
      ports.seenInterfaces.set(INTERFACE_ID, anInterface());
      ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId }));
      return ports;
    };

    it.each(['eni-2', undefined])('is not taken while its record exists, wherever it is: %s', async (interfaceId) => {
      const ports = asSeen(new InMemoryPorts(waiting, leaving), interfaceId);
      const because = `smi-leaving, which is being deleted, has not released ${ALLOCATION_ID} yet.`;

      await expect(associateEip(ports)(input)).rejects.toThrow(new NotReady(because));
      expect(ports.journal).toEqual([observed]);
    });

    it('is taken once its record is gone', async () => {
      const ports = asSeen(new InMemoryPorts(waiting), 'eni-2');

      await associateEip(ports)(input);
      expect(ports.journal).toEqual([observed, `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`]);
    });

    it('is not waited for if it is on the interface already', async () => {
      const ports = asSeen(new InMemoryPorts(waiting, leaving), INTERFACE_ID);

      await expect(associateEip(ports)(input)).resolves.toEqual({ publicIp: '198.51.100.7' });
    });
  });

  it('does nothing for a node without one', async () => {
    await expect(associateEip(new InMemoryPorts(aBusyNode()))(input)).resolves.toEqual({ publicIp: null });
  });

  it('fails for a person to act if the address no longer exists', async () => {
    await expect(associateEip(new InMemoryPorts(aBusyNode({ config })))(input)).rejects.toThrow(ElasticIpMissing);
  });

  it('fails if there is no interface: a pause continues without it', async () => {
    const ports = new InMemoryPorts(aBusyNode({ config, identity: { settled: false } }));

    await expect(associateEip(ports)(input)).rejects.toThrow(new InterfaceMissing(`${NODE_ID} has no interface`));
  });
});
