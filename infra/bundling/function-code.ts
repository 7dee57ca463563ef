/** The code of a Lambda function, as an asset. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { builtCode, ROOT } from '../code-location';

export interface CodeOptions {
  /** Whether the built files of the web console lie beside the code. */
  readonly hasConsoleFiles?: boolean | undefined;
}

/**
 * In the package the code is built already. In the repository it is bundled at each synthesis, unless CDK's context says
 * that no stack's code is bundled.
 *
 * @param entry the source file, relative to the repository's root; exports `handler`
 * @throws Error if the code cannot be bundled
 */
export function functionCode(entry: string, { hasConsoleFiles = false }: CodeOptions = {}): Code {
  const built = builtCode(entry);
  if (built !== undefined) return Code.fromAsset(built);
  return Code.fromAsset(join(ROOT, dirname(entry)), {
    // The code depends on many files outside of the entry's folder, so the hash is that of the bundle.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(outputDir) {
          run('infra/bundling/command.ts', entry, join(outputDir, 'index.js'));
          if (hasConsoleFiles) run('console/command.ts', join(outputDir, 'console'));
          return true;
        },
      },
      // CDK requires one, and uses it only if the local bundling returns false.
      image: DockerImage.fromRegistry('unused'),
    },
  });
}

/** In a process of its own: synthesis is synchronous, and bundlers are not. */
function run(command: string, ...argv: readonly string[]): void {
  const { status, error } = spawnSync(process.execPath, ['--import', 'tsx', join(ROOT, command), ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) return;
  throw new Error(`${argv[0]} cannot be built: does npm ci pass, and does esbuild run? See above`, { cause: error });
}
