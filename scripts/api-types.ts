/**
 * `npm run api-types`: writes the types of the command line's HTTP client. With `--check` it writes nothing, and the exit
 * status is 1 if the file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { API_TYPES_PATH, renderApiTypes } from './api-types/render';

async function main(argv: readonly string[]): Promise<void> {
  const path = resolve(__dirname, '..', API_TYPES_PATH);
  const types = await renderApiTypes();
  if (!argv.includes('--check')) {
    writeFileSync(path, types);
    return;
  }
  if (readFileSync(path, 'utf8') === types) return;
  console.error(`${API_TYPES_PATH} is not what the OpenAPI document says: npm run api-types`);
  process.exitCode = 1;
}

void main(process.argv.slice(2));
