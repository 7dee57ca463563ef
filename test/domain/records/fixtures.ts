/** Items as an earlier version wrote them to the table: unmarshalled, with their keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Item } from '../../../domain/records/stored-record';

const FOLDER = resolve(__dirname, '../../fixtures/records');

export interface Fixture {
  readonly file: string;
  readonly item: Item & { readonly pk: string; readonly sk: string };
}

/** @param prefix what the names of the files begin with */
export function fixturesOf(prefix: string): readonly Fixture[] {
  const files = readdirSync(FOLDER).filter((file) => file.startsWith(prefix));
  return files.map((file) => ({
    file,
    item: JSON.parse(readFileSync(resolve(FOLDER, file), 'utf8')) as Fixture['item'],
  }));
}
