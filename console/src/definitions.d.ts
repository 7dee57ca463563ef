/** Made by console/definitions.ts. */
declare module 'virtual:definitions' {
  /* eslint-disable @typescript-eslint/consistent-type-imports -- an ambient module cannot have relative import declarations */
  const definitions: Readonly<
    Record<import('./api/node-types').OperationKind, import('./pages/node/replacements/machine/definition').Definition>
  >;
  export default definitions;
}
