/**
 * What a Lambda function gets from where it runs: its environment, SDK clients and time. Deployed, these are
 * the real ones; in the local control plane they are simulated at the clients' `send()`, so that every line
 * of the function runs in both.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Handler } from 'aws-lambda';
import { randomBytes } from 'node:crypto';
import type { RandomHex, Time } from './ports';

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
  /** One line of structured log. */
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** A function's entry: made once a container, called once an event. */
export type CreateHandler = (runtime: Runtime) => (event: unknown) => Promise<unknown>;

/** The price list of every Region is answered in three of them only. https://docs.aws.amazon.com/general/latest/gr/billing.html */
const PRICE_LIST_REGION = 'us-east-1';

/**
 * Who tries again, and how long a call may take, in milliseconds. The SDK would try each call three times by itself,
 * refusals for want of capacity included: three requests for every pool, in the tightest bucket that EC2 has. What EC2
 * refuses is for the state machine to wait out, and for the reconciler's next run. A call of the other services is cheap
 * to repeat at once.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const EC2_CALLS = {
  maxAttempts: 1,
  // RunInstances has been seen to take five seconds; a step has sixty for all of its calls.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
};
const OTHER_CALLS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** The runtime of a deployed function. Clients are made once and kept while the container lives. */
export function awsRuntime(): Runtime {
  let secrets: SecretsManagerClient | undefined;
  let events: EventBridgeClient | undefined;
  let pricing: PricingClient | undefined;
  return {
    environment: process.env,
    ec2: new EC2Client(EC2_CALLS),
    dynamodb: new DynamoDBClient(OTHER_CALLS),
    sfn: new SFNClient(OTHER_CALLS),
    // One function of several asks for each of these: to the others, making them would only delay a cold start.
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
    log: (entry) => console.log(JSON.stringify(entry)),
  };
}

/** Puts off making the AWS clients to the first event, so that importing an entry module has no side effect. */
export function lambdaHandler(createHandler: CreateHandler): Handler<unknown, unknown> {
  let handle: ReturnType<CreateHandler> | undefined;
  return (event) => (handle ??= createHandler(awsRuntime()))(event);
}
