/** Synthesises the CloudFormation template of the project's CDK app in this process, once for each set of choices. */
import type { synthesizeTemplate } from '../infra/app';

export interface TemplateChoices {
  /** ARNs of the IAM roles that nodes may have. @default none */
  readonly instanceRoleArns?: readonly string[];
}

const templates = new Map<string, unknown>();

/** Loads the CDK only on the first call: it takes seconds, and not every caller needs it. */
export async function synthesize(choices: TemplateChoices = {}): Promise<unknown> {
  const key = JSON.stringify(choices.instanceRoleArns ?? []);
  if (!templates.has(key)) {
    const app = (await import('../infra/app')) as { synthesizeTemplate: typeof synthesizeTemplate };
    templates.set(key, app.synthesizeTemplate(choices));
  }
  return templates.get(key);
}
