/** Runs once before all test files: jest.config.cjs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARED_FOLDER } from './shared-files';

export default function beginRun(): void {
  process.env[SHARED_FOLDER] = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
}
