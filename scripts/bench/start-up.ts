/** Measures what a cold start has to load: the functions' code, bundled as it is deployed. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildApp } from '../../infra/app';
import { percentile } from './statistics';

export interface CodeSize {
  readonly entry: string;
  /** Minified. */
  readonly bytes: number;
  readonly gzipBytes: number;
  /** CPU time in which Node loads the code, in milliseconds: the median of some processes on this machine. */
  readonly loadMs: number;
}

const LOADS = 5;
/** Prints the CPU time of one load, in microseconds. */
const LOAD = `const before = process.cpuUsage();
require(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String(user + system));
process.exit();`;

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  readonly Metadata?: { readonly 'holdfast:entry'?: string };
  readonly Properties: { readonly Code?: { readonly S3Key?: string } };
}

/** Takes about ten seconds, because it synthesises the whole app. @throws Error if the code was not bundled */
export function codeSizes(): readonly CodeSize[] {
  const assembly = buildApp().synth();
  try {
    const { Resources } = assembly.stacks[0]?.template as Template;
    return Object.values(Resources).flatMap(({ Type, Metadata, Properties }) => {
      const entry = Metadata?.['holdfast:entry'];
      const asset = Properties.Code?.S3Key?.replace(/\.zip$/, '');
      return Type === 'AWS::Lambda::Function' && entry !== undefined && asset !== undefined
        ? [sizeOf(entry, join(assembly.directory, `asset.${asset}`))]
        : [];
    });
  } finally {
    rmSync(assembly.directory, { recursive: true });
  }
}

/** Excludes the source map, which is loaded only to show an error. */
function sizeOf(entry: string, directory: string): CodeSize {
  const code = readdirSync(directory).find((file) => /\.m?js$/.test(file));
  if (code === undefined) throw new Error(`${entry} was not bundled: is esbuild installed? npm ci installs it`);
  const path = join(directory, code);
  const content = readFileSync(path);
  return { entry, bytes: content.length, gzipBytes: gzipSync(content).length, loadMs: loadMsOf(path) };
}

/** In processes of their own, because a process loads a module once. @throws Error if the code does not load */
function loadMsOf(path: string): number {
  const env = { PATH: process.env['PATH'], AWS_REGION: 'us-east-1' };
  const loads = Array.from({ length: LOADS }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', LOAD, path], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${path} does not load: ${stderr}`);
    return Number(stdout) / 1_000;
  });
  return percentile(loads, 50);
}
