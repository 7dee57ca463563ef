/** A runtime whose SDK clients the test mocks. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Fields, Log } from '../../lambdas/monitoring/log';
import type { Runtime } from '../../lambdas/runtime';
import { InMemoryPorts } from './in-memory-ports';

const REGION = { region: 'eu-west-1' };

export const TABLE_NAME = 'holdfast-test';
export const DEPLOYMENT = 'Holdfast';
export const STATE_MACHINE_ARN_PREFIX = 'arn:aws:states:eu-west-1:123456789012:stateMachine:holdfast-';

export function aRuntime(overrides: Partial<Runtime> = {}): Runtime {
  const { time, randomHex } = new InMemoryPorts();
  return {
    environment: { TABLE_NAME, DEPLOYMENT, STATE_MACHINE_ARN_PREFIX, AWS_REGION: 'eu-west-1' },
    ec2: new EC2Client(REGION),
    dynamodb: new DynamoDBClient(REGION),
    sfn: new SFNClient(REGION),
    secrets: new SecretsManagerClient(REGION),
    events: new EventBridgeClient(REGION),
    pricing: new PricingClient(REGION),
    cloudwatch: new CloudWatchClient(REGION),
    time,
    randomHex,
    log: aLog(),
    measure: () => undefined,
    ...overrides,
  };
}

/** A log that keeps each line with its level, and with what the invocation is about. */
export function aLog(lines: Fields[] = []): Log {
  let subject: Fields = {};
  const write =
    (level: string) =>
    (message: string, fields: Fields = {}) =>
      void lines.push({ level, message, ...subject, ...fields });
  return {
    about: (fields) => void (subject = { ...subject, ...fields }),
    info: write('INFO'),
    warn: write('WARN'),
    error: write('ERROR'),
  };
}
