import { OwnershipLost, RecordContended } from '../../../domain/errors';
import { changeOperation, changeOwned, decideAndSave, ownedNode } from '../../../lambdas/operation/owned-node';
import { aBusyNode, aNode, NODE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const another = { ...aBusyNode().operation, generation: 5, executionId: 'another' };

/** Ports whose record another writer changes before each of the first `times` saves. */
function contended(times: number, change = () => ({})): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode());
  let left = times;
  ports.onCall = (entry) => {
    if (entry.startsWith('save') && left > 0) {
      left -= 1;
      ports.writeMeanwhile(NODE_ID, change());
    }
  };
  return ports;
}

describe('ownedNode', () => {
  it('returns the node and its operation', async () => {
    const node = aBusyNode();

    await expect(ownedNode(new InMemoryPorts(node).nodes, input)).resolves.toEqual({ node, operation: node.operation });
  });

  it.each([
    { name: 'a later operation owns it', nodes: [{ ...aBusyNode(), operation: another }], owner: '5 does' },
    { name: 'an earlier operation owns it', nodes: [aBusyNode({}, { generation: 3 })], owner: '3 does' },
    { name: 'no operation owns it', nodes: [aNode()], owner: 'none does' },
    { name: 'it does not exist', nodes: [], owner: 'none does' },
  ])('throws if $name', async ({ nodes, owner }) => {
    const answer = ownedNode(new InMemoryPorts(...nodes).nodes, input);

    await expect(answer).rejects.toThrow(OwnershipLost);
    await expect(answer).rejects.toThrow(owner);
  });
});

describe('decideAndSave', () => {
  it('writes the node of the decision', async () => {
    const ports = new InMemoryPorts(aNode());
    const decision = await decideAndSave(ports.nodes, NODE_ID, (node) => ({
      node: { ...node!, status: 'ERROR' },
      why: 'so',
    }));

    expect(decision.why).toBe('so');
    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ERROR', version: aNode().version + 1 });
  });

  it('writes nothing if the decision has no node', async () => {
    const ports = new InMemoryPorts(aNode());
    const ignored = { why: 'not needed', node: undefined };

    await expect(decideAndSave(ports.nodes, NODE_ID, () => ignored)).resolves.toBe(ignored);
    expect(ports.journal).toEqual([]);
  });

  it('decides again on the newer record if another writer was faster', async () => {
    const ports = contended(2, () => ({ errorReason: 'written meanwhile' }));
    const seen: (string | undefined)[] = [];
    await decideAndSave(ports.nodes, NODE_ID, (node) => {
      seen.push(node?.errorReason);
      return { node: { ...node!, status: 'ERROR' } };
    });

    expect(seen).toEqual([undefined, 'written meanwhile', 'written meanwhile']);
    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ERROR', errorReason: 'written meanwhile' });
  });

  it.each([
    { meanwhile: 4, settles: true },
    { meanwhile: 5, settles: false },
  ])('tries again, but not for ever: $meanwhile writers before it', async ({ meanwhile, settles }) => {
    const saving = decideAndSave(contended(meanwhile).nodes, NODE_ID, (node) => ({
      node: { ...node!, status: 'ERROR' },
    }));

    if (settles) await expect(saving).resolves.toBeDefined();
    else await expect(saving).rejects.toThrow(RecordContended);
  });

  it('does not try again after another error', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.onCall = () => {
      throw new Error('the table is gone');
    };

    await expect(decideAndSave(ports.nodes, NODE_ID, (node) => ({ node: { ...node! } }))).rejects.toThrow('gone');
    expect(ports.journal).toHaveLength(1);
  });
});

describe('A change by the owner', () => {
  const wished = [{ kind: 'replace' as const, reason: 'requested', requestedAt: 'now' }];

  it('keeps what an event wrote meanwhile', async () => {
    const ports = contended(1, () => ({ intents: wished }));
    await changeOwned(ports.nodes, input, ({ node }) => ({ ...node, status: 'ERROR' }));

    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ERROR', intents: wished });
  });

  it('is not made if the ownership was lost meanwhile', async () => {
    const ports = contended(1, () => ({ operation: another }));

    await expect(changeOwned(ports.nodes, input, ({ node }) => ({ ...node, status: 'ERROR' }))).rejects.toThrow(
      OwnershipLost,
    );
    expect(ports.node(NODE_ID)).toMatchObject({ status: 'RECYCLING', operation: another });
  });

  it('of the operation keeps the rest of the record', async () => {
    const ports = contended(1, () => ({ intents: wished }));
    const { operation } = await changeOperation(ports.nodes, input, (current) => ({
      ...current,
      retiredInterfaceIds: ['eni-2'],
    }));

    expect(operation.retiredInterfaceIds).toEqual(['eni-2']);
    expect(ports.node(NODE_ID)).toMatchObject({ intents: wished, operation: { retiredInterfaceIds: ['eni-2'] } });
  });
});
