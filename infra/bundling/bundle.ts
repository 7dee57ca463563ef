/** Bundles the code of a function: for a deployment from the repository, and for the package. */
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { ROOT } from '../code-location';
import { smallerSdk } from './smaller-sdk';

/**
 * Error names need no protection from the minifier, because each error class writes out its name.
 *
 * @param entry the source file, relative to the repository's root
 * @param outfile gets the code, beside its source map
 * @returns what the bundle consists of
 * @throws Error if the code cannot be bundled
 */
export async function bundleFunction(entry: string, outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    // With ECMAScript modules the bundler can drop the code that we do not use. The SDK is bundled too: its version is
    // pinned, and the cold start is shorter than with the runtime's copy.
    mainFields: ['module', 'main'],
    plugins: [smallerSdk],
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}
