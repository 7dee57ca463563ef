/**
 * What DynamoDB, Step Functions, EventBridge, Secrets Manager and the price list ask IAM about a call, and what they
 * answer where it says no.
 *
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { EventBridgeServiceException } from '@aws-sdk/client-eventbridge';
import { PricingServiceException } from '@aws-sdk/client-pricing';
import { SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { SFNServiceException } from '@aws-sdk/client-sfn';
import type { Authorize } from '../simulator/iam/authorization-request';
import type { RuntimeClients } from './lambda';
import { ACCOUNT_ID, REGION } from '../simulator/cloudformation/template-values';

type Service = Exclude<keyof RuntimeClients, 'ec2'>;

/** Whatever of these a command has says what it is about. */
interface Command {
  readonly input: {
    readonly TableName?: string;
    readonly SecretId?: string;
    readonly stateMachineArn?: string;
    readonly executionArn?: string;
    readonly taskToken?: string;
  };
}

interface Manners {
  /** In actions. */
  readonly prefix: string;
  /** Undefined where the service would not know what to ask about. */
  readonly resource: (input: Command['input'], stateMachineOf: StateMachineOf) => string | undefined;
  readonly Refused: new (options: RefusalOptions) => Error;
}

interface RefusalOptions {
  readonly name: string;
  readonly message: string;
  readonly $fault: 'client';
  readonly $metadata: { readonly httpStatusCode: number };
}

/** The state machine whose execution issued a task token; undefined where none did. */
export type StateMachineOf = (taskToken: string) => string | undefined;

const MANNERS: Readonly<Record<Service, Manners>> = {
  dynamodb: {
    prefix: 'dynamodb',
    resource: ({ TableName }) => `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${TableName}`,
    Refused: DynamoDBServiceException,
  },
  sfn: {
    prefix: 'states',
    // The reference lists no resource for calls with a token, but the state machine is checked all the same.
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
};

/** The clients, which ask IAM before each call; EC2 asks by itself. */
export function guarded(clients: RuntimeClients, authorize: Authorize, stateMachineOf: StateMachineOf): RuntimeClients {
  const guard = <Name extends Service>(service: Name): RuntimeClients[Name] =>
    guardedClient(MANNERS[service], clients[service], authorize, stateMachineOf);
  return {
    ...{ ec2: clients.ec2, dynamodb: guard('dynamodb'), sfn: guard('sfn') },
    ...{ secrets: guard('secrets'), events: guard('events'), pricing: guard('pricing') },
  };
}

function guardedClient<Client extends object>(
  { prefix, resource, Refused }: Manners,
  client: Client,
  authorize: Authorize,
  stateMachineOf: StateMachineOf,
): Client {
  const behind = client as { send: (...command: readonly unknown[]) => Promise<unknown> };
  return {
    send: async (command: Command, ...rest: readonly unknown[]) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      const about = resource(command.input, stateMachineOf);
      const refused =
        about === undefined ? undefined : authorize({ action: `${prefix}:${operation}`, resource: about });
      if (refused !== undefined) throw refusal(Refused, refused.message);
      return behind.send(command, ...rest);
    },
  } as unknown as Client;
}

function refusal(Refused: Manners['Refused'], message: string): Error {
  return new Refused({
    name: 'AccessDeniedException',
    message,
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
}
