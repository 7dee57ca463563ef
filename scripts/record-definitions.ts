/**
 * `npm run record-definitions`: writes down the definitions that a release has, for the tests that run them on later code.
 * Run it when you release: docs/operations.md says why.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OPERATION_KINDS } from '../domain/node/stateful-node';
import { readDefinition } from '../infra/workflows/definitions';

const FOLDER = resolve(__dirname, '../test/fixtures/definitions');

for (const kind of OPERATION_KINDS) writeFileSync(join(FOLDER, `${kind}-node.json`), `${readDefinition(kind)}\n`);
