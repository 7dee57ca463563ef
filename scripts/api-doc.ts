/** Writes the table of the document's fields into docs/api.md. Afterwards, `npm run format` aligns its columns. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withFieldTable } from './api-doc/field-table';

const path = resolve(__dirname, '../docs/api.md');
writeFileSync(path, withFieldTable(readFileSync(path, 'utf8')));
