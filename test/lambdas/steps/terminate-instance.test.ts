import { ImportCancelled, OwnershipLost } from '../../../domain/errors';
import { terminateInstance } from '../../../lambdas/steps/terminate-instance';
import type { Operation } from '../../../domain/node/stateful-node';
import { aBusyNode, aConfig, anInstance, aNode, NODE_ID, NOW, OLD_INSTANCE_ID } from '../../domain/builders';
import { anAdoption } from '../../domain/import-builders';
import { InMemoryPorts } from '../in-memory-ports';

const EARLIER = '2026-11-03T09:50:00.000Z';
const input = { nodeId: NODE_ID, generation: 4 };

describe('terminateInstance', () => {
  it.each([
    { state: 'pending', terminates: true },
    { state: 'running', terminates: true },
    { state: 'stopping', terminates: true },
    { state: 'stopped', terminates: true },
    { state: 'shutting-down', terminates: false },
    { state: 'terminated', terminates: false },
    { state: undefined, terminates: false },
  ] as const)('the old instance is $state: terminates it $terminates', async ({ state, terminates }) => {
    const ports = new InMemoryPorts(aBusyNode());
    if (state !== undefined) ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state }));

    await expect(terminateInstance(ports)(input)).resolves.toEqual({
      instanceId: OLD_INSTANCE_ID,
      ...(state !== undefined && { state: terminates ? 'terminated' : state }),
    });
    expect(ports.journal.includes(`terminate ${OLD_INSTANCE_ID}`)).toBe(terminates);
  });

  it('does nothing if there is no old instance', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { oldInstanceId: undefined }));

    await expect(terminateInstance(ports)(input)).resolves.toEqual({ instanceId: null });
    expect(ports.journal).toEqual([]);
  });

  it.each([
    { name: 'with an old instance', oldInstanceId: OLD_INSTANCE_ID },
    { name: 'without one', oldInstanceId: undefined },
  ])('terminates nothing for a cancelled import: $name', async ({ oldInstanceId }) => {
    const adoption = anAdoption({ cancelledAt: NOW });
    const ports = new InMemoryPorts({ ...aBusyNode({}, { oldInstanceId }), adoption });
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));

    await expect(terminateInstance(ports)(input)).rejects.toThrow(ImportCancelled);
    expect(ports.journal).toEqual([]);
  });

  it.each([
    { name: 'is cancelled', progress: { cancelledAt: NOW } },
    { name: 'is open', progress: {} },
  ])('neither adopts nor commits for the deletion of a node whose import $name', async ({ progress }) => {
    const adoption = anAdoption(progress);
    const ports = new InMemoryPorts({ ...aBusyNode({}, { kind: 'delete' }), adoption });
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));

    await expect(terminateInstance(ports)(input)).resolves.toMatchObject({ instanceId: OLD_INSTANCE_ID });
    expect(ports.journal).toEqual([`observe ${OLD_INSTANCE_ID}`, `terminate ${OLD_INSTANCE_ID}`]);
    expect(ports.node(NODE_ID).adoption).toEqual(adoption);
  });

  it('records when the address was taken: the first time, and only if a primary interface leaves with the instance', async () => {
    const running = anInstance({ id: OLD_INSTANCE_ID });
    const takenIn = async (operation: Partial<Operation>): Promise<string | undefined> => {
      const ports = new InMemoryPorts(aBusyNode({ instance: { ...aNode().instance!, attachment: 'hot' } }, operation));
      ports.seenInstances.set(OLD_INSTANCE_ID, running);
      await terminateInstance(ports)(input);
      return ports.node(NODE_ID).operation?.addressTakenAt;
    };
    const hot = aConfig({ persistence: { eniAttachment: 'hot' } });

    expect(await takenIn({})).toBe(NOW);
    expect(await takenIn({ addressTakenAt: EARLIER })).toBe(EARLIER);
    expect(await takenIn({ config: hot })).toBeUndefined();
    expect(await takenIn({ kind: 'pause' })).toBeUndefined();
  });

  it('commits no import for an instance that is not its original', async () => {
    const adoption = anAdoption({ originalInstanceId: 'i-original' });
    const ports = new InMemoryPorts({ ...aBusyNode(), adoption });
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    await terminateInstance(ports)(input);

    expect(ports.journal).toEqual([`observe ${OLD_INSTANCE_ID}`, 'save RECYCLING', `terminate ${OLD_INSTANCE_ID}`]);
    expect(ports.node(NODE_ID).adoption).toEqual(adoption);
  });

  it('terminates nothing for an operation that no longer owns the node', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));

    await expect(terminateInstance(ports)({ ...input, generation: 3 })).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });
});
