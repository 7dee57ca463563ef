/** Runs once after all test files: jest.config.cjs. */
import { rmSync } from 'node:fs';
import { TEMPLATE_FOLDER } from './template-folder';

export default function endRun(): void {
  const folder = process.env[TEMPLATE_FOLDER];
  if (folder !== undefined) rmSync(folder, { recursive: true });
}
