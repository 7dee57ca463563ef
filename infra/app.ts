/**
 * The CDK application. Run as a program, it synthesises for the CDK CLI. Imported, it does nothing by itself, so that
 * tests and the local control plane can synthesise the same stack in their own process.
 */
import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { InvalidContext, readContext, type DeploymentChoices } from './context';
import { FEATURE_FLAGS } from './feature-flags';
import { HoldfastStack } from './holdfast-stack';

/** Logical ids contain it, so it is the same for every stack, whatever its name. */
const STACK_ID = 'Holdfast';

/** The synthesis fails if CDK's check of the template against CloudFormation's schemas finds an error. */
const FINDINGS_ARE_ERRORS = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** Bundles no code for any stack. */
const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

/** Choices that win over those of the context. */
export interface BuildOptions extends Partial<DeploymentChoices> {
  /**
   * Whether to bundle the functions' code and check the template. Without this, the synthesis takes a fraction of the
   * time, and the template differs only in the names of assets.
   * @default true
   */
  readonly bundling?: boolean;
}

/** @throws InvalidContext */
export function buildApp(options: BuildOptions = {}): App {
  const { bundling = true, ...chosen } = options;
  const app = new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: bundling,
    context: FEATURE_FLAGS,
    // Set after the CLI's own context, which would otherwise override it.
    postCliContext: bundling ? FINDINGS_ARE_ERRORS : NO_BUNDLING,
  });
  const choices: DeploymentChoices = { ...readContext(app.node), ...chosen };
  new HoldfastStack(app, STACK_ID, {
    description: 'Holdfast: network identities that outlive the Spot Instances carrying them',
    ...choices,
  });
  return app;
}

/** The CloudFormation template, made in this process, offline and without bundling. */
export function synthesizeTemplate(options: Omit<BuildOptions, 'bundling'> = {}): unknown {
  const assembly = buildApp({ ...options, bundling: false }).synth();
  const [stack] = assembly.stacks;
  const template: unknown = stack?.template;
  rmSync(assembly.directory, { recursive: true });
  return template;
}

/** A person chose the context: what is wrong with it is said in words, without a stack trace. */
function synthesizeForCli(): void {
  try {
    buildApp().synth();
  } catch (error) {
    if (!(error instanceof InvalidContext)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

if (require.main === module) synthesizeForCli();
