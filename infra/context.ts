/** The deployment's settings, as the CDK CLI passes them: `cdk deploy -c key=value`, or `context` in cdk.json. */
import type { App } from 'aws-cdk-lib';
import type { ApiDomain, Authentication } from './functions/node-api';

/** A context value of the wrong shape. */
export class InvalidContext extends Error {
  override readonly name = 'InvalidContext';
}

export interface DeploymentChoices {
  readonly instanceRoleArns: readonly string[];
  /** If undefined, the stack makes its own table. */
  readonly tableName: string | undefined;
  readonly api: {
    readonly authentication: Authentication | undefined;
    readonly domain: ApiDomain | undefined;
    readonly throttlingRateLimit: number | undefined;
    readonly throttlingBurstLimit: number | undefined;
  };
}

/** @throws InvalidContext */
export function readContext(app: App): DeploymentChoices {
  const read = (key: string): unknown => app.node.tryGetContext(key);
  return {
    instanceRoleArns: instanceRoleArns(read('instanceRoleArns')),
    tableName: tableName(read('tableName')),
    api: {
      authentication: authentication(read('authentication')),
      domain: domain(read('apiDomainName'), read('apiCertificateArn')),
      throttlingRateLimit: requests('throttlingRateLimit', read('throttlingRateLimit')),
      throttlingBurstLimit: requests('throttlingBurstLimit', read('throttlingBurstLimit')),
    },
  };
}

/** Role ARNs, comma-separated or as a list. */
function instanceRoleArns(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const arns: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  return arns.map((arn) => {
    if (typeof arn === 'string' && /^arn:[^:]+:iam::\d{12}:role\/[^*]+$/.test(arn.trim())) return arn.trim();
    throw new InvalidContext(`instanceRoleArns must be role ARNs, not ${JSON.stringify(arn)}`);
  });
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
function tableName(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[A-Za-z0-9_.-]{3,255}$/.test(value)) return value;
  throw new InvalidContext(`tableName must be the name of a table, not ${JSON.stringify(value)}`);
}

function authentication(value: unknown): Authentication | undefined {
  if (value === undefined || value === 'bearer' || value === 'iam') return value;
  throw new InvalidContext(`authentication must be bearer or iam, not ${JSON.stringify(value)}`);
}

function domain(domainName: unknown, certificateArn: unknown): ApiDomain | undefined {
  if (domainName === undefined && certificateArn === undefined) return undefined;
  if (typeof domainName !== 'string' || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domainName)) {
    throw new InvalidContext(`apiDomainName must be a host name, not ${JSON.stringify(domainName)}`);
  }
  if (typeof certificateArn !== 'string' || !/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/[^*]+$/.test(certificateArn)) {
    throw new InvalidContext(
      `apiCertificateArn must be the ARN of a certificate, not ${JSON.stringify(certificateArn)}`,
    );
  }
  return { domainName, certificateArn };
}

function requests(key: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  // The command line gives text, cdk.json a number.
  const text = typeof value === 'number' ? value.toString() : value;
  if (typeof text === 'string' && /^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidContext(`${key} must be a whole number from 1 to 99999, not ${JSON.stringify(value)}`);
}
