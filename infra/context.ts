/**
 * The deployment's choices, as the CDK CLI passes them: `cdk deploy -c key=value`, or `context` in cdk.json. All of them
 * are checked before anything is built, and one error names every fault. docs/deploy.md lists them.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import * as values from './context-values';
import type { ContextValue } from './context-values';
import { DEFAULT_STACK_NAME } from './deployment-name';
import type { HoldfastStackProps } from './holdfast-stack';

/** Every fault in the context, each with its key, its value and what the value must be. */
export class InvalidContext extends Error {
  override readonly name = 'InvalidContext';

  constructor(readonly faults: readonly string[]) {
    super(
      ['The context has values that Holdfast cannot use (docs/deploy.md has all of them):', ...faults].join('\n- '),
    );
  }
}

export interface DeploymentChoices extends HoldfastStackProps {
  /** Names the stack, and with it everything that the deployment makes. */
  readonly stackName: string;
}

/** @throws InvalidContext */
export function readContext(node: Node): DeploymentChoices {
  const context = new Context(node);
  const choices: DeploymentChoices = {
    stackName: context.read('stackName', values.stackName) ?? DEFAULT_STACK_NAME,
    tableName: context.read('tableName', values.tableName),
    instanceRoleArns: context.read('instanceRoleArns', values.roleArns),
    volumeKeyArns: context.read('volumeKeyArns', values.keyArns),
    subnetOwnerAccounts: context.read('subnetOwnerAccounts', values.accounts),
    imports: context.read('imports', values.onOrOff),
    alarmEmail: context.read('alarmEmail', values.email),
    logRetentionDays: context.read('logRetentionDays', values.retentionDays),
    permissionsBoundaryArn: context.read('permissionsBoundaryArn', values.policyArn),
    removalPolicy: context.read('removalPolicy', values.removalPolicy),
    api: {
      authentication: context.read('authentication', values.authentication),
      domain: context.domain(),
      throttlingRateLimit: context.read('throttlingRateLimit', values.requests),
      throttlingBurstLimit: context.read('throttlingBurstLimit', values.requests),
      console: context.read('console', values.onOrOff),
    },
  };
  context.refuse('tableName', choices.tableName !== undefined && choices.removalPolicy === RemovalPolicy.DESTROY, {
    because: 'the stack does not own that table, so removalPolicy=destroy cannot remove it: give only one of the two',
  });
  context.throwFaults();
  return choices;
}

/** Reads values and remembers what is wrong with them. */
class Context {
  private readonly faults: string[] = [];

  constructor(private readonly node: Node) {}

  read<T>(key: string, { mustBe, parse }: ContextValue<T>): T | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) this.faults.push(`${key} is ${JSON.stringify(value)}: it must be ${mustBe}`);
    return parsed;
  }

  /** A host name needs a certificate, and a certificate serves nothing without its host name. */
  domain(): { readonly domainName: string; readonly certificateArn: string } | undefined {
    const [nameKey, certificateKey] = ['apiDomainName', 'apiCertificateArn'];
    const isGiven = (key: string): boolean => this.value(key) !== undefined;
    const domainName = this.read(nameKey, values.hostName);
    const certificateArn = this.read(certificateKey, values.certificateArn);
    for (const [key, other] of [
      [nameKey, certificateKey],
      [certificateKey, nameKey],
    ] as const) {
      this.refuse(key, isGiven(key) && !isGiven(other), { because: `${other} is missing: give both or none` });
    }
    return domainName === undefined || certificateArn === undefined ? undefined : { domainName, certificateArn };
  }

  refuse(key: string, isFault: boolean, { because }: { readonly because: string }): void {
    if (isFault) this.faults.push(`${key} is ${JSON.stringify(this.value(key))}: ${because}`);
  }

  /** @throws InvalidContext */
  throwFaults(): void {
    if (this.faults.length > 0) throw new InvalidContext(this.faults);
  }

  private value(key: string): unknown {
    return this.node.tryGetContext(key);
  }
}
