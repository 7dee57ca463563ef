/** Bundles the code of a function: for a deployment from the repository, and for the package. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { ROOT } from '../code-location';
import { smallerSdk } from './smaller-sdk';
import { ownLines, type SourceMap } from './source-map';

/**
 * Error names need no protection from the minifier, because each error class writes out its name.
 *
 * @param entry the source file, relative to the repository's root
 * @param outfile gets the code, beside its source map
 * @returns what the bundle consists of
 * @throws Error if the code cannot be bundled
 */
export async function bundleFunction(entry: string, outfile: string): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
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
    write: false,
    logLevel: 'warning',
  });
  await mkdir(dirname(outfile), { recursive: true });
  for (const { path, text } of outputFiles) {
    await writeFile(path, path.endsWith('.map') ? smallerMap(text, outfile) : text);
  }
  return metafile;
}

/** Names our sources as the repository does, so that the map, and with it the asset's hash, is the same everywhere. */
function smallerMap(text: string, outfile: string): string {
  const own = (source: string): string | undefined => {
    const path = relative(ROOT, resolve(dirname(outfile), source));
    return /^(domain|lambdas)[\\/]/.test(path) ? path : undefined;
  };
  return JSON.stringify(ownLines(JSON.parse(text) as SourceMap, own));
}
