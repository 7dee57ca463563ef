/** Removes the interfaces that an operation has retired, because the node gets another one or moves to another subnet. */
import { InterfaceNotFree } from '../../domain/errors';
import type { SeenInterface } from '../../domain/node/observations';
import type { Ports } from '../ports';

/**
 * Deletes the free interfaces. Returns the ids of the others: the record gives them up, and they are deleted once they
 * are detached. The operation does not wait for them, because the node no longer needs them.
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
    // It was attached after EC2 showed it as free.
    if (error instanceof InterfaceNotFree) return false;
    throw error;
  }
}
