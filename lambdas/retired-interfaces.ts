/** What becomes of the interfaces that an operation has retired: the node is to be another, or to live elsewhere. */
import { InterfaceNotFree } from '../domain/errors';
import type { SeenInterface } from '../domain/observations';
import { UNCLAIMED_SINCE_TAG } from '../domain/stateful-node';
import type { Ports } from './ports';

/**
 * Deletes those that are free. The others are marked as claimed by nobody, and the reconciler removes them once they are
 * free: nothing waits for an interface that serves nothing any more. Running it again does no harm.
 */
export async function removeRetired(
  ports: Pick<Ports, 'interfaces' | 'tags' | 'log' | 'time'>,
  nodeId: string,
  retired: readonly SeenInterface[],
): Promise<void> {
  for (const { id, status } of retired) {
    if (status === 'available' && (await isDeleted(ports.interfaces, id))) continue;
    const now = ports.time.now().toISOString();
    const message = `${id} serves nothing any more and is not free yet: it is removed once it is`;
    await ports.log.append(nodeId, { createdAt: now, severity: 'INFO', message });
    await ports.tags.set([id], [{ key: UNCLAIMED_SINCE_TAG, value: now }]);
  }
}

async function isDeleted(interfaces: Ports['interfaces'], id: string): Promise<boolean> {
  try {
    await interfaces.delete(id);
    return true;
  } catch (error) {
    // What EC2 showed was a moment old.
    if (error instanceof InterfaceNotFree) return false;
    throw error;
  }
}
