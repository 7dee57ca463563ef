/** Writes the tables of docs/costs.md, computed from the template and the simulator. Then `npm run format` aligns them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { synthesizeTemplate } from '../infra/app';
import type { inventoryOf } from './costs/bill';
import { costTables, withTables } from './costs/tables';

async function main(): Promise<void> {
  const path = resolve(__dirname, '../docs/costs.md');
  const tables = await costTables(synthesizeTemplate() as Parameters<typeof inventoryOf>[0]);
  writeFileSync(path, withTables(readFileSync(path, 'utf8'), tables));
}

void main();
