/** What is claimed for a node that is never written is let go of. */
import { RecordContended, ServiceUnavailable } from '../../../domain/errors';
import { claimAddresses, createClaimed } from '../../../lambdas/api/address-claims';
import type { StatefulNode } from '../../../domain/stateful-node';
import { InvalidRequest } from '../../../lambdas/api/node-service';
import { aNode, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const OTHER_ID = 'smi-0000000f';
const wanted = ['eipalloc-1', 'vpc-1/10.0.0.5'].map((address) => ({ address, field: 'compute.elasticIp' as const }));
const node = aNode({ heldClaims: ['eipalloc-1'] });

function holdersIn(ports: InMemoryPorts): Record<string, string> {
  return Object.fromEntries([...ports.claimedBy].map(([address, { holder }]) => [address, holder]));
}

describe('claiming addresses', () => {
  it('claims all of them', async () => {
    const ports = new InMemoryPorts();
    await expect(claimAddresses(ports, wanted, NODE_ID, NOW)).resolves.toEqual(['eipalloc-1', 'vpc-1/10.0.0.5']);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': NODE_ID, 'vpc-1/10.0.0.5': NODE_ID });
  });

  it('claims none where one is held by another node', async () => {
    const ports = new InMemoryPorts();
    ports.claimedBy.set('vpc-1/10.0.0.5', { holder: OTHER_ID, claimedAt: NOW });
    await expect(claimAddresses(ports, wanted, NODE_ID, NOW)).rejects.toThrow(InvalidRequest);
    expect(holdersIn(ports)).toEqual({ 'vpc-1/10.0.0.5': OTHER_ID });
  });

  it('claims none where the table fails half-way, but for what the node holds already', async () => {
    const held = aNode({ id: NODE_ID, heldClaims: ['eipalloc-1'] });
    for (const [ports, left] of [
      [new InMemoryPorts(), {}],
      [new InMemoryPorts(held), { 'eipalloc-1': NODE_ID }],
    ] as const) {
      const { claim } = ports.claims;
      ports.claims.claim = async (request) => {
        if (request.address !== 'eipalloc-1') throw new ServiceUnavailable('DynamoDB answered InternalServerError');
        return claim(request);
      };
      await expect(claimAddresses(ports, wanted, NODE_ID, NOW)).rejects.toThrow(ServiceUnavailable);
      expect(holdersIn(ports)).toEqual(left);
    }
  });
});

describe('writing the record of a new node', () => {
  const claimed = (...present: readonly StatefulNode[]): InMemoryPorts => {
    const ports = new InMemoryPorts(...present);
    ports.claimedBy.set('eipalloc-1', { holder: node.id, claimedAt: NOW });
    return ports;
  };

  it('lets go of its addresses where it fails', async () => {
    const ports = claimed();
    ports.nodes.create = () => Promise.reject(new ServiceUnavailable('DynamoDB answered InternalServerError'));
    await expect(createClaimed(ports, node)).rejects.toThrow(ServiceUnavailable);
    expect(holdersIn(ports)).toEqual({});
  });

  it('goes on where only the answer was lost', async () => {
    const ports = claimed(node);
    ports.nodes.create = () => Promise.reject(new RecordContended('it is there already'));
    await createClaimed(ports, node);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': node.id });
  });

  it("leaves another node's addresses alone where that has the id", async () => {
    const ports = claimed(aNode({ createdAt: '2026-01-01T00:00:00.000Z' }));
    ports.nodes.create = () => Promise.reject(new RecordContended('the id is taken'));
    await expect(createClaimed(ports, node)).rejects.toThrow(RecordContended);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': node.id });
  });
});
