/** The API's tokens in Secrets Manager: `{"current": "...", "previous": "..."}`, the latter during a rotation. */
import {
  GetSecretValueCommand,
  SecretsManagerServiceException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { ServiceUnavailable, Throttled } from '../../domain/errors';
import { ApiTokensUnusable, type ApiTokens } from '../ports';
import { isConnectionFailure } from './connection-failure';

const tokensSecret = z.object({ current: z.string().min(1), previous: z.string().min(1).nullish() });

export function secretTokens(secrets: Pick<SecretsManagerClient, 'send'>, secretArn: string): ApiTokens {
  return {
    async current() {
      const { current, previous } = tokensIn(await read(secrets, secretArn));
      return [current, previous].filter((token) => typeof token === 'string');
    },
  };
}

/** Parser errors quote what they read, so we must not let them out. */
function tokensIn(secret: string | undefined): z.infer<typeof tokensSecret> {
  try {
    return tokensSecret.parse(JSON.parse(secret ?? ''));
  } catch {
    throw new ApiTokensUnusable(
      'The secret with the API tokens must be JSON like {"current": "...", "previous": "..."}: correct it in Secrets Manager.',
    );
  }
}

async function read(secrets: Pick<SecretsManagerClient, 'send'>, secretArn: string): Promise<string | undefined> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return SecretString;
  } catch (error) {
    if (isConnectionFailure(error)) throw new ServiceUnavailable('Secrets Manager did not answer', { cause: error });
    if (!(error instanceof SecretsManagerServiceException)) throw error;
    if (error.name === 'ThrottlingException') throw new Throttled('Secrets Manager is throttling', { cause: error });
    if (error.$fault === 'server') throw new ServiceUnavailable('Secrets Manager failed', { cause: error });
    throw error;
  }
}
