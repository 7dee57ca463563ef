/** The maximum size of a document, so that a node's record fits into a DynamoDB item. */
import type { FieldError } from './validation';

/**
 * Bytes of JSON in UTF-8. A DynamoDB item has at most 400 KB. While an operation runs, the record holds the document
 * twice, and a third time if an operation has failed. A quarter of the item is left for everything else.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
 */
export const DOCUMENT_MAX_BYTES = 100 * 1024;

export function documentSizeErrors(document: unknown): readonly FieldError[] {
  const size = jsonBytes(document);
  if (size <= DOCUMENT_MAX_BYTES) return [];
  const [largest] = [...sizesByField(document)].sort(([, one], [, other]) => other - one);
  const where = largest === undefined ? '' : `: shorten ${largest[0]}, which has ${largest[1]}`;
  const message = `has ${size} bytes of JSON, and a node's record takes at most ${DOCUMENT_MAX_BYTES}${where}`;
  return [{ field: 'managedInstance', message }];
}

/** Bytes of the values in each field; a list counts as one field. */
function sizesByField(document: unknown): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`);
    } else {
      sizes.set(path, jsonBytes(value));
    }
  };
  visit(document, '');
  return sizes;
}

function jsonBytes(value: unknown): number {
  // In a list, because `undefined` by itself has no JSON.
  return new TextEncoder().encode(JSON.stringify([value])).length - '[]'.length;
}
