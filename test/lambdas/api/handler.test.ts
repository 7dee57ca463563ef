import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler } from '../../../lambdas/api/handler';
import { aRuntime } from '../runtime';
import { anEvent, MISSING_ID, NODES } from './requests';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:holdfast-api-AbCdEf';
const dynamodb = mockClient(DynamoDBClient);
const secrets = mockClient(SecretsManagerClient);

const environment = { ...aRuntime().environment, API_TOKEN_SECRET_ARN: SECRET_ARN };

function handlerWith(changes: Readonly<Record<string, string | undefined>> = {}) {
  return createHandler(aRuntime({ environment: { ...environment, ...changes } }));
}

function statusOf(answer: unknown): number {
  return (answer as { statusCode: number }).statusCode;
}

describe('The API function', () => {
  beforeEach(() => {
    dynamodb.reset();
    secrets.reset();
    dynamodb.onAnyCommand().resolves({});
    secrets.on(GetSecretValueCommand, { SecretId: SECRET_ARN }).resolves({ SecretString: '{"current":"one"}' });
  });

  const missingNode = { method: 'GET', path: `${NODES}/${MISSING_ID}` };
  const headers = { authorization: 'Bearer one' };

  it('accepts a token of the secret, and reads the table', async () => {
    const answer = await handlerWith()(anEvent({ ...missingNode, headers }));

    expect(answer).toMatchObject({
      statusCode: 400,
      body: expect.stringContaining('MANAGED_INSTANCE_DOESNT_EXIST') as string,
    });
    // Under each key, and once more, because it may move from one to the other.
    expect(dynamodb.calls()).toHaveLength(3);
  });

  it('refuses a request without a token, and calls no AWS service', async () => {
    expect(statusOf(await handlerWith()(anEvent(missingNode)))).toBe(401);
    expect(dynamodb.calls()).toHaveLength(0);
    expect(secrets.calls()).toHaveLength(0);
  });

  it('reads the secret once for several requests', async () => {
    const handle = handlerWith();
    await handle(anEvent({ ...missingNode, headers }));
    await handle(anEvent({ ...missingNode, headers }));

    expect(secrets.calls()).toHaveLength(1);
  });

  it('with IAM, trusts API Gateway and needs no secret', async () => {
    const handle = handlerWith({ API_AUTHENTICATION: 'iam', API_TOKEN_SECRET_ARN: undefined });

    expect(statusOf(await handle(anEvent(missingNode)))).toBe(400);
    expect(secrets.calls()).toHaveLength(0);
  });

  it.each([
    { name: 'the secret is not named', changes: { API_TOKEN_SECRET_ARN: undefined }, message: /API_TOKEN_SECRET_ARN/ },
    { name: 'the authentication is unknown', changes: { API_AUTHENTICATION: 'none' }, message: /API_AUTHENTICATION/ },
    { name: 'the authentication is empty', changes: { API_AUTHENTICATION: '' }, message: /API_AUTHENTICATION/ },
  ])('does not start if $name: it must never be open by mistake', ({ changes, message }) => {
    expect(() => handlerWith(changes)).toThrow(message);
  });
});
