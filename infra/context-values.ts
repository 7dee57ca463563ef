/** What each context value may be. The command line gives text; cdk.json may give numbers and lists. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Authentication } from './functions/node-api';
import { listOf, type ContextValue } from './context-lists';
import { isDeploymentName, LONGEST_NAME } from './deployment-name';

export { roleArns } from './context-lists';
export type { ContextValue } from './context-lists';

export const stackName: ContextValue<string> = {
  mustBe: `a letter, and then at most ${LONGEST_NAME - 1} letters, digits and hyphens`,
  parse: (value) => (typeof value === 'string' && isDeploymentName(value) ? value : undefined),
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export const tableName = text(/^[A-Za-z0-9_.-]{3,255}$/, "a table's name (not its ARN): 3 to 255 of A-Z a-z 0-9 _ . -");

/** An alias or a key id would need the rights to look it up, and a policy cannot name it. */
export const keyArns = listOf(
  /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[A-Za-z0-9-]+$/,
  'ARNs of KMS keys (not of aliases), with commas between them, like arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-...',
);

export const accounts = listOf(/^\d{12}$/, 'account ids of twelve digits, with commas between them');

export const onOrOff: ContextValue<boolean> = {
  mustBe: 'on or off',
  parse: (value) => (value === 'on' ? true : value === 'off' ? false : undefined),
};

export const email = text(/^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/, 'one e-mail address');

/** CDK's word for "never expire" is a number of days that CloudWatch would refuse. */
const RETENTIONS = Object.values(RetentionDays)
  .filter((value) => typeof value === 'number')
  .filter((days) => days !== RetentionDays.INFINITE)
  .sort((one, other) => one - other);

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const retentionDays: ContextValue<number> = {
  mustBe: `a number of days that CloudWatch Logs knows: ${RETENTIONS.join(', ')}`,
  parse: (value) => RETENTIONS.find((days) => String(days) === String(value)),
};

export const policyArn = text(
  /^arn:[^:]+:iam::(\d{12}|aws):policy\/[^*]+$/,
  'the ARN of a managed policy, like arn:aws:iam::123456789012:policy/boundary',
);

export const removalPolicy: ContextValue<RemovalPolicy.RETAIN | RemovalPolicy.DESTROY> = {
  mustBe: 'retain or destroy',
  parse: (value) =>
    value === 'retain' ? RemovalPolicy.RETAIN : value === 'destroy' ? RemovalPolicy.DESTROY : undefined,
};

export const authentication: ContextValue<Authentication> = {
  mustBe: 'bearer or iam',
  parse: (value) => (value === 'bearer' || value === 'iam' ? value : undefined),
};

export const hostName = text(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name, like nodes.example.com');

export const certificateArn = text(
  /^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/[^*]+$/,
  "the ARN of a certificate in ACM, in the API's Region",
);

export const requests: ContextValue<number> = {
  mustBe: 'a whole number from 1 to 99999',
  parse: (value) => (/^[1-9]\d{0,4}$/.test(String(value)) ? Number(value) : undefined),
};

function text(pattern: RegExp, mustBe: string): ContextValue<string> {
  return { mustBe, parse: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined) };
}
