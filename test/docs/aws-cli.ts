/** Which commands the AWS CLI has: its operations are those of the API, and it has a few of its own. */
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as events from '@aws-sdk/client-eventbridge';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as stepfunctions from '@aws-sdk/client-sfn';

const CLIENTS: Readonly<Record<string, object>> = {
  cloudformation,
  dynamodb,
  ec2,
  events,
  secretsmanager,
  stepfunctions,
};

/**
 * Of services whose clients are no dependency of ours, and commands without an API operation of the same name. Source:
 * https://docs.aws.amazon.com/cli/latest/reference/
 */
const OTHERS: readonly string[] = [
  'autoscaling detach-instances',
  'cloudwatch get-metric-statistics',
  'dynamodb wait',
  'fis create-experiment-template',
  'fis start-experiment',
  'iam put-role-policy',
  'lambda delete-function-concurrency',
  'lambda get-account-settings',
  'lambda get-function-concurrency',
  'lambda get-function-configuration',
  'lambda get-policy',
  'lambda invoke',
  'lambda put-function-concurrency',
  'logs tail',
  'sns subscribe',
  'sqs delete-message',
  'sqs purge-queue',
  'sqs receive-message',
];

/** @param command `service operation` */
export function isAwsCommand(command: string): boolean {
  const [service = '', operation = ''] = command.split(' ');
  const client = CLIENTS[service];
  const name = operation.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return OTHERS.includes(command) || (client !== undefined && `${name}Command` in client);
}
