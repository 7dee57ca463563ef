/**
 * IAM for DynamoDB, Step Functions, EventBridge, Secrets Manager, the price list and CloudWatch: the authorization request
 * of each call, and each service's error when IAM refuses it.
 *
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { CloudWatchServiceException } from '@aws-sdk/client-cloudwatch';
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { EventBridgeServiceException } from '@aws-sdk/client-eventbridge';
import { PricingServiceException } from '@aws-sdk/client-pricing';
import { SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { SFNServiceException } from '@aws-sdk/client-sfn';
import type { Authorize } from '../simulator/iam/authorization-request';
import type { RuntimeClients } from './lambda';
import { ACCOUNT_ID, REGION } from '../simulator/cloudformation/template-values';

type Service = Exclude<keyof RuntimeClients, 'ec2'>;

/** The fields that may identify a command's resource. */
interface Command {
  readonly input: {
    readonly TableName?: string;
    readonly IndexName?: string;
    readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName?: string }>>[];
    readonly SecretId?: string;
    readonly stateMachineArn?: string;
    readonly executionArn?: string;
    readonly taskToken?: string;
  };
}

interface ServiceAuthorization {
  /** The service prefix of actions. */
  readonly prefix: string;
  /** Returns the resource's ARN, or undefined if the request names no known resource. IAM then decides nothing. */
  readonly resource: (input: Command['input'], stateMachineOf: StateMachineOf) => string | undefined;
  readonly Refused: new (options: RefusalOptions) => Error;
}

interface RefusalOptions {
  readonly name: string;
  readonly message: string;
  readonly $fault: 'client';
  readonly $metadata: { readonly httpStatusCode: number };
}

/** Returns the state machine that issued a task token, or undefined for an unknown token. */
export type StateMachineOf = (taskToken: string) => string | undefined;

const SERVICES: Readonly<Record<Service, ServiceAuthorization>> = {
  dynamodb: {
    prefix: 'dynamodb',
    resource: ({ TableName, IndexName }) =>
      `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${TableName}${IndexName === undefined ? '' : `/index/${IndexName}`}`,
    Refused: DynamoDBServiceException,
  },
  sfn: {
    prefix: 'states',
    // The reference lists no resource for calls with a token, but Step Functions checks the state machine.
    resource: ({ stateMachineArn, executionArn, taskToken }, stateMachineOf) =>
      taskToken === undefined ? (stateMachineArn ?? executionArn) : stateMachineOf(taskToken),
    Refused: SFNServiceException,
  },
  events: {
    prefix: 'events',
    resource: () => `arn:aws:events:${REGION}:${ACCOUNT_ID}:event-bus/default`,
    Refused: EventBridgeServiceException,
  },
  secrets: {
    prefix: 'secretsmanager',
    resource: ({ SecretId }) => SecretId,
    Refused: SecretsManagerServiceException,
  },
  pricing: { prefix: 'pricing', resource: () => '*', Refused: PricingServiceException },
  cloudwatch: { prefix: 'cloudwatch', resource: () => '*', Refused: CloudWatchServiceException },
};

/** Wraps the clients so that IAM authorizes each call. The simulated EC2 does this itself. */
export function guarded(clients: RuntimeClients, authorize: Authorize, stateMachineOf: StateMachineOf): RuntimeClients {
  const guard = <Name extends Service>(service: Name): RuntimeClients[Name] =>
    guardedClient(SERVICES[service], clients[service], authorize, stateMachineOf);
  return {
    ec2: clients.ec2,
    dynamodb: guard('dynamodb'),
    sfn: guard('sfn'),
    secrets: guard('secrets'),
    events: guard('events'),
    pricing: guard('pricing'),
    cloudwatch: guard('cloudwatch'),
  };
}

function guardedClient<Client extends object>(
  { prefix, resource, Refused }: ServiceAuthorization,
  client: Client,
  authorize: Authorize,
  stateMachineOf: StateMachineOf,
): Client {
  const inner = client as { send: (...command: readonly unknown[]) => Promise<unknown> };
  return {
    send: async (command: Command, ...rest: readonly unknown[]) => {
      for (const { operation, input } of partsOf(command)) {
        const arn = resource(input, stateMachineOf);
        const refused = arn === undefined ? undefined : authorize({ action: `${prefix}:${operation}`, resource: arn });
        if (refused !== undefined) throw refusal(Refused, refused.message);
      }
      return inner.send(command, ...rest);
    },
  } as unknown as Client;
}

interface Part {
  readonly operation: string;
  readonly input: Command['input'];
}

/**
 * IAM authorizes each item of a transaction as a call of its own, and not the transaction.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
function partsOf({ constructor, input }: Command): readonly Part[] {
  const { TransactItems } = input;
  if (TransactItems === undefined) return [{ operation: constructor.name.replace(/Command$/, ''), input }];
  const items = TransactItems.flatMap((each) => Object.entries(each));
  return items.map(([kind, item]) => ({ operation: `${kind}Item`, input: item }));
}

function refusal(Refused: ServiceAuthorization['Refused'], message: string): Error {
  return new Refused({
    name: 'AccessDeniedException',
    message,
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
}
