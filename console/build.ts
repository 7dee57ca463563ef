/**
 * Builds the console, unless the same sources have been built before.
 *
 * The folder of a build is named by the digest of everything that goes into it. Each file that compresses lies there three
 * times: as it is, and as `.br` and `.gz`, because what serves them has no time to compress.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = join(__dirname, '..');
const SOURCES = join(ROOT, 'console');
const BUILDS = join(ROOT, '.holdfast', 'console');
/** What the build depends on beside its own sources. */
const OTHER_SOURCES = [
  'package-lock.json',
  'cli/api/schema.d.ts',
  'domain/node/stateful-node.ts',
  'infra/workflows/definitions.ts',
  ...readdirSync(join(ROOT, 'statemachines')).map((file) => `statemachines/${file}`),
];
const COMPRESSED = /\.(html|js|css|svg|json)$/;

/**
 * Returns the folder of the built files.
 * @param onBuild is called before a build, which takes some ten seconds
 * @throws Error if the sources cannot be built
 */
export async function buildConsole(onBuild: () => void = () => undefined): Promise<string> {
  const folder = join(BUILDS, digestOfSources());
  if (existsSync(folder)) return folder;
  onBuild();
  // A build that is interrupted, or two at once, must not leave half a folder under the final name.
  const unfinished = `${folder}.${process.pid}`;
  await viteBuild(unfinished);
  for (const file of filesIn(unfinished)) compress(join(unfinished, file));
  mkdirSync(BUILDS, { recursive: true });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/**
 * In a process of its own: Jest cannot load Vite, which is an ES module, and sets NODE_ENV to `test`, with which the build would
 * have React for development, larger and slower.
 */
async function viteBuild(outDir: string): Promise<void> {
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
  const options = [
    '--config',
    join(SOURCES, 'vite.config.ts'),
    '--outDir',
    outDir,
    '--emptyOutDir',
    '--logLevel',
    'error',
  ];
  await promisify(execFile)(process.execPath, [vite, 'build', SOURCES, ...options], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
}

function compress(path: string): void {
  if (!COMPRESSED.test(path)) return;
  const plain = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  const files = [...filesIn(SOURCES).map((file) => join('console', file)), ...OTHER_SOURCES];
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}
