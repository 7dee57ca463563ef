/**
 * Items of the table, read and written. What is read is parsed, because an item may be of an earlier version of
 * Holdfast, or changed by hand: nothing may be decided by a value that is not what its type says.
 *
 * Every item has a `schemaVersion`. It grows only with a change that the version before cannot read; whatever is merely
 * added keeps the version. An item without one was written before there were versions, and counts as 0.
 */
import * as z from 'zod';
import { UnreadableRecord } from '../errors';

/** An item as DynamoDB holds it, unmarshalled. */
export type Item = Readonly<Record<string, unknown>>;

/** From the attributes of one version to those of the next. It meets items that a person has changed: it may not throw. */
export type Upgrade = (item: Item) => Item;

/** To a version that only adds `schemaVersion`. */
export const unchanged: Upgrade = (item) => item;

/** One kind of item. */
export interface RecordKind<T> {
  /** The partition, as messages name it. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** `upgrades[0]` takes what was written before there were versions. Their number is the present version. */
  readonly upgrades: readonly Upgrade[];
}

/** @param id names the record in the error @throws UnreadableRecord */
export function readRecord<T>(kind: RecordKind<T>, id: string, item: Item): T {
  const read = tryToRead(kind, id, item);
  if (read instanceof UnreadableRecord) throw read;
  return read;
}

/** The same for a list of records, of which one that cannot be read must not hide the others. */
export function tryToRead<T>({ name, schema, upgrades }: RecordKind<T>, id: string, item: Item): T | UnreadableRecord {
  const { pk: _pk, sk: _sk, expiresAt: _expiresAt, schemaVersion = 0, ...attributes } = item;
  const unreadable = (field: string, why: string) => new UnreadableRecord({ kind: name, id }, field, why);
  const version = z.int().min(0).safeParse(schemaVersion);
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

/** The attributes to write. Where a record is written as a whole, it is of the present version from then on. */
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
 * Holds a schema equal to its type: every field has a schema, and the schema's type is the field's, neither wider nor
 * narrower. The compiler refuses anything else.
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

/** The path of what is wrong, like `operation.launch.clientToken`. */
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

/** Of a union, what is wrong with the member that fits best: it has the fewest errors. */
function deepest([issue]: Issues, before: readonly PropertyKey[] = []): Found {
  if (issue === undefined) return { path: before, message: 'is not valid' };
  const path = [...before, ...issue.path];
  const members = issue.code === 'invalid_union' ? issue.errors : [];
  const [closest] = [...members].sort((one, other) => one.length - other.length);
  return closest === undefined || closest.length === 0 ? { path, message: issue.message } : deepest(closest, path);
}
