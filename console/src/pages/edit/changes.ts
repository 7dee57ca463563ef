/** The difference between two documents: for the reader as rows, and for the API as an update. */
import { isObject, type Json, type JsonObject } from './document';

export interface Change {
  /** The field as the API names it: `compute.launchSpecification.imageId`. */
  readonly path: string;
  /** Undefined: the field is added. */
  readonly before: Json | undefined;
  /** Undefined: the field is removed. */
  readonly after: Json | undefined;
}

/** The list whose entries are compared one by one: it has one, for device index 0. Others are replaced as a whole. */
const COMPARED_BY_ENTRY = 'compute.launchSpecification.networkInterfaces';

/** Every field that differs. `null` means the same as an absent field. */
export function changesBetween(before: JsonObject, after: JsonObject): readonly Change[] {
  return changesAt('', before, after);
}

function changesAt(path: string, before: Json | undefined, after: Json | undefined): readonly Change[] {
  if (isEqual(before, after)) return [];
  const [one, other] = [asObject(path, before), asObject(path, after)];
  if (one === undefined || other === undefined) {
    return [{ path, before: before ?? undefined, after: after ?? undefined }];
  }
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const inner = keys.flatMap((key) => changesAt(path === '' ? key : `${path}.${key}`, one[key], other[key]));
  // An empty object that comes or goes has no field that could.
  return inner.length > 0 ? inner : [{ path, before: before ?? undefined, after: after ?? undefined }];
}

/** The value's fields; those of an absent value are none. Undefined if it is a value that has no fields. */
function asObject(path: string, value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  const isCompared = path === COMPARED_BY_ENTRY && Array.isArray(value);
  return isCompared ? Object.fromEntries((value as readonly Json[]).entries()) : undefined;
}

function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || one === null) return other === undefined || other === null;
  if (Array.isArray(one) && Array.isArray(other)) {
    const list = other as readonly Json[];
    return one.length === list.length && (one as readonly Json[]).every((each, index) => isEqual(each, list[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => isEqual(one[key], other[key]));
}

/** The update that makes one document the other: only what differs, `null` for what is removed, lists as a whole. */
export function patchBetween(before: JsonObject, after: JsonObject): JsonObject {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    keys.flatMap((key): readonly (readonly [string, Json])[] => {
      const [one, other] = [before[key], after[key]];
      if (isEqual(one, other)) return [];
      if (other === undefined || other === null) return [[key, null]];
      return [[key, isObject(one) && isObject(other) ? patchBetween(one, other) : other]];
    }),
  );
}
