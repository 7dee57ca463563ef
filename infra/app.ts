/**
 * The CDK application. Run as a program, it synthesises for the CDK CLI; imported, it does nothing until asked,
 * so that tests and the local control plane can synthesise the same stack in their own process.
 */
import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { HoldfastStack } from './holdfast-stack';

const STACK_NAME = 'Holdfast';

/** `cdk deploy -c instanceRoleArns=arn:...,arn:...` */
const INSTANCE_ROLE_ARNS_CONTEXT = 'instanceRoleArns';

/** Findings of CDK's own check of the template against CloudFormation's schemas stop the synthesis. */
const FINDINGS_ARE_ERRORS = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** No code is bundled for any stack. */
const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

export interface BuildOptions {
  /**
   * Whether to bundle the functions' code, and to check the template. Without it the template is the same but for
   * the names of assets, and takes a fraction of the time.
   * @default true
   */
  readonly bundling?: boolean;
  /**
   * The IAM roles that launched instances may be given.
   * @default - the context value `instanceRoleArns`, comma-separated; none without it
   */
  readonly instanceRoleArns?: readonly string[];
}

/** A context value of the wrong shape. */
export class InvalidContext extends Error {
  override readonly name = 'InvalidContext';
}

export function buildApp(options: BuildOptions = {}): App {
  const { bundling = true } = options;
  const app = new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: bundling,
    // Set after the CLI's own context, which would override it.
    postCliContext: bundling ? FINDINGS_ARE_ERRORS : NO_BUNDLING,
  });
  new HoldfastStack(app, STACK_NAME, {
    description: 'Holdfast: network identities that outlive the Spot Instances carrying them',
    instanceRoleArns:
      options.instanceRoleArns ?? instanceRoleArnsOf(app.node.tryGetContext(INSTANCE_ROLE_ARNS_CONTEXT)),
  });
  return app;
}

/** The CloudFormation template, made in this process, offline and without bundling. */
export function synthesizeTemplate(options: Omit<BuildOptions, 'bundling'> = {}): unknown {
  const assembly = buildApp({ ...options, bundling: false }).synth();
  const template: unknown = assembly.getStackByName(STACK_NAME).template;
  rmSync(assembly.directory, { recursive: true });
  return template;
}

function instanceRoleArnsOf(context: unknown): readonly string[] {
  if (context === undefined) return [];
  const arns: unknown[] =
    typeof context === 'string' ? context.split(',') : Array.isArray(context) ? context : [context];
  return arns.map((arn) => {
    if (typeof arn === 'string' && /^arn:[^:]+:iam::\d{12}:role\/[^*]+$/.test(arn.trim())) return arn.trim();
    throw new InvalidContext(`${INSTANCE_ROLE_ARNS_CONTEXT} must be role ARNs, not ${JSON.stringify(arn)}`);
  });
}

if (require.main === module) buildApp().synth();
