/**
 * Entity tags: a client that polls sends the tag of its last response in `If-None-Match`, and gets 304 without a body
 * until something has changed.
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
 */
import { createHash } from 'node:crypto';

const TAG = /(?:W\/)?("[^"]*")/g;

/**
 * Returns a weak tag, because responses with the same content still differ in the id and the time of their requests.
 * @param content the part of the response that does not depend on the request
 */
export function entityTagOf(content: unknown): string {
  return asEntityTag(createHash('sha256').update(JSON.stringify(content)).digest('base64url'));
}

/** @param opaque without quotes */
export function asEntityTag(opaque: string): string {
  return `W/"${opaque}"`;
}

/** Whether the client has the response with this tag. @param ifNoneMatch the header: a list of tags, or `*` for any */
export function hasTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || opaqueTagsIn(ifNoneMatch).includes(opaqueTagsIn(tag)[0]);
}

/** Without the `W/`: If-None-Match ignores whether a tag is weak, and proxies change that. */
function opaqueTagsIn(header: string): readonly (string | undefined)[] {
  return [...header.matchAll(TAG)].map(([, opaque]) => opaque);
}
