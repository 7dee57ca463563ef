/**
 * `npm run build`: builds what the package consists of, into `dist`. `npm pack` runs it. The constructs are one file, the
 * functions are bundled as a deployment from the repository bundles them, and the types are TypeScript's own.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { bundleName } from '../infra/code-location';
import { BUNDLING } from '../infra/functions/holdfast-function';

const ROOT = resolve(__dirname, '..');
const DIST = join(ROOT, 'dist');

const { target, minify, keepNames, sourceMap, sourcesContent, mainFields } = BUNDLING;
const ofFunctions: BuildOptions = {
  target,
  minify,
  keepNames,
  sourcemap: sourceMap,
  sourcesContent,
  mainFields,
};

async function bundle(entry: string, outfile: string, options: BuildOptions): Promise<void> {
  const common: BuildOptions = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' };
  await build({ ...common, ...options, entryPoints: [join(ROOT, entry)], outfile: join(DIST, outfile) });
}

function writeTypes(): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.package.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the types could not be written');
}

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  await bundle('infra/index.ts', 'index.js', { target: 'node20', external: ['aws-cdk-lib', 'constructs'] });
  const entries = readdirSync(join(ROOT, 'lambdas'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[\w-]+\/handler\.ts$/.test(file))
    .map((file) => `lambdas/${file}`);
  for (const entry of entries) await bundle(entry, `functions/${bundleName(entry)}/index.js`, ofFunctions);
  writeTypes();
}

void main();
