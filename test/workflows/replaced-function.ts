/** The real functions of the deployment, except for one. */
import { resolve } from 'node:path';
import type { CreateHandler } from '../../lambdas/runtime';
import type { PlayOptions } from './play';

const ROOT = resolve(__dirname, '../..');

/** @param entry of the function that is what `replace` makes of it, as `lambdas/steps/handler.ts` */
export function withReplaced(
  entry: string,
  replace: (real: CreateHandler) => CreateHandler,
): NonNullable<PlayOptions['controlPlane']> {
  return {
    loadEntry: async (path) => {
      const real = (await import(resolve(ROOT, path))) as { readonly createHandler: CreateHandler };
      return path === entry ? { createHandler: replace(real.createHandler) } : real;
    },
  };
}
