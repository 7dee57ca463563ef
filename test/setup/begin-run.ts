/** Runs once before all test files: jest.config.cjs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEMPLATE_FOLDER } from './template-folder';

export default function beginRun(): void {
  process.env[TEMPLATE_FOLDER] = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
}
