/**
 * Makes the bundled AWS SDK smaller. A cold start reads and compiles the whole bundle, so what no call needs costs time.
 * The SDK's own bundle has nearly a megabyte that no function of Holdfast calls.
 *
 * Each rule leaves the meaning of the remaining code as it is. If an SDK update changes what a rule looks for, the rule
 * does nothing and the bundle grows: test/infra/bundles.test.ts fails then.
 */
import { readFile } from 'node:fs/promises';
import type { OnLoadResult, Plugin, PluginBuild } from 'esbuild';

/** The namespace of the replaced modules in esbuild's metafile. */
export const REPLACED_NAMESPACE = 'replaced';

/** The modules of the SDK that the bundle replaces, with the code that it has instead. */
export const REPLACED_MODULES: Readonly<Record<string, string>> = {
  // Lambda gives a function its credentials in the environment, and they do not change while the container lives. The
  // default provider also brings the clients of STS, of SSO and of the metadata service.
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
  '@aws-sdk/credential-provider-node': `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
  // Imported only for an operation that streams events. Holdfast calls none.
  '@smithy/core/event-streams': `throw new Error('This bundle has no event streams: see infra/bundling/smaller-sdk.ts');`,
  // DynamoDB's client makes a cache at once. It uses the cache only if endpoint discovery is switched on, and DynamoDB's
  // endpoints do not need discovery.
  '@aws-sdk/endpoint-cache': `export class EndpointCache {
    has() { throw new Error('This bundle has no endpoint discovery: see infra/bundling/smaller-sdk.ts'); }
  }`,
};

const SCHEMAS = /[\\/]node_modules[\\/]@aws-sdk[\\/].*[\\/]dist-es[\\/].*[\\/]schemas_\d+\.js$/;
const CLIENT_PACKAGE = /[\\/]@aws-sdk[\\/][\w-]+[\\/]package\.json$/;

export const smallerSdk: Plugin = {
  name: 'smaller-sdk',
  setup(build) {
    replaceModules(build);
    build.onLoad({ filter: CLIENT_PACKAGE }, async ({ path }) => onlyVersion(await readFile(path, 'utf8')));
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, 'utf8')),
    }));
  },
};

function replaceModules(build: PluginBuild): void {
  build.onResolve({ filter: /^@(aws-sdk|smithy)\// }, ({ path, resolveDir }) =>
    path in REPLACED_MODULES ? { path, namespace: REPLACED_NAMESPACE, pluginData: resolveDir } : undefined,
  );
  build.onLoad({ filter: /.*/, namespace: REPLACED_NAMESPACE }, ({ path, pluginData }) => ({
    contents: REPLACED_MODULES[path] ?? '',
    resolveDir: String(pluginData),
  }));
}

/** The clients put their version into the user agent. They import the whole package.json for it. */
function onlyVersion(packageJson: string): OnLoadResult {
  const { version } = JSON.parse(packageJson) as { readonly version: string };
  return { contents: JSON.stringify({ version }), loader: 'json' };
}

/**
 * A client describes all of its operations in one file. The descriptions have keys that are constants, `{ [_xN]: … }`, and
 * esbuild does not look up what a constant is: such a key could have side effects, so it keeps every description. With
 * literal keys it keeps only the descriptions of the operations that are called.
 */
export function withLiteralKeys(code: string): string {
  const constants = new Map<string, string>();
  for (const [, name, literal] of code.matchAll(/^const (\w+) = ("[^"\\\n]*");$/gm)) {
    if (name !== undefined && literal !== undefined) constants.set(name, literal);
  }
  return code.replace(/\[(\w+)\]:/g, (key, name: string) => {
    const literal = constants.get(name);
    return literal === undefined ? key : `${literal}:`;
  });
}
