/**
 * A server on this machine between a browser and the deployment. It authorises each request as the command line does, so that
 * a browser can use a deployment whose requests must be signed.
 *
 * Any caller of the server acts with the person's AWS credentials. So it listens on the loopback address only, and wants a key
 * that only the printed URL has; the browser gets it as a cookie that other sites cannot send.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Connection } from '../connection/connection';
import { Failure } from '../failures';

export interface Proxy {
  /** The URL to open, with the key. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly connection: Connection;
  readonly fetch: (request: Request) => Promise<Response>;
  /** 0: any free port. */
  readonly port: number;
}

const HOST = '127.0.0.1';
const COOKIE = 'holdfast-console';
const KEY_PARAMETER = 'key';
/** Where the page learns that no sign-in is needed. */
const DEPLOYMENT_PATH = '/console/deployment.json';
const DEPLOYMENT = JSON.stringify({ isSimulated: false, isSigned: true });
/** Of a response, for the browser. `fetch` has decompressed the body, so its length and encoding are of before. */
const PASSED_ON = ['content-type', 'cache-control', 'etag', 'retry-after', 'vary'] as const;
const PASSED_ON_FROM_CONSOLE = [
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
] as const;
const SENT_ON = ['accept', 'content-type', 'if-none-match'] as const;

/** @throws Node's error if it cannot listen on the port */
export async function startProxy({ connection, fetch, port }: ProxyOptions): Promise<Proxy> {
  const key = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      const reason = error instanceof Failure ? error.lines.join(' ') : 'The deployment does not respond.';
      answer(response, 502, { 'content-type': 'application/json' }, JSON.stringify({ message: reason }));
    });
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { port: own } = server.address() as AddressInfo;
    const origin = `http://${HOST}:${own}`;
    const url = new URL(request.url ?? '/', origin);
    const given = url.searchParams.get(KEY_PARAMETER);
    if (given !== null && isKey(given, key)) {
      signIn(response, key);
      return;
    }
    const refusal = refusalOf(request, { origin, key });
    if (refusal !== undefined) {
      answer(response, 403, { 'content-type': 'text/plain' }, `${refusal}\n`);
      return;
    }
    if (url.pathname === DEPLOYMENT_PATH) {
      answer(response, 200, { 'content-type': 'application/json' }, DEPLOYMENT);
      return;
    }
    if (url.pathname === '/') answer(response, 302, { location: '/console/' });
    else await pass(request, response, url);
  }

  async function pass(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { method = 'GET' } = request;
    const body = method === 'GET' || method === 'HEAD' ? undefined : await buffer(request);
    const target = connection.url.replace(/\/+$/, '') + url.pathname + url.search;
    const headers = headersOf(request, SENT_ON);
    const sent = new Request(target, {
      method,
      headers,
      redirect: 'error',
      ...(body && { body: new Uint8Array(body) }),
    });
    const received = await fetch(await connection.authorize(sent));
    const passed = [...PASSED_ON, ...PASSED_ON_FROM_CONSOLE].flatMap((name) => {
      const value = received.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    answer(response, received.status, Object.fromEntries(passed), Buffer.from(await received.arrayBuffer()));
  }

  await listen(server, port);
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${own}/?${KEY_PARAMETER}=${key}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Own {
  readonly origin: string;
  readonly key: string;
}

/** Why the request may not pass. A page of another site, or a name that leads here, must not use the credentials. */
function refusalOf({ headers, method }: IncomingMessage, { origin, key }: Own): string | undefined {
  if (headers.host !== new URL(origin).host) return `Open ${origin}: no other name is served.`;
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  if (!isOwn || (headers.origin ?? origin) !== origin) return 'Only the console itself may send requests.';
  if (!isKey(cookieOf(headers.cookie), key)) return 'Open the URL that the command has printed: it has the key.';
  if (method === 'CONNECT' || method === 'TRACE') return `${method} is not passed on.`;
  return undefined;
}

function cookieOf(header = ''): string {
  const cookies = header.split(';').map((each) => each.trim().split('='));
  return cookies.find(([name]) => name === COOKIE)?.[1] ?? '';
}

function isKey(given: string, key: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(key)];
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}

/** The redirection takes the key out of the address bar and of the history. */
function signIn(response: ServerResponse, key: string): void {
  answer(response, 302, {
    location: '/console/',
    'set-cookie': `${COOKIE}=${key}; HttpOnly; SameSite=Strict; Path=/`,
    'referrer-policy': 'no-referrer',
  });
}

function headersOf({ headers }: IncomingMessage, names: readonly string[]): Record<string, string> {
  const given = names.map((name) => [name, headers[name]] as const);
  return Object.fromEntries(given.filter((each): each is [string, string] => typeof each[1] === 'string'));
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): void {
  response.writeHead(status, headers).end(body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve());
  });
}
