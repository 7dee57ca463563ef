/**
 * Where the code is that the stack deploys. The package has it beside the CDK constructs, built: its user needs
 * no bundler. In the repository it is bundled from its source at each synthesis.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The package's constructs are one file in `dist`, and the repository's are in `infra`: both are one level below. */
export const ROOT = dirname(__dirname);

const BUNDLES = join(__dirname, 'functions');

/** `lambdas/api/handler.ts` is in the bundle `api`. */
export function bundleName(entry: string): string {
  return basename(dirname(entry));
}

/** The folder with the built code of a function; undefined in the repository. */
export function builtCode(entry: string): string | undefined {
  const folder = join(BUNDLES, bundleName(entry));
  return existsSync(join(folder, 'index.js')) ? folder : undefined;
}
