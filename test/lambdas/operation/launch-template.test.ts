import { NotYetVisible, OwnershipLost, RequestRejected } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { launchSettings } from '../../../domain/operation/launch';
import { deleteTemplates, settleTemplate } from '../../../lambdas/operation/launch-template';
import { ownedNode } from '../../../lambdas/operation/owned-node';
import { aBusyNode, aConfig, aLaunch, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const hot = aConfig({ persistence: { eniAttachment: 'hot' } });
const wanted = `${NODE_ID} ${JSON.stringify(launchSettings(hot))}`;

const givenUp = (id: string) => ({ kind: 'launch-template', since: NOW, id });

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

  it('gives up that of an earlier configuration in the same write that names the new one', async () => {
    const ports = await settled({ config: hot, launchTemplate: 'earlier' });
    expect(ports.journal).toEqual([`make template of ${NODE_ID}`, 'save RECYCLING']);
    expect(ports.node(NODE_ID)).toMatchObject({ launchTemplate: wanted, givenUp: [givenUp('earlier')] });
  });

  it('cold: makes none, and gives up what the node had as a hot one', async () => {
    expect((await settled({})).journal).toEqual([]);
    const ports = await settled({ launchTemplate: 'earlier' });
    expect(ports.journal).toEqual(['save RECYCLING']);
    expect(ports.node(NODE_ID)).not.toHaveProperty('launchTemplate');
    expect(ports.node(NODE_ID).givenUp).toEqual([givenUp('earlier')]);
  });

  it('makes it again if a fleet was refused: the template may have been deleted by hand', async () => {
    const launch = { ...aLaunch(), fleetRefusal: 'InvalidLaunchTemplateName.NotFoundException: no such template' };
    const ports = new InMemoryPorts(aBusyNode({ config: hot, launchTemplate: wanted }, { launch }));
    await settled({}, ports);
    expect(ports.journal).toEqual([`make template of ${NODE_ID}`]);
    expect(ports.node(NODE_ID)).not.toHaveProperty('givenUp');
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

describe('a deletion', () => {
  const owned = (startedAt = NOW) => {
    const node = aBusyNode({ launchTemplate: 'named' });
    return { node, operation: { ...node.operation, startedAt } };
  };

  test('deletes what the record names and what EC2 shows', async () => {
    const ports = new InMemoryPorts();
    ports.madeTemplates.add('named').add(`${NODE_ID} shown`).add('smi-ffffffff another');
    await deleteTemplates(ports, owned());
    expect([...ports.madeTemplates]).toEqual(['smi-ffffffff another']);
  });

  test('waits for a template that EC2 does not show yet, and no longer than that takes', async () => {
    const ports = new InMemoryPorts();
    await expect(deleteTemplates(ports, owned())).rejects.toThrow(NotYetVisible);
    const minuteAgo = new Date(Date.parse(NOW) - 60_000).toISOString();
    await expect(deleteTemplates(ports, owned(minuteAgo))).resolves.toBeUndefined();
  });
});
