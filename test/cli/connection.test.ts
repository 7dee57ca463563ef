/** Where the API is found, and how its requests are authorised. */
import { createHash, createHmac } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import type { GlobalOptions } from '../../cli/command-line/global-options';
import { connect } from '../../cli/connection/connect';
import { bearer } from '../../cli/connection/connection';
import { signing } from '../../cli/connection/signing';
import type { Account, AccountOptions } from '../../cli/connection/stack';
import { synthesizeTemplate } from '../../infra/app';
import type { SynthesizedTemplate } from '../infra/synthesized-stack';
import { holdfast } from './cli-play';

const URL_THERE = 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com';
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:Token';
const CREDENTIALS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI', sessionToken: 'session' };
const OUTPUTS = { ApiUrl: URL_THERE, ApiTokenSecretArn: SECRET_ARN };

interface Has {
  readonly outputs?: Readonly<Record<string, string | undefined>>;
  readonly secret?: string;
  readonly refusal?: Error;
  readonly region?: () => Promise<string>;
  readonly credentials?: Account['credentials'];
}

/** An account with one stack, and a list of what was asked of it. */
function anAccount({ outputs = OUTPUTS, secret = '{"current":"the-token"}', refusal, region, credentials }: Has = {}) {
  const asked: unknown[] = [];
  const opened: AccountOptions[] = [];
  const cloudFormation = new CloudFormationClient({ region: 'eu-west-1' });
  const secrets = new SecretsManagerClient({ region: 'eu-west-1' });
  const answered = async <Response>(id: unknown, response: Response): Promise<Response> => {
    if (refusal !== undefined) throw refusal;
    asked.push(id);
    return response;
  };
  const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
  const stack = { StackName: 'Holdfast', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const, Outputs };
  mockClient(cloudFormation)
    .on(DescribeStacksCommand)
    .callsFake(({ StackName }) => answered(StackName, { Stacks: [stack] }));
  mockClient(secrets)
    .on(GetSecretValueCommand)
    .callsFake(({ SecretId }) => answered(SecretId, { SecretString: secret }));
  const account: Account = {
    cloudFormation,
    secrets,
    region: region ?? (async () => 'eu-west-1'),
    credentials: credentials ?? (async () => CREDENTIALS),
  };
  const open = async (options: AccountOptions): Promise<Account> => {
    opened.push(options);
    return account;
  };
  return { asked, opened, open };
}

async function authorizationOf(options: GlobalOptions, environment = {}, has: Has = {}): Promise<string | null> {
  const { open } = anAccount(has);
  const { authorize, url } = await connect(options, environment, open);
  return (await authorize(new Request(`${url}/x`))).headers.get('authorization');
}

test('by default the URL and the token come from the stack Holdfast', async () => {
  const { asked, opened, open } = anAccount();
  const found = await connect({}, {}, open);
  expect(found).toMatchObject({ url: URL_THERE, region: 'eu-west-1' });
  const request = await found.authorize(new Request(`${URL_THERE}/x`, { method: 'PUT', body: '{"a":1}' }));
  expect(request.headers.get('authorization')).toBe('Bearer the-token');
  expect([request.method, await request.text()]).toEqual(['PUT', '{"a":1}']);
  expect(asked).toEqual(['Holdfast', SECRET_ARN]);
  expect(opened).toEqual([{}]);
});

test.each([
  { authentication: 'bearer', header: /^Bearer the-token$/ },
  { authentication: 'iam', header: /^AWS4-HMAC-SHA256 / },
] as const)(
  'the outputs of the real stack with $authentication lead to the API',
  async ({ authentication, header }) => {
    const { Outputs } = synthesizeTemplate({ api: { authentication } }) as SynthesizedTemplate;
    const known: Readonly<Record<string, string>> = OUTPUTS;
    const outputs = Object.fromEntries(Object.keys(Outputs).map((key) => [key, known[key] ?? 'something else']));
    expect(await authorizationOf({}, {}, { outputs })).toMatch(header);
  },
);

test('the stack, the Region and the profile are those that are given', async () => {
  const { asked, opened, open } = anAccount();
  await connect({ stack: 'Blue', region: 'eu-west-1', profile: 'ops' }, {}, open);
  expect(asked[0]).toBe('Blue');
  expect(opened).toEqual([{ region: 'eu-west-1', profile: 'ops' }]);
  await connect({}, { HOLDFAST_STACK: 'Green' }, open);
  expect(asked).toContain('Green');
});

test('a URL and a token need no account', async () => {
  const { opened, open } = anAccount();
  const found = await connect({ url: URL_THERE }, { HOLDFAST_TOKEN: 'mine' }, open);
  expect(found).toMatchObject({ url: URL_THERE, region: 'eu-west-1' });
  expect((await found.authorize(new Request(URL_THERE))).headers.get('authorization')).toBe('Bearer mine');
  expect(opened).toEqual([]);
});

test.each([
  { url: 'http://127.0.0.1:8080', environment: { AWS_REGION: 'eu-west-1' }, region: 'us-east-1' },
  { url: 'https://nodes.example.com', environment: { AWS_REGION: 'eu-west-3' }, region: 'eu-west-3' },
  { url: 'https://nodes.example.com', environment: {}, region: undefined },
  { url: 'https://x.execute-api.eu-west-1.amazonaws.com.evil.example', environment: {}, region: undefined },
])('the Region of $url is $region', async ({ url, environment, region }) => {
  expect((await connect({ url, token: 't' }, environment)).region).toBe(region);
  expect((await connect({ url, token: 't', region: 'ap-south-1' }, environment)).region).toBe('ap-south-1');
});

test('a stack that is typed wins over the URL and the token of the environment', async () => {
  const environment = { HOLDFAST_URL: 'http://127.0.0.1:8080', HOLDFAST_TOKEN: 'of-another-deployment' };
  expect(await authorizationOf({ stack: 'Blue' }, environment)).toBe('Bearer the-token');
});

test('a token of the environment is used with the URL of the stack', async () => {
  expect(await authorizationOf({}, { HOLDFAST_TOKEN: 'mine' })).toBe('Bearer mine');
});

test.each([
  { why: 'the stack has no token', options: {}, environment: {}, outputs: { ApiUrl: URL_THERE } },
  { why: '--sign is given with a URL', options: { url: URL_THERE, sign: true }, environment: {}, outputs: {} },
  {
    why: '--sign is given, whatever the environment',
    options: { url: URL_THERE, sign: true },
    environment: { HOLDFAST_TOKEN: 'x' },
    outputs: {},
  },
])('requests are signed if $why', async ({ options, environment, outputs }) => {
  const { open } = anAccount({ outputs });
  const { authorize } = await connect(options, environment, open);
  const { headers } = await authorize(new Request(`${URL_THERE}/x`));
  expect(headers.get('authorization')).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
  );
  expect(headers.get('x-amz-security-token')).toBe('session');
});

test.each([
  {
    what: 'a stack that cannot be read',
    has: { refusal: Object.assign(new Error('Stack with id Holdfast does not exist'), { name: 'ValidationError' }) },
    says: 'The stack Holdfast cannot be read: ValidationError: Stack with id Holdfast does not exist',
  },
  { what: 'a stack of something else', has: { outputs: {} }, says: 'The stack Holdfast has no output ApiUrl.' },
  { what: 'a secret of the wrong form', has: { secret: 'hunter2' }, says: `The secret ${SECRET_ARN} must be ` },
  { what: 'an empty secret', has: { secret: '{"current":""}' }, says: `The secret ${SECRET_ARN} must be ` },
  {
    what: 'an account without credentials',
    has: { outputs: { ApiUrl: URL_THERE }, credentials: async () => Promise.reject(new Error('Could not load them')) },
    says: 'There are no AWS credentials: Error: Could not load them',
  },
  {
    what: 'an unknown Region',
    has: { region: async () => Promise.reject(new Error('Region is missing')) },
    says: 'The AWS Region is not known: Error: Region is missing',
  },
])('$what is explained in a line, without the secret', async ({ has, says }) => {
  const { open } = anAccount(has);
  const outcome = await holdfast(['list'], { connect: (globals, environment) => connect(globals, environment, open) });
  expect(outcome).toMatchObject({ status: 1, out: '' });
  expect(outcome.err.startsWith(says)).toBe(true);
  expect(outcome.err).not.toMatch(/hunter2|\n {2,}at /);
});

test('the token is in the header, and nowhere in what is printed', async () => {
  const sent: (string | null)[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    sent.push(request.headers.get('authorization'));
    return Response.json(
      { response: { errors: [{ code: 'UNAUTHORIZED', message: 'A valid token is required.' }] } },
      { status: 401 },
    );
  };
  for (const [argv, environment] of [
    [['list', '--url', 'http://x', '--token', 'hunter2'], {}],
    [['list', '--url', 'http://x'], { HOLDFAST_TOKEN: 'hunter2' }],
    [['list', '--json', '--stack', 'Blue'], {}],
  ] as const) {
    const { open } = anAccount({ secret: '{"current":"hunter2"}' });
    const find = (globals: GlobalOptions, around: object) => connect(globals, { ...around }, open);
    const { status, out, err } = await holdfast(argv, { environment, fetch, connect: find });
    expect(status).toBe(1);
    expect(out + err).not.toContain('hunter2');
    expect(err).toMatch(/^A valid token is required\.\nIs it the token of this deployment\?/);
  }
  expect(sent).toEqual(['Bearer hunter2', 'Bearer hunter2', 'Bearer hunter2']);
});

test('an authorised request is still the same request', async () => {
  const given = new Request('https://x.example/a?b=c', { method: 'PUT', body: 'text', redirect: 'error' });
  const request = await bearer('t')(given);
  expect([request.url, request.method, request.redirect]).toEqual(['https://x.example/a?b=c', 'PUT', 'error']);
  expect(await request.text()).toBe('text');
});

/** The algorithm as AWS describes it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function expectedSignature(headers: Headers, method: string, path: string, query: string, body: string): string {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const names = /SignedHeaders=([^,]+)/.exec(headers.get('authorization') ?? '')![1]!;
  const valueOf = (name: string): string =>
    name === 'host' ? 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com' : headers.get(name)!;
  const shown = names
    .split(';')
    .map((name) => `${name}:${valueOf(name)}\n`)
    .join('');
  const canonical = [method, path, query, shown, names, sha256(body)].join('\n');
  const date = headers.get('x-amz-date')!;
  const scope = `${date.slice(0, 8)}/eu-west-1/execute-api/aws4_request`;
  const key = [date.slice(0, 8), 'eu-west-1', 'execute-api', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
}

test.each([
  { method: 'GET', path: '/aws/ec2/managedInstance', query: '', body: '' },
  { method: 'GET', path: '/log', query: 'nextToken=2026-01-01T00%3A00%3A04.445Z%2389a9de&severity=INFO', body: '' },
  { method: 'PUT', path: '/aws/ec2/managedInstance/smi-0a1b2c3d', query: '', body: '{"managedInstance":{"name":"é"}}' },
])('$method $path?$query is signed as AWS says', async ({ method, path, query, body }) => {
  const now = () => new Date('2026-11-26T02:03:04Z');
  const authorize = signing({ region: 'eu-west-1', credentials: async () => CREDENTIALS, now });
  const url = `${URL_THERE}${path}${query === '' ? '' : `?${query}`}`;
  const request = await authorize(new Request(url, { method, ...(body !== '' && { body }) }));
  expect(request.headers.get('x-amz-date')).toBe('20261126T020304Z');
  const signature = /Signature=(\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
  expect(signature).toBe(expectedSignature(request.headers, method, path, query, body));
  expect(request.headers.get('authorization')).toContain('host;');
  expect(await request.text()).toBe(body);
});
