/** The SDK clients of the deployed functions. Each function makes only those that it uses, and is bundled with no others. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';

/** Only three Regions serve the price list, each for all Regions. https://docs.aws.amazon.com/general/latest/gr/billing.html */
const PRICE_LIST_REGION = 'us-east-1';

/**
 * How often the SDK tries a call, and how long a call may take, in milliseconds. By default the SDK tries three times,
 * even if EC2 has no capacity. That would be three requests for every pool, and EC2 limits these calls most strictly.
 * The state machine and the reconciler's next run retry EC2 calls instead. A call of another service is cheap to repeat
 * at once.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const EC2_CALLS = {
  maxAttempts: 1,
  // RunInstances sometimes takes five seconds. A step has sixty seconds for all of its calls.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
};
const OTHER_CALLS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

export const dynamodbClient = () => new DynamoDBClient(OTHER_CALLS);
export const sfnClient = () => new SFNClient(OTHER_CALLS);

/** The clients of every function that observes EC2 and writes node records. */
export const portClients = () => ({
  ec2: new EC2Client(EC2_CALLS),
  dynamodb: dynamodbClient(),
  sfn: sfnClient(),
  events: new EventBridgeClient(OTHER_CALLS),
});

/** Few requests need a price or a measurement, so the clients for them are made when they are first used. */
export function apiClients() {
  let pricing: PricingClient | undefined;
  let cloudwatch: CloudWatchClient | undefined;
  return {
    ...portClients(),
    get pricing() {
      return (pricing ??= new PricingClient({ ...OTHER_CALLS, region: PRICE_LIST_REGION }));
    },
    get cloudwatch() {
      return (cloudwatch ??= new CloudWatchClient(OTHER_CALLS));
    },
  };
}

export const secretsClient = () => new SecretsManagerClient(OTHER_CALLS);
