import { NotReady, NotYetVisible } from '../../../domain/errors';
import { LEFT_BY_TAG, type Deletion } from '../../../domain/node/stateful-node';
import { releaseIdentity } from '../../../lambdas/steps/release-identity';
import {
  aBusyNode,
  anAttachedInterface,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const LEAVE_INSTANCE: Deletion = { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: true };
const tagged = (id: string) => `tag ${id} ${LEFT_BY_TAG}=${NODE_ID}`;

it('names what the deletion waits for', async () => {
  const givenUp = [
    { kind: 'instance', since: NOW, id: 'i-given-up' },
    { kind: 'interface', since: NOW, clientToken: 'the-token' },
  ] as const;
  const ports = new InMemoryPorts(aBusyNode({ deletion: LEAVE_INSTANCE, givenUp }, { kind: 'delete' }));
  ports.seenInstances.set('i-given-up', anInstance({ id: 'i-given-up' }));

  await expect(releaseIdentity(ports)(input)).rejects.toThrow(
    new NotReady('not known to be gone: i-given-up, the interface that EC2 may have made for request the-token'),
  );
});

describe('A deletion that must leave the instance', () => {
  it('leaves one that runs, with its interface', async () => {
    const ports = new InMemoryPorts(aBusyNode({ deletion: LEAVE_INSTANCE }, { kind: 'delete' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [OLD_INSTANCE_ID, INTERFACE_ID] });
    expect(ports.journal.filter((entry) => entry.startsWith('tag '))).toEqual([
      tagged(`${OLD_INSTANCE_ID},${INTERFACE_ID}`),
    ]);
  });

  it.each(['shutting-down', 'terminated', undefined] as const)(
    'has nothing to leave if EC2 shows it as %s, and deletes the interface',
    async (state) => {
      const ports = new InMemoryPorts(aBusyNode({ deletion: LEAVE_INSTANCE }, { kind: 'delete' }));
      if (state !== undefined) ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state }));
      ports.seenInterfaces.set(INTERFACE_ID, anInterface());

      await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [] });
      expect(ports.journal).toContain(`delete ${INTERFACE_ID}`);
    },
  );

  it('leaves a new one that EC2 does not show yet', async () => {
    const launchedAt = new InMemoryPorts().time.now().toISOString();
    const instance = { ...aNode().instance!, launchedAt };
    const ports = new InMemoryPorts(aBusyNode({ deletion: LEAVE_INSTANCE, instance }, { kind: 'delete' }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(releaseIdentity(ports)(input)).rejects.toThrow(NotYetVisible);
    expect(ports.journal.at(-1)).toBe(tagged(`${OLD_INSTANCE_ID},${INTERFACE_ID}`));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    await expect(releaseIdentity(ports)(input)).resolves.toMatchObject({ left: [OLD_INSTANCE_ID, INTERFACE_ID] });
  });
});
