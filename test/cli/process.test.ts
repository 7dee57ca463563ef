/** The real process, as `npx holdfast` starts it. */
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bin, version } from '../../package.json';

const ROOT = join(__dirname, '../..');

let server: Server;
let respond: (
  path: string,
  body: string,
) => {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
};
const seen: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((sent) => {
      seen.push(request.headers.authorization);
      const { status, headers = {}, body } = respond(request.url ?? '', sent);
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => seen.splice(0));

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function run(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { PATH, ...environment } };
    execFile(process.execPath, [join(ROOT, bin.holdfast), ...argv], options, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

function origin(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function here(): Readonly<Record<string, string>> {
  return { HOLDFAST_URL: origin(), HOLDFAST_TOKEN: 'hunter2' };
}

test('it starts without a build, and knows its version', async () => {
  expect(await run(['--version'])).toEqual({ status: 0, out: `${version}\n`, err: '' });
});

test('its exit status is that of the command', async () => {
  const { status, out, err } = await run(['log', '--nonsense']);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toBe('--nonsense is not an option\n<node> is missing\n"holdfast log --help" explains the arguments.\n');
});

test('it sends the token, and prints JSON in a pipe', async () => {
  respond = () => ({ status: 200, body: JSON.stringify({ request: { timestamp: '' }, response: { items: [] } }) });
  expect(await run(['list'], here())).toEqual({ status: 0, out: '[]\n', err: '' });
  expect(seen).toEqual(['Bearer hunter2']);
});

test('it does not follow a redirect, which could take the token elsewhere', async () => {
  respond = (path) =>
    path === '/elsewhere'
      ? { status: 200, body: '{}' }
      : { status: 302, headers: { location: '/elsewhere' }, body: '' };
  const { status, err } = await run(['list'], here());
  expect(status).toBe(1);
  expect(err).toMatch(/^http:\/\/127\.0\.0\.1:\d+ does not respond: .*redirect/);
  expect(seen).toHaveLength(1);
});

/** CloudFormation's and Secrets Manager's responses in the form of their protocols, and an empty list of nodes. */
function account(outputs: Readonly<Record<string, string | undefined>>) {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value ?? ''}</OutputValue></member>`,
  );
  const stacks =
    '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>' +
    `<StackName>Blue</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs>` +
    '</member></Stacks></DescribeStacksResult></DescribeStacksResponse>';
  return (path: string, body: string) => {
    if (path !== '/')
      return { status: 200, body: JSON.stringify({ request: { timestamp: '' }, response: { items: [] } }) };
    if (body.includes('Action=DescribeStacks') && body.includes('StackName=Blue')) return { status: 200, body: stacks };
    if (body === '{"SecretId":"the-secret"}')
      return { status: 200, body: '{"SecretString":"{\\"current\\":\\"hunter2\\"}"}' };
    return { status: 400, body: '' };
  };
}

test.each([
  { what: 'a token', outputs: { ApiTokenSecretArn: 'the-secret' }, header: /^Bearer hunter2$/ },
  {
    what: 'a signature',
    outputs: {},
    header: /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/execute-api\//,
  },
])('it finds the stack in the account, and sends $what', async ({ outputs, header }) => {
  respond = account({ ApiUrl: origin(), ...outputs });
  const environment = {
    AWS_ENDPOINT_URL: origin(),
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const ended = await run(['list', '--stack', 'Blue', '--region', 'eu-west-1'], environment);
  expect(ended).toEqual({ status: 0, out: '[]\n', err: '' });
  expect(seen.at(-1)).toMatch(header);
});
