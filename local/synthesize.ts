/** The CloudFormation template of the project's own CDK app, made in this process, once. */
import type { synthesizeTemplate } from '../infra/app';

let template: unknown;

/** Loads the CDK only when asked to: it takes seconds, and not everything here needs it. */
export async function synthesize(): Promise<unknown> {
  if (template === undefined) {
    const app = (await import('../infra/app')) as { synthesizeTemplate: typeof synthesizeTemplate };
    template = app.synthesizeTemplate();
  }
  return template;
}
