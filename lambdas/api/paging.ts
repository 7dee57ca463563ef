/**
 * Cuts growing lists into pages, because Lambda rejects a response that is too large.
 *
 * Lambda returns at most 6 MB. The body is a JSON text within JSON, in which every quote takes two bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
import * as z from 'zod';
import type { Page } from './envelope';

/** The size of all items, with their quotes escaped. The rest of the 6 MB is for the envelope and the headers. */
const ITEMS_MAX_BYTES = 5_500_000;

/** The query parameter for the maximum number of items in a response. */
export function limitParameter(most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be an integer')
    .transform(Number)
    .pipe(z.int().min(1).max(most));
}

/**
 * Returns as many items as the limit allows and a response holds, at least one if there are any. The nextToken is the id
 * of the page's last item.
 * @param limit the maximum number of items; @default limited by the size of the response only
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

/** Returns how many of the first items a response holds: at least one if there are any. */
export function countThatFits(items: readonly unknown[]): number {
  let bytes = 0;
  const count = items.findIndex((item, index) => {
    bytes += bytesInResponse(item);
    return index > 0 && bytes > ITEMS_MAX_BYTES;
  });
  return count < 0 ? items.length : count;
}

/** Includes the comma after the item. */
function bytesInResponse(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(item))) - '""'.length + ','.length;
}
