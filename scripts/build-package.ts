/**
 * `npm run build`: builds what the package consists of, into `dist`. `npm pack` runs it. The constructs are one file, the
 * functions are bundled as a deployment from the repository bundles them, and the types are TypeScript's own.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildConsole } from '../console/build';
import { bundleFunction } from '../infra/bundling/bundle';
import { bundleName } from '../infra/code-location';

const ROOT = resolve(__dirname, '..');
const DIST = join(ROOT, 'dist');

async function bundleConstructs(): Promise<void> {
  await build({
    entryPoints: [join(ROOT, 'infra/index.ts')],
    outfile: join(DIST, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['aws-cdk-lib', 'constructs'],
    logLevel: 'warning',
  });
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
  await bundleConstructs();
  const entries = readdirSync(join(ROOT, 'lambdas'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[\w-]+\/handler\.ts$/.test(file))
    .map((file) => `lambdas/${file}`);
  for (const entry of entries) await bundleFunction(entry, join(DIST, 'functions', bundleName(entry), 'index.js'));
  cpSync(await buildConsole(), join(DIST, 'functions', bundleName('lambdas/console/handler.ts'), 'console'), {
    recursive: true,
  });
  writeTypes();
}

void main();
