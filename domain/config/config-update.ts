/** Updates of a node's configuration. An update names only the fields that change. */
import type { NodeDocument } from './node-config';

/**
 * Applies a patch to a document: objects are merged, lists and values are replaced, and `null` removes a field.
 * The result is a document like any other and must pass `parseConfig`.
 */
export function applyPatch(document: NodeDocument, patch: unknown): unknown {
  return merged(document, patch);
}

/** The document without its `null` fields, which mean the same as absent ones. A `null` in a list stays. */
export function withoutNulls(document: unknown): unknown {
  if (Array.isArray(document)) return document.map(withoutNulls);
  if (!isPlainObject(document)) return document;
  return Object.fromEntries(
    Object.entries(document).flatMap(([key, value]) => (value === null ? [] : [[key, withoutNulls(value)]])),
  );
}

function merged(current: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return withoutNulls(patch);
  const kept = isPlainObject(current) ? Object.entries(current).filter(([key]) => !Object.hasOwn(patch, key)) : [];
  const currentOf = new Map(isPlainObject(current) ? Object.entries(current) : []);
  const given = Object.entries(patch).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [[key, merged(currentOf.get(key), value)] as const],
  );
  // Not a spread: a key named __proto__ must stay a key, so that it is refused by name.
  return Object.fromEntries([...kept, ...given]);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
