/**
 * What a Lambda function gets from where it runs: its environment, SDK clients and time. A deployed function gets the
 * real ones. The local control plane simulates the clients at `send()`, so that every line of the function runs in
 * both places.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Handler } from 'aws-lambda';
import { randomBytes } from 'node:crypto';
import { createLogger, lambdaLog, type Log } from './monitoring/log';
import { embeddedMetrics } from './monitoring/embedded-metrics';
import type { Measure, RandomHex, Time } from './ports';

export interface Runtime {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ec2: Pick<EC2Client, 'send'>;
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  readonly events: Pick<EventBridgeClient, 'send'>;
  readonly pricing: Pick<PricingClient, 'send'>;
  readonly time: Time;
  readonly randomHex: RandomHex;
  readonly log: Log;
  readonly measure: Measure;
}

/** A function's entry: created once for each container, called once for each event. */
export type CreateHandler = (runtime: Runtime) => (event: unknown) => Promise<unknown>;

const { DEPLOYMENT = 'holdfast' } = process.env;

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

/** The runtime of a deployed function. Clients are made once and kept as long as the container. */
export function awsRuntime(logger = createLogger(DEPLOYMENT)): Runtime {
  let secrets: SecretsManagerClient | undefined;
  let events: EventBridgeClient | undefined;
  let pricing: PricingClient | undefined;
  return {
    environment: process.env,
    ec2: new EC2Client(EC2_CALLS),
    dynamodb: new DynamoDBClient(OTHER_CALLS),
    sfn: new SFNClient(OTHER_CALLS),
    // Only one function needs each of these. For the others, making it would only delay a cold start.
    get secrets() {
      return (secrets ??= new SecretsManagerClient(OTHER_CALLS));
    },
    get events() {
      return (events ??= new EventBridgeClient(OTHER_CALLS));
    },
    get pricing() {
      return (pricing ??= new PricingClient({ ...OTHER_CALLS, region: PRICE_LIST_REGION }));
    },
    time: {
      now: () => new Date(),
      sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    },
    randomHex: (digits) =>
      randomBytes(Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits),
    log: lambdaLog(logger),
    measure: embeddedMetrics(DEPLOYMENT),
  };
}

/**
 * Makes the AWS clients at the first event, so that importing an entry module has no side effect. Each line of the log has
 * the id of its request, and what the event says about the node.
 */
export function lambdaHandler(createHandler: CreateHandler): Handler<unknown, unknown> {
  let handle: ReturnType<CreateHandler> | undefined;
  const logger = createLogger(DEPLOYMENT);
  return (event, context) => {
    logger.resetKeys();
    logger.addContext(context);
    return (handle ??= createHandler(awsRuntime(logger)))(event);
  };
}
