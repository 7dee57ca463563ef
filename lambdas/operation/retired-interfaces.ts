/** What becomes of the interfaces that an operation has retired: the node is to be another, or to live elsewhere. */
import { InterfaceNotFree } from '../../domain/errors';
import type { SeenInterface } from '../../domain/node/observations';
import type { Ports } from '../ports';

/**
 * Deletes those that are free. Returns the ids of the others: the record gives them up, and they are deleted once they are
 * released. Nothing waits for an interface that serves nothing any more.
 */
export async function removeRetired(
  { interfaces }: Pick<Ports, 'interfaces'>,
  retired: readonly SeenInterface[],
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { id, status } of retired) {
    if (status !== 'available' || !(await isDeleted(interfaces, id))) left.push(id);
  }
  return left;
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
