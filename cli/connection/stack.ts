/** Finds a deployment in the AWS account: the outputs of its stack, and its token. */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { Failed } from '../failures';
import type { Credentials } from './signing';

export interface Account {
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  /** @throws an error of the SDK if no Region is configured */
  readonly region: () => Promise<string>;
  readonly credentials: Credentials;
}

export interface AccountOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/** The SDK takes a second to load, so it is loaded only by the commands that need it. */
export async function openAccount({ region, profile }: AccountOptions): Promise<Account> {
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const settings = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
  const cloudFormation = new CloudFormationClient(settings);
  return {
    cloudFormation,
    secrets: new SecretsManagerClient(settings),
    region: () => cloudFormation.config.region(),
    credentials: () => cloudFormation.config.credentials(),
  };
}

export interface Deployment {
  readonly url: string;
  /** Absent if the deployment has IAM authentication. */
  readonly tokenSecretArn: string | undefined;
}

/** @throws Failed */
export async function findDeployment({ cloudFormation }: Account, stackName: string): Promise<Deployment> {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const command = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks: [stack] = [] } = await cloudFormation
    .send(command)
    .catch((error: unknown) => fail(`The stack ${stackName} cannot be read`, error));
  const outputs = new Map(stack?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const url = outputs.get('ApiUrl');
  if (url === undefined) {
    throw new Failed(`The stack ${stackName} has no output ApiUrl. Is it Holdfast's, and is its deployment complete?`);
  }
  return { url, tokenSecretArn: outputs.get('ApiTokenSecretArn') };
}

const tokens = z.object({ current: z.string().min(1) });

/** @throws Failed, never with the secret's text */
export async function readToken({ secrets }: Account, secretArn: string): Promise<string> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString = '' } = await secrets
    .send(new GetSecretValueCommand({ SecretId: secretArn }))
    .catch((error: unknown) => fail('The secret with the token cannot be read', error));
  const { data } = tokens.safeParse(parsed(SecretString));
  if (data === undefined) throw new Failed(`The secret ${secretArn} must be {"current": "<token>"}.`);
  return data.current;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the secret.
    return undefined;
  }
}

/** The SDK's messages name the permission or the setting that is missing. */
export function fail(what: string, error: unknown): never {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  throw new Failed(
    `${what}: ${name}: ${message}`,
    'Give --stack, --region and --profile, or HOLDFAST_URL and HOLDFAST_TOKEN.',
  );
}
