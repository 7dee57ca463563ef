/** Asks the API about a document without creating or changing anything. */
import type { JsonObject } from '../pages/edit/document';
import { itemsOf, type Connection } from './connection';
import type { Fault } from './errors';

/**
 * Every fault that a creation would have, or the update of a node.
 * @param managedInstance for an update, the patch
 * @throws ApiError
 */
export async function check(
  { client }: Connection,
  managedInstance: JsonObject,
  managedInstanceId?: string,
): Promise<readonly Fault[]> {
  const body = { managedInstance, ...(managedInstanceId !== undefined && { managedInstanceId }) };
  const [answer] = await itemsOf(client.POST('/holdfast/check', { body }));
  return answer?.errors ?? [];
}
