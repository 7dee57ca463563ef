/** The code of a Lambda function, as an asset. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { builtCode, ROOT } from '../code-location';

/**
 * In the package the code is built already. In the repository it is bundled at each synthesis, unless CDK's context says
 * that no stack's code is bundled.
 *
 * @param entry the source file, relative to the repository's root; exports `handler`
 * @throws Error if the code cannot be bundled
 */
export function functionCode(entry: string): Code {
  const built = builtCode(entry);
  if (built !== undefined) return Code.fromAsset(built);
  return Code.fromAsset(join(ROOT, dirname(entry)), {
    // The code depends on many files outside of the entry's folder, so the hash is that of the bundle.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(outputDir) {
          bundle(entry, join(outputDir, 'index.js'));
          return true;
        },
      },
      // CDK requires one, and uses it only if the local bundling returns false.
      image: DockerImage.fromRegistry('unused'),
    },
  });
}

function bundle(entry: string, outfile: string): void {
  const command = [join(ROOT, 'infra/bundling/command.ts'), entry, outfile];
  const { status, error } = spawnSync(process.execPath, ['--import', 'tsx', ...command], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) return;
  throw new Error(`${entry} cannot be bundled: does npm ci pass, and does esbuild run? See above`, { cause: error });
}
