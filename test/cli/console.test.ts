import { request as httpRequest } from 'node:http';
import { bearer } from '../../cli/connection/connection';
import { startProxy, type Proxy } from '../../cli/console/proxy';
import { Failed } from '../../cli/failures';
import { holdfast } from './cli-play';

const received: { method: string; url: string; headers: Record<string, string>; body: string }[] = [];
let proxy: Proxy;
let failure: Error | undefined;

beforeEach(async () => {
  received.length = 0;
  failure = undefined;
  proxy = await startProxy({
    connection: { url: 'https://api.example.com/', region: 'eu-west-1', authorize: bearer('secret-token') },
    port: 0,
    fetch: async (request) => {
      if (failure !== undefined) throw failure;
      const { method, url, headers } = request;
      received.push({ method, url, headers: Object.fromEntries(headers), body: await request.text() });
      return new Response('{"ok":true}', {
        status: 200,
        headers: { 'content-type': 'application/json', etag: 'W/"1"', 'x-other': 'dropped' },
      });
    },
  });
});
afterEach(() => proxy.close());

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

function send(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  const { port } = new URL(proxy.url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    sent.on('error', reject).end(body);
  });
}

async function cookie(): Promise<string> {
  const { pathname, search } = new URL(proxy.url);
  const { headers } = await send(pathname + search);
  return headers['set-cookie']![0]!.split(';')[0]!;
}

describe('holdfast console', () => {
  test('the printed URL signs the browser in, and leads to the console without the key', async () => {
    const { pathname, search } = new URL(proxy.url);
    const { status, headers } = await send(pathname + search);
    expect([status, headers.location]).toEqual([302, '/console/']);
    expect(headers['set-cookie']![0]).toMatch(/^holdfast-console=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(received).toEqual([]);
  });

  test('requests are passed on with the authorisation, and without what the browser says of itself', async () => {
    const headers = { cookie: await cookie(), 'content-type': 'application/json', 'user-agent': 'browser' };
    const answer = await send('/aws/ec2/managedInstance?limit=5', headers, 'POST', '{"a":1}');
    expect(answer).toMatchObject({ status: 200, body: '{"ok":true}', headers: { etag: 'W/"1"' } });
    expect(answer.headers['x-other']).toBeUndefined();
    expect(received).toEqual([
      {
        method: 'POST',
        url: 'https://api.example.com/aws/ec2/managedInstance?limit=5',
        headers: { authorization: 'Bearer secret-token', 'content-type': 'application/json' },
        body: '{"a":1}',
      },
    ]);
  });

  test.each([
    ['without the key', {}],
    ['with another key', { cookie: 'holdfast-console=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ])('nothing passes %s', async (_how, headers) => {
    expect(await send('/aws/ec2/managedInstance', headers)).toMatchObject({ status: 403 });
    expect(received).toEqual([]);
  });

  test.each([
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a script of another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a name that leads to this machine', { host: 'evil.example:80' }],
  ])('nothing passes from %s', async (_who, headers) => {
    const answer = await send('/aws/ec2/managedInstance', { cookie: await cookie(), ...headers }, 'POST');
    expect(answer.status).toBe(403);
    expect(received).toEqual([]);
  });

  test('tells the page that nobody has to sign in', async () => {
    const { body } = await send('/console/deployment.json', { cookie: await cookie() });
    expect(JSON.parse(body)).toEqual({ isSimulated: false, isSigned: true });
    expect(received).toEqual([]);
  });

  test('listens on this machine only', () => {
    expect(new URL(proxy.url).hostname).toBe('127.0.0.1');
  });

  test('says why the deployment cannot be reached', async () => {
    failure = new Failed('There are no AWS credentials');
    expect(await send('/health', { cookie: await cookie() })).toMatchObject({
      status: 502,
      body: '{"message":"There are no AWS credentials"}',
    });
  });

  test('prints the URL, and ends when the user interrupts it', async () => {
    const opened: string[] = [];
    const outcome = await holdfast(['console'], {
      connect: async () => ({ url: 'https://api.example.com', region: 'eu-west-1', authorize: bearer('t') }),
      interrupted: async () => void opened.push('waited'),
    });
    expect(opened).toEqual(['waited']);
    expect(outcome).toMatchObject({ status: 0, err: '' });
    expect(outcome.out).toMatch(/^The console is at http:\/\/127\.0\.0\.1:\d+\/\?key=[\w-]{32}\nCtrl-C ends it\.\n$/);
  });

  test('says what to do if the port is in use', async () => {
    const { port } = new URL(proxy.url);
    const outcome = await holdfast(['console', '--port', port], {
      connect: async () => ({ url: 'https://api.example.com', region: undefined, authorize: bearer('t') }),
    });
    expect(outcome).toMatchObject({ status: 1, err: `Port ${port} is in use: give another --port.\n` });
  });
});
