/**
 * Secrets Manager in this process, at the SDK's `send()`: the secrets of the template, generated when they are
 * first made, and read.
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
  /** Takes the place of what would be generated. */
  readonly generated?: string | undefined;
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export class LocalSecrets {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  private readonly values: ReadonlyMap<string, string>;

  constructor(definitions: readonly SecretDefinition[], options: SecretsOptions) {
    this.values = new Map(definitions.map((definition) => [definition.arn, generate(definition, options)]));
    this.client = { send: async (command: unknown) => this.answer(command) };
  }

  private answer(command: unknown): object {
    if (!(command instanceof GetSecretValueCommand)) {
      throw new Error(`${(command as object).constructor.name} is not played by the local Secrets Manager`);
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
