import { GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { LocalSecrets } from '../../../simulator/services/secrets-manager';
import { Random } from '../../../simulator/time/random';

const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:Token-AbCdEf';
const definition = { logicalId: 'Token', arn, template: '{"user":"api"}', key: 'current', length: 48 };
const open = (seed = 1, generated?: string): LocalSecrets =>
  new LocalSecrets([definition], { random: new Random(seed), generated });
const read = async (secrets: LocalSecrets, SecretId = arn): Promise<any> =>
  JSON.parse((await secrets.client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '');

test('a secret is generated under its key, of letters and digits, from the seed', async () => {
  expect(await read(open())).toEqual({ user: 'api', current: expect.stringMatching(/^[A-Za-z0-9]{48}$/) });
  expect(await read(open(1))).toEqual(await read(open(1)));
  expect(await read(open(1))).not.toEqual(await read(open(2)));
});

test('a given value replaces the generated one', async () => {
  expect(await read(open(1, 'mine'))).toEqual({ user: 'api', current: 'mine' });
});

test("an unknown secret is refused with AWS's error", async () => {
  await expect(read(open(), 'other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('other commands of Secrets Manager are not supported', async () => {
  await expect(open().client.send(new ListSecretsCommand({}))).rejects.toThrow('ListSecretsCommand is not supported');
});
