/** Asks the API about a document without creating anything. */
import type { JsonObject } from '../pages/edit/document';
import type { Connection } from './connection';
import type { Fault } from './errors';

interface CheckBody {
  readonly response: { readonly items: readonly { readonly errors: readonly Fault[] }[] };
}

/** Every fault that a creation would have. @throws ApiError */
export async function check({ send }: Connection, managedInstance: JsonObject): Promise<readonly Fault[]> {
  const { response } = await send<CheckBody>('POST', '/holdfast/check', { managedInstance });
  return response.items[0]?.errors ?? [];
}
