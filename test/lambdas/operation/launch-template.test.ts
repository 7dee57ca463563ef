import { OwnershipLost, RequestRejected } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { launchSettings } from '../../../domain/operation/launch';
import { deleteTemplates, settleTemplate } from '../../../lambdas/operation/launch-template';
import { ownedNode } from '../../../lambdas/operation/owned-node';
import { aBusyNode, aConfig, NODE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const hot = aConfig({ persistence: { eniAttachment: 'hot' } });
const wanted = `${NODE_ID} ${JSON.stringify(launchSettings(hot))}`;

async function settled(
  node: Partial<StatefulNode>,
  ports = new InMemoryPorts(aBusyNode(node)),
): Promise<InMemoryPorts> {
  await settleTemplate(ports, await ownedNode(ports.nodes, { nodeId: NODE_ID, generation: 4 }));
  return ports;
}

describe('settleTemplate', () => {
  it('makes the template, and then names it in the record', async () => {
    const ports = await settled({ config: hot });
    expect(ports.journal).toEqual([`make template of ${NODE_ID}`, 'save RECYCLING']);
    expect(ports.node(NODE_ID).launchTemplate).toBe(wanted);
    expect([...ports.madeTemplates]).toEqual([wanted]);
  });

  it('does nothing if the record names it already', async () => {
    const ports = await settled({ config: hot, launchTemplate: wanted });
    expect(ports.journal).toEqual([]);
  });

  it('deletes that of an earlier configuration, once the new one is made', async () => {
    const ports = new InMemoryPorts(aBusyNode({ config: hot, launchTemplate: 'earlier' }));
    ports.madeTemplates.add('earlier');
    await settled({}, ports);
    expect([...ports.madeTemplates]).toEqual([wanted]);
    expect(ports.node(NODE_ID).launchTemplate).toBe(wanted);
    expect(ports.journal).toEqual([`make template of ${NODE_ID}`, 'delete template', 'save RECYCLING']);
  });

  it('cold: makes none, and deletes what the node had as a hot one', async () => {
    expect((await settled({})).journal).toEqual([]);
    const ports = new InMemoryPorts(aBusyNode({ launchTemplate: 'earlier' }));
    ports.madeTemplates.add('earlier');
    await settled({}, ports);
    expect(ports.madeTemplates.size).toBe(0);
    expect(ports.node(NODE_ID)).not.toHaveProperty('launchTemplate');
  });

  it('logs a refusal, and the next operation tries again', async () => {
    const ports = new InMemoryPorts(aBusyNode({ config: hot }));
    const { make } = ports.templates;
    ports.templates.make = () => Promise.reject(new RequestRejected('EC2 answered UnauthorizedOperation'));
    await settled({}, ports);
    const [entry] = ports.logEntries.get(NODE_ID) ?? [];
    expect(entry).toMatchObject({
      severity: 'WARN',
      message: expect.stringContaining('UnauthorizedOperation') as string,
    });
    expect(ports.node(NODE_ID)).not.toHaveProperty('launchTemplate');

    ports.templates.make = make;
    await settled({}, ports);
    expect(ports.node(NODE_ID).launchTemplate).toBe(wanted);
  });

  it('does not write to a node that another operation owns', async () => {
    const ports = new InMemoryPorts(aBusyNode({ config: hot }));
    const owned = await ownedNode(ports.nodes, { nodeId: NODE_ID, generation: 4 });
    ports.writeMeanwhile(NODE_ID, { operation: { ...owned.operation, generation: 5 } });
    await expect(settleTemplate(ports, owned)).rejects.toThrow(OwnershipLost);
    expect(ports.node(NODE_ID)).not.toHaveProperty('launchTemplate');
  });
});

test('a deletion deletes what the record names and what EC2 shows', async () => {
  const ports = new InMemoryPorts();
  ports.madeTemplates.add('named').add(`${NODE_ID} shown`).add('smi-ffffffff another');
  await deleteTemplates(ports, aBusyNode({ launchTemplate: 'named' }));
  expect([...ports.madeTemplates]).toEqual(['smi-ffffffff another']);
});
