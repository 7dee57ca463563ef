/**
 * The CDK application. Run as a program, it synthesises for the CDK CLI. Imported, it does nothing by itself, so that
 * tests and the local control plane can synthesise the same stack in their own process.
 */
import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { readContext } from './context';
import { HoldfastStack, type HoldfastStackProps } from './holdfast-stack';

const STACK_NAME = 'Holdfast';

/** The synthesis fails if CDK's check of the template against CloudFormation's schemas finds an error. */
const FINDINGS_ARE_ERRORS = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** Bundles no code for any stack. */
const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

export interface BuildOptions {
  /**
   * Whether to bundle the functions' code and check the template. Without this, the synthesis takes a fraction of the
   * time, and the template differs only in the names of assets.
   * @default true
   */
  readonly bundling?: boolean;
  /** The IAM roles that launched instances may be given. @default - the context value `instanceRoleArns`, or none */
  readonly instanceRoleArns?: readonly string[];
  /** The existing table to use. @default - the context value `tableName`, or a new table */
  readonly tableName?: string;
  /** How the API is served. @default - the values of the context */
  readonly api?: HoldfastStackProps['api'];
}

export function buildApp(options: BuildOptions = {}): App {
  const { bundling = true } = options;
  const app = new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: bundling,
    // Set after the CLI's own context, which would otherwise override it.
    postCliContext: bundling ? FINDINGS_ARE_ERRORS : NO_BUNDLING,
  });
  const chosen = readContext(app);
  new HoldfastStack(app, STACK_NAME, {
    description: 'Holdfast: network identities that outlive the Spot Instances carrying them',
    instanceRoleArns: options.instanceRoleArns ?? chosen.instanceRoleArns,
    tableName: options.tableName ?? chosen.tableName,
    api: options.api ?? chosen.api,
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

if (require.main === module) buildApp().synth();
