/**
 * Lists that grow: an answer that Lambda would refuse for its size is cut, and says where it goes on.
 *
 * Lambda answers at most 6 MB. The body travels there as a JSON text within JSON, where every quote takes two bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
import * as z from 'zod';
import type { Page } from './envelope';

/** Bytes of all items, as they travel. The rest of the 6 MB is for what is around them. */
const ITEMS_MAX_BYTES = 5_500_000;

/** The query parameter for the largest number of items in an answer. */
export function limitParameter(most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be an integer')
    .transform(Number)
    .pipe(z.int().min(1).max(most));
}

/**
 * As many as the limit allows and an answer holds, at least one. The token is the id of the last one in the page.
 * @param limit items at the most; @default no other limit than the answer's size
 */
export async function pageOf<Thing extends { readonly id: string }>(
  things: AsyncIterable<Thing>,
  itemOf: (thing: Thing) => unknown,
  limit = Infinity,
): Promise<Page> {
  const items: unknown[] = [];
  let [bytes, nextToken] = [0, undefined as string | undefined];
  for await (const thing of things) {
    const item = itemOf(thing);
    bytes += bytesInResponse(item);
    if (items.length > 0 && (items.length >= limit || bytes > ITEMS_MAX_BYTES)) return { items, nextToken };
    items.push(item);
    nextToken = thing.id;
  }
  return { items };
}

/** How many of the items, from the first one on, an answer holds: at least one. */
export function countThatFits(items: readonly unknown[]): number {
  let bytes = 0;
  const count = items.findIndex((item, index) => {
    bytes += bytesInResponse(item);
    return index > 0 && bytes > ITEMS_MAX_BYTES;
  });
  return count < 0 ? items.length : count;
}

/** With the comma that comes after it. */
function bytesInResponse(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(item))) - '""'.length + ','.length;
}
