/** Synthesises the CloudFormation template of the project's CDK app in this process, once. */
import type { synthesizeTemplate } from '../infra/app';

let template: unknown;

/** Loads the CDK only on the first call: it takes seconds, and not every caller needs it. */
export async function synthesize(): Promise<unknown> {
  if (template === undefined) {
    const app = (await import('../infra/app')) as { synthesizeTemplate: typeof synthesizeTemplate };
    template = app.synthesizeTemplate();
  }
  return template;
}
