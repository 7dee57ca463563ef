import { windUp } from '../../../lambdas/steps/wind-up';
import type { Intent } from '../../../domain/node/stateful-node';
import { aBusyNode, aConfig, ALLOCATION_ID, aNode, NODE_ID, NOW, REPLACEMENT_ID, VPC_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const warned: Intent = {
  kind: 'replace',
  reason: 'spot interruption warning (terminate)',
  instanceId: REPLACEMENT_ID,
  requestedAt: NOW,
};

describe('windUp', () => {
  it('starts the next operation, under a name that each operation has once', async () => {
    const ports = new InMemoryPorts(aNode({ intents: [warned] }));

    await expect(windUp(ports)(input)).resolves.toEqual({ started: 'replace' });
    expect(ports.journal).toEqual([
      `start replace ${NODE_ID}-4-next ${JSON.stringify({ nodeId: NODE_ID, reason: warned.reason, instanceId: REPLACEMENT_ID })}`,
    ]);
  });

  it('names the user intent that it starts, so that a cancelled one is not carried out', async () => {
    const wished: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: NOW };
    const ports = new InMemoryPorts(aNode({ intents: [warned, wished] }));

    await expect(windUp(ports)(input)).resolves.toEqual({ started: 'pause' });
    expect(ports.journal).toEqual([
      `start pause ${NODE_ID}-4-next ${JSON.stringify({ nodeId: NODE_ID, reason: wished.reason, requestedAt: NOW })}`,
    ]);
  });

  it('releases the claims that the node no longer needs, and no other', async () => {
    const needed = `${VPC_ID}/10.0.0.10`;
    const ports = new InMemoryPorts(aNode({ heldClaims: [ALLOCATION_ID, needed] }));
    for (const address of [ALLOCATION_ID, needed]) ports.claimedBy.set(address, { holder: NODE_ID, claimedAt: NOW });
    await windUp(ports)(input);

    expect([...ports.claimedBy.keys()]).toEqual([needed]);
    expect(ports.node(NODE_ID).heldClaims).toEqual([needed]);
  });

  it('keeps a claim that has become needless since, for the next wind-up', async () => {
    const since = 'eipalloc-since';
    const ports = new InMemoryPorts(aNode({ heldClaims: [ALLOCATION_ID] }));
    ports.onCall = (entry) => {
      if (entry.startsWith('release')) ports.writeMeanwhile(NODE_ID, { heldClaims: [ALLOCATION_ID, since] });
    };
    await windUp(ports)(input);

    expect(ports.journal).toEqual([`release ${ALLOCATION_ID} from ${NODE_ID}`, 'save ACTIVE']);
    expect(ports.node(NODE_ID).heldClaims).toEqual([since]);
  });

  it('claims again what an update has asked for meanwhile', async () => {
    const ports = new InMemoryPorts(aNode({ heldClaims: [ALLOCATION_ID] }));
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    ports.onCall = (entry) => {
      if (entry.startsWith('release')) ports.writeMeanwhile(NODE_ID, { config });
    };
    await windUp(ports)(input);

    expect([...ports.claimedBy]).toEqual([[ALLOCATION_ID, { holder: NODE_ID, claimedAt: NOW }]]);
    expect(ports.node(NODE_ID).heldClaims).toEqual([ALLOCATION_ID]);
  });

  it('does not claim again what an update meanwhile does not want either', async () => {
    const ports = new InMemoryPorts(aNode({ heldClaims: [ALLOCATION_ID] }));
    ports.onCall = (entry) => {
      if (entry.startsWith('release')) ports.writeMeanwhile(NODE_ID, { configRevision: 2 });
    };
    await windUp(ports)(input);

    expect(ports.claimedBy.size).toBe(0);
    expect(ports.node(NODE_ID).heldClaims).toEqual([]);
  });

  it('writes nothing if the node is deleted while it releases its claims', async () => {
    const ports = new InMemoryPorts(aNode({ heldClaims: [ALLOCATION_ID] }));
    ports.onCall = (entry) => {
      if (entry.startsWith('release')) ports.nodeRecords.delete(NODE_ID);
    };

    await expect(windUp(ports)(input)).resolves.toEqual({ started: null });
    expect(ports.journal).toEqual([`release ${ALLOCATION_ID} from ${NODE_ID}`]);
  });

  it.each([
    { name: 'nothing arrived', nodes: [aNode()] },
    { name: 'another operation has been faster', nodes: [aBusyNode({ intents: [warned] })] },
    { name: 'the node is gone', nodes: [] },
  ])('starts nothing if $name', async ({ nodes }) => {
    const ports = new InMemoryPorts(...nodes);

    await expect(windUp(ports)(input)).resolves.toEqual({ started: null });
    expect(ports.journal).toEqual([]);
  });
});
