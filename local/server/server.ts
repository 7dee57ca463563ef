/**
 * The control plane on this machine, over HTTP: the API at the root, as API Gateway serves it, and under /simulator the
 * requests that change the simulated EC2 from outside.
 */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiResponse } from '../../simulator/api-gateway/api-gateway';
import { openPersistentSandbox, type PersistentSandbox, type PersistentSandboxOptions } from './persistent-sandbox';
import { serveConsole } from './serve-console';
import { control } from './simulator-control';
import type { Sandbox } from '../sandbox';

export interface ServerSettings extends PersistentSandboxOptions {
  /** 0: any free port. */
  readonly port: number;
  /** The folder of the built console. @default - no console is served */
  readonly consoleFolder?: string | undefined;
}

export interface RunningServer {
  readonly url: string;
  readonly token: string;
  readonly sandbox: Sandbox;
  /**
   * Finishes open requests, stores the state, and releases the port and the folder. Returns why the state cannot be
   * stored, or undefined.
   */
  close(): Promise<string | undefined>;
}

/** Local only, because nothing but the token protects the server. */
const HOST = '127.0.0.1';
const SIMULATOR_PREFIX = '/simulator';
/** A little above API Gateway's limit, so that the simulated API Gateway makes the refusal. */
const MOST_BODY_BYTES = 11 * 1024 * 1024;
/** WebDAV's status for a server without room for the request's result. Source: RFC 4918, section 11.5 */
const INSUFFICIENT_STORAGE = 507;
/** How long a client should wait after a status, in seconds, unless the API says it. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 1, 503: 2, [INSUFFICIENT_STORAGE]: 10 };
const REQUEST_ID = 'apigw-requestid';
/** How long open requests may take when the server stops, in milliseconds. */
const CLOSING_MAX_MS = 5_000;

/** What the log says about a request. */
interface Served extends ApiResponse {
  /** An error that only the log may show. */
  readonly failure?: unknown;
}

/** Listens once everything is ready. @throws FolderInUse, UnusableFolder, or Node's error if it cannot listen */
export async function startServer({ port, consoleFolder, ...options }: ServerSettings): Promise<RunningServer> {
  const kept = await openPersistentSandbox(options);
  const isServed = serveConsole(consoleFolder);
  const server = createServer((request, response) => {
    if (!isServed(request, response)) void serveRequest(kept, request, response);
  });
  try {
    // The first request creates the function's instance. No client should have to wait for that.
    await kept.sandbox.plane.request({ method: 'GET', path: '/health' });
    await listen(server, port);
  } catch (error) {
    await kept.close();
    throw error;
  }
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    token: kept.token,
    sandbox: kept.sandbox,
    close: async () => {
      await stopListening(server);
      return kept.close();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve());
  });
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSING_MAX_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function serveRequest(
  kept: PersistentSandbox,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  let served: Served;
  try {
    served = await respond(kept, request);
  } catch (error) {
    // The client disconnected, or there is a bug in the server.
    if (response.destroyed) return;
    served = { ...json(500, errorsOf('server', String(error))), failure: error };
  }
  const { method = 'GET', url = '/' } = request;
  const { status, failure, headers } = served;
  // API Gateway names its requests. Those under /simulator do not pass through it.
  const requestId = headers[REQUEST_ID] ?? randomUUID();
  const [path = ''] = url.split('?');
  const fields = { requestId, method, path, status, ms: Math.round(performance.now() - startedAt) };
  if (status >= 500) kept.log.write('ERROR', 'request', { ...fields, error: failure ?? served.body.toString() });
  else kept.log.write('INFO', 'request', fields);
  send(response, { ...served, headers: { ...headers, [REQUEST_ID]: requestId } });
}

async function respond(kept: PersistentSandbox, request: IncomingMessage): Promise<Served> {
  const { method = 'GET', url: path = '/', headers } = request;
  const body = await readBody(request);
  const [pathname = ''] = path.split('?');
  const isOutside = pathname === SIMULATOR_PREFIX || pathname.startsWith(`${SIMULATOR_PREFIX}/`);
  if (isOutside && !isToken(headers.authorization, kept.token)) {
    return json(401, errorsOf('Authorization', 'send the header "Authorization: Bearer <token>"'));
  }
  const reads = method === 'GET' || method === 'HEAD';
  const shortage = reads ? undefined : kept.shortage();
  if (shortage !== undefined) {
    return refusal(isOutside, `${shortage}, so nothing was changed. Free some space, then send the request again.`);
  }
  const response = isOutside
    ? await simulate(kept, method, pathname, body)
    : await kept.sandbox.plane.request({ method, path, headers, body });
  // No client may learn what a killed process would forget.
  const problem = kept.store();
  if (problem === undefined || reads) return response;
  const remedy = 'The request is stored once the folder has room: free some space, and look before you send it again.';
  return refusal(isOutside, `${problem}. ${remedy}`);
}

async function simulate(
  { sandbox, pace }: PersistentSandbox,
  method: string,
  pathname: string,
  body: Buffer,
): Promise<ApiResponse> {
  const response = await control(sandbox, method, pathname, body.toString('utf8'), pace);
  return json(response.status, response.body);
}

/** In the words of the service that would respond to the request. */
function refusal(isOutside: boolean, message: string): ApiResponse {
  return json(INSUFFICIENT_STORAGE, isOutside ? errorsOf('disk', message) : { message });
}

function errorsOf(field: string, message: string): object {
  return { errors: [{ field, message }] };
}

/** Reads the rest of a body above the limit and drops it, so that the client can read the refusal. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (length < MOST_BODY_BYTES) chunks.push(chunk);
    length += chunk.byteLength;
  }
  return Buffer.concat(chunks);
}

/** Digests have a fixed length, so the comparison always takes the same time. */
function isToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function json(status: number, body: object): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** A text ends with a newline, so that a shell's prompt is on a line of its own. */
function send(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  const hasNewline = typeof body !== 'string' || body === '' || body.endsWith('\n');
  response
    .writeHead(status, { ...pauseAfter(status), ...headers } as Record<string, string | string[]>)
    .end(hasNewline ? body : `${body}\n`);
}

/** API Gateway sends none with its own 429. A client that waits as long here does no harm there. */
function pauseAfter(status: number): Readonly<Record<string, string>> {
  const seconds = RETRY_AFTER_SECONDS[status];
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
