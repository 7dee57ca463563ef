import {
  GetSecretValueCommand,
  InternalServiceError,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { secretTokens } from '../../../lambdas/adapters/secrets-manager';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:holdfast-api-AbCdEf';
const secrets = mockClient(SecretsManagerClient);
const tokens = secretTokens(new SecretsManagerClient({ region: 'eu-west-1' }), ARN);
const about = { message: 'top-secret', $metadata: {} };

describe('secretTokens', () => {
  beforeEach(() => secrets.reset());

  it.each([
    { name: 'one token', secret: { current: 'a' }, valid: ['a'] },
    { name: 'two, during a rotation', secret: { current: 'b', previous: 'a' }, valid: ['b', 'a'] },
    { name: 'one, after a rotation', secret: { current: 'b', previous: null }, valid: ['b'] },
    { name: 'one, and other keys beside it', secret: { current: 'b', note: 1 }, valid: ['b'] },
  ])('reads $name', async ({ secret, valid }) => {
    secrets.on(GetSecretValueCommand, { SecretId: ARN }).resolves({ SecretString: JSON.stringify(secret) });
    await expect(tokens.current()).resolves.toEqual(valid);
  });

  it.each([
    { name: 'a bare token', SecretString: 'top-secret' },
    { name: 'no text', SecretString: undefined },
    { name: 'no current token', SecretString: '{"previous":"top-secret"}' },
    { name: 'an empty token', SecretString: '{"current":"","previous":"top-secret"}' },
    { name: 'an empty previous token', SecretString: '{"current":"top-secret","previous":""}' },
    { name: 'a list', SecretString: '["top-secret"]' },
  ])('says what the secret must hold if it holds $name, and does not quote it', async ({ SecretString }) => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString });
    const error = await tokens.current().catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'ApiTokensUnusable', message: expect.stringContaining('"current"') as string });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('top-secret');
    expect(error).not.toHaveProperty('cause');
  });

  it.each([
    {
      error: new SecretsManagerServiceException({ name: 'ThrottlingException', $fault: 'client', ...about }),
      name: 'Throttled',
    },
    { error: new InternalServiceError(about), name: 'ServiceUnavailable' },
    { error: Object.assign(new Error('top-secret'), { code: 'ECONNRESET' }), name: 'ServiceUnavailable' },
    { error: new ResourceNotFoundException(about), name: 'ResourceNotFoundException' },
  ])('throws $name for $error.name', async ({ error, name }) => {
    secrets.on(GetSecretValueCommand).rejects(error);
    await expect(tokens.current()).rejects.toMatchObject({ name });
  });
});
