/** Runs once after all test files: jest.config.cjs. */
import { rmSync } from 'node:fs';
import { SHARED_FOLDER } from './shared-files';

export default function endRun(): void {
  const folder = process.env[SHARED_FOLDER];
  if (folder !== undefined) rmSync(folder, { recursive: true });
}
