import { ElasticIpMissing, InterfaceMissing } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { associateAgain } from '../../../lambdas/operation/associating';
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

const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const ASSOCIATE = `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`;
const LOOK = `observe ${ALLOCATION_ID}`;

function busy(overrides: Partial<StatefulNode> = {}): StatefulNode {
  const node = aBusyNode({ config, ...overrides }, { config });
  return { ...node, identity: { ...node.identity, allocationId: ALLOCATION_ID } as StatefulNode['identity'] };
}

async function callsOf(ports: InMemoryPorts): Promise<readonly string[]> {
  const node = ports.node(NODE_ID);
  await associateAgain(ports, { node, operation: node.operation! });
  return ports.journal;
}

function portsWith(node: StatefulNode, ...others: readonly StatefulNode[]): InMemoryPorts {
  const ports = new InMemoryPorts(node, ...others);
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
  return ports;
}

describe('associateAgain', () => {
  it('makes one call for an address that the node has had', async () => {
    expect(await callsOf(portsWith(busy()))).toEqual([ASSOCIATE]);
  });

  it('looks first if the node has not had the address', async () => {
    const node = busy();
    const { allocationId: _unknown, ...identity } = node.identity;
    expect(await callsOf(portsWith({ ...node, identity }))).toEqual([LOOK, ASSOCIATE]);
  });

  it('takes no address from a node that is being deleted', async () => {
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
    const leaving = aNode({ id: 'smi-leaving', deletion, heldClaims: [ALLOCATION_ID] });
    const ports = portsWith(busy({ awaitedNodeIds: ['smi-leaving'] }), leaving);
    await expect(callsOf(ports)).rejects.toThrow('smi-leaving, which is being deleted, has not released');
    expect(ports.journal).toEqual([LOOK]);
  });

  it('fails for a person to act if the address no longer exists', async () => {
    const ports = portsWith(busy());
    ports.seenElasticIps.delete(ALLOCATION_ID);
    await expect(callsOf(ports)).rejects.toThrow(ElasticIpMissing);
  });

  it('fails if the interface is gone, so that it is made again', async () => {
    const ports = portsWith(busy());
    ports.seenInterfaces.delete(INTERFACE_ID);
    await expect(callsOf(ports)).rejects.toThrow(InterfaceMissing);
  });

  it.each([
    { name: 'Elastic IP', node: aBusyNode() },
    { name: 'interface', node: aBusyNode({ config, identity: { settled: false } }, { config }) },
  ])('does nothing without an $name', async ({ node }) => {
    expect(await callsOf(portsWith(node))).toEqual([]);
  });
});
