/**
 * Reads and writes items of the table. Items are parsed, because an item may be from an earlier version of Holdfast or
 * may have been changed by hand. No decision may depend on a value that does not match its type.
 *
 * Every item has a `schemaVersion`. It grows only with a change that the previous version cannot read; an addition
 * keeps it. An item without a `schemaVersion` was written before it was introduced, and counts as 0.
 */
import * as z from 'zod';
import { UnreadableRecord } from '../errors';

/** An item as DynamoDB holds it, unmarshalled. */
export type Item = Readonly<Record<string, unknown>>;

/** Converts the attributes of one version to the next. It must not throw, even for an item that was changed by hand. */
export type Upgrade = (item: Item) => Item;

/** The upgrade to a version that only adds `schemaVersion`. */
export const unchanged: Upgrade = (item) => item;

/** A kind of item. */
export interface RecordKind<T> {
  /** The name of the partition in messages. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** `upgrades[0]` converts items without a version. The number of upgrades is the present version. */
  readonly upgrades: readonly Upgrade[];
}

const versionNumber = z.int().min(0);

/** @param id names the record in the error @throws UnreadableRecord */
export function readRecord<T>(kind: RecordKind<T>, id: string, item: Item): T {
  const read = tryToRead(kind, id, item);
  if (read instanceof UnreadableRecord) throw read;
  return read;
}

/** Like `readRecord`, but returns the error. In a list, one unreadable record must not hide the others. */
export function tryToRead<T>({ name, schema, upgrades }: RecordKind<T>, id: string, item: Item): T | UnreadableRecord {
  const { schemaVersion = 0, ...attributes } = withoutDerived(item);
  const unreadable = (field: string, why: string) => new UnreadableRecord({ kind: name, id }, field, why);
  const version = versionNumber.safeParse(schemaVersion);
  if (!version.success) return unreadable('schemaVersion', messageOf(version.error.issues));
  if (version.data > upgrades.length) {
    return unreadable(
      'schemaVersion',
      `is ${version.data}, and this version of Holdfast reads up to ${upgrades.length}`,
    );
  }
  const upgraded = upgrades.slice(version.data).reduce<Item>((before, upgrade) => upgrade(before), attributes);
  const parsed = schema.safeParse(upgraded);
  return parsed.success ? parsed.data : unreadable(fieldOf(parsed.error.issues), messageOf(parsed.error.issues));
}

/** Keys, the end of the item's life, and what is derived from the record for an index. They are no part of a record. */
function withoutDerived({
  pk: _pk,
  sk: _sk,
  expiresAt: _end,
  shard: _shard,
  atRest: _atRest,
  listed: _listed,
  ...attributes
}: Item): Item {
  return attributes;
}

/** The attributes to write. A record that is written as a whole gets the present version. */
export function stored<T extends object>(
  { upgrades }: RecordKind<T>,
  record: T,
): T & { readonly schemaVersion: number } {
  return { ...record, schemaVersion: upgrades.length };
}

/** The version that a write of single attributes sets. */
export function versionOf({ upgrades }: Pick<RecordKind<unknown>, 'upgrades'>): number {
  return upgrades.length;
}

/**
 * Makes the compiler check that a schema equals its type: every field has a schema, and the schema's type is exactly
 * the field's.
 */
export function fieldsOf<T>() {
  return <S extends Fields<T>>(fields: S & NotNarrower<T, S>): S => fields;
}

type Fields<T> = { readonly [K in keyof Required<T>]: z.ZodType<T[K]> };
type NotNarrower<T, S extends Fields<T>> = {
  readonly [K in keyof Required<T>]: [T[K]] extends [z.output<S[K]>] ? z.ZodType<T[K]> : never;
};

export function listOf<T>(each: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z.array(each);
}

/** For a member of a union that never has the field. */
export const absent = z.undefined().optional();

type Issues = readonly z.core.$ZodIssue[];

/** The path of the invalid attribute, like `operation.launch.clientToken`. */
function fieldOf(issues: Issues): string {
  return deepest(issues).path.join('.');
}

function messageOf(issues: Issues): string {
  return deepest(issues).message;
}

interface Found {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** For a union, the issue of the member that fits best: the one with the fewest issues. */
function deepest([issue]: Issues, before: readonly PropertyKey[] = []): Found {
  if (issue === undefined) return { path: before, message: 'is not valid' };
  const path = [...before, ...issue.path];
  const members = issue.code === 'invalid_union' ? issue.errors : [];
  const [closest] = [...members].sort((one, other) => one.length - other.length);
  return closest === undefined || closest.length === 0 ? { path, message: issue.message } : deepest(closest, path);
}
