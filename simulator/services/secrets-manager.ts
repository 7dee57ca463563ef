/**
 * Secrets Manager, simulated at the SDK's `send()`. It generates the secrets of the template at the start; clients can
 * read them.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Random } from '../time/random';
import type { SecretDefinition } from '../cloudformation/template';

export interface SecretsOptions {
  readonly random: Random;
  /** Replaces the generated value. */
  readonly generated?: string | undefined;
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export class LocalSecrets {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  private readonly values: ReadonlyMap<string, string>;

  constructor(definitions: readonly SecretDefinition[], options: SecretsOptions) {
    this.values = new Map(definitions.map((definition) => [definition.arn, generate(definition, options)]));
    this.client = { send: async (command: unknown) => this.perform(command) };
  }

  private perform(command: unknown): object {
    if (!(command instanceof GetSecretValueCommand)) {
      throw new Error(`${(command as object).constructor.name} is not supported by the local Secrets Manager`);
    }
    const { SecretId = '' } = command.input;
    const value = this.values.get(SecretId);
    if (value === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      throw new ResourceNotFoundException({ message, $metadata: { httpStatusCode: 400 } });
    }
    return { ARN: SecretId, SecretString: value, VersionStages: ['AWSCURRENT'], $metadata: {} };
  }
}

function generate({ template, key, length }: SecretDefinition, { random, generated }: SecretsOptions): string {
  const draw = (): string => ALPHANUMERIC.charAt(Math.floor(random.next() * ALPHANUMERIC.length));
  const value = generated ?? Array.from({ length }, draw).join('');
  return JSON.stringify({ ...(JSON.parse(template) as object), [key]: value });
}
