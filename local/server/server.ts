/**
 * The control plane on this machine, over HTTP: the API at the root, as API Gateway serves it, and under /simulator the
 * requests that change the simulated EC2 from outside.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiResponse } from '../../simulator/api-gateway/api-gateway';
import { openPersistentSandbox, type PersistentSandbox, type PersistentSandboxOptions } from './persistent-sandbox';
import { control } from './simulator-control';
import type { Sandbox } from '../sandbox';

export interface ServerSettings extends PersistentSandboxOptions {
  /** 0: any free port. */
  readonly port: number;
}

export interface RunningServer {
  readonly url: string;
  readonly token: string;
  readonly sandbox: Sandbox;
  /** Finishes open requests, writes the state, and releases the port and the folder. */
  close(): Promise<void>;
}

/** Local only, because nothing but the token protects the server. */
const HOST = '127.0.0.1';
const SIMULATOR_PREFIX = '/simulator';
/** A little above API Gateway's limit, so that the simulated API Gateway makes the refusal. */
const MOST_BODY_BYTES = 11 * 1024 * 1024;
/** How long open requests may take when the server stops, in milliseconds. */
const CLOSING_MAX_MS = 5_000;

/** Listens once everything is ready. @throws FolderInUse, UnusableFolder, or Node's error if it cannot listen */
export async function startServer({ port, ...options }: ServerSettings): Promise<RunningServer> {
  const kept = await openPersistentSandbox(options);
  const server = createServer((request, response) => {
    respond(kept, request).then(
      (apiResponse) => send(response, apiResponse),
      (error: unknown) => fail(response, error),
    );
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
      await kept.close();
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

async function respond(kept: PersistentSandbox, request: IncomingMessage): Promise<ApiResponse> {
  const { method = 'GET', url: path = '/', headers } = request;
  const body = await readBody(request);
  const [pathname = ''] = path.split('?');
  if (pathname !== SIMULATOR_PREFIX && !pathname.startsWith(`${SIMULATOR_PREFIX}/`)) {
    return kept.sandbox.plane.request({ method, path, headers, body });
  }
  if (!isToken(headers.authorization, kept.token)) {
    return json(401, {
      errors: [{ field: 'Authorization', message: 'send the header "Authorization: Bearer <token>"' }],
    });
  }
  const response = await control(kept.sandbox, method, pathname, body.toString('utf8'));
  if (method !== 'GET') kept.save();
  return json(response.status, response.body);
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
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}

function send(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  response.writeHead(status, headers as Record<string, string | string[]>).end(body);
}

/** Handles a client that disconnected, or a bug in the server. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  send(response, json(500, { errors: [{ field: 'server', message: String(error) }] }));
}
