/** Measures the size of the functions' code, bundled as it is deployed. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildApp } from '../../infra/app';

export interface CodeSize {
  readonly entry: string;
  /** Minified. */
  readonly bytes: number;
  readonly gzipBytes: number;
}

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
  const content = readFileSync(join(directory, code));
  return { entry, bytes: content.length, gzipBytes: gzipSync(content).length };
}
