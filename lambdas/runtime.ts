/**
 * What a Lambda function gets from where it runs: its environment, SDK clients and time. A deployed function gets the
 * real ones. The local control plane simulates the clients at `send()`, so that every line of the function runs in
 * both places.
 */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { PricingClient } from '@aws-sdk/client-pricing';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Handler } from 'aws-lambda';
import { randomBytes } from 'node:crypto';
import { createLogger, lambdaLog, type Log } from './monitoring/log';
import { embeddedMetrics } from './monitoring/embedded-metrics';
import type { Measure, RandomHex, Time } from './ports';

export interface Clients {
  readonly ec2: Pick<EC2Client, 'send'>;
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  readonly events: Pick<EventBridgeClient, 'send'>;
  readonly pricing: Pick<PricingClient, 'send'>;
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
}

/** What every function gets. */
interface RuntimeBase {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly time: Time;
  readonly randomHex: RandomHex;
  readonly log: Log;
  readonly measure: Measure;
}

/** The runtime of a function that uses only these clients. */
export type RuntimeWith<Used extends keyof Clients> = RuntimeBase & Pick<Clients, Used>;

/** The runtime of any function. */
export type Runtime = RuntimeWith<keyof Clients>;

/** A function's entry: created once for each container, called once for each event. */
export type CreateHandler<Used extends keyof Clients = keyof Clients> = (
  runtime: RuntimeWith<Used>,
) => (event: unknown) => Promise<unknown>;

const { DEPLOYMENT = 'holdfast' } = process.env;

function deployedBase(logger: ReturnType<typeof createLogger>): RuntimeBase {
  return {
    environment: process.env,
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
 * Makes the AWS clients at the first event, so that importing an entry module has no side effect. They are kept as long as
 * the container. Each line of the log has the id of its request, and what the event says about the node.
 *
 * @param makeClients is called once
 */
export function lambdaHandler<Used extends keyof Clients>(
  createHandler: CreateHandler<Used>,
  makeClients: () => Pick<Clients, Used>,
): Handler<unknown, unknown> {
  let handle: ReturnType<CreateHandler> | undefined;
  const logger = createLogger(DEPLOYMENT);
  return (event, context) => {
    logger.resetKeys();
    logger.addContext(context);
    // A client may be a property that makes it when it is first read. Object.assign keeps such properties of its target.
    handle ??= createHandler(Object.assign(makeClients(), deployedBase(logger)));
    return handle(event);
  };
}
