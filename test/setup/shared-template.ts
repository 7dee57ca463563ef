/** Stands in for local/synthesize.ts (jest.config.cjs): to load the CDK and to synthesise takes seconds. */
import type * as App from '../../infra/app';
import { readOrMake } from './shared-files';

let template: unknown;

export async function synthesize(): Promise<unknown> {
  return sharedTemplate();
}

/** The template of the deployment with its default choices. */
export function sharedTemplate(): unknown {
  // The CDK is loaded only where the template is made.
  template ??= readOrMake('template', () => jest.requireActual<typeof App>('../../infra/app').synthesizeTemplate());
  return template;
}
