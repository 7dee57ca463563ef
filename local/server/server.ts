/**
 * The control plane on this machine, behind HTTP: the API at the root as API Gateway serves it, and under
 * /simulator what happens to the simulated EC2 from outside.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiResponse } from '../../simulator/api-gateway/api-gateway';
import { openPersistentSandbox, type PersistentSandbox, type PersistentSandboxOptions } from './persistent-sandbox';
import { control } from './simulator-control';
import type { Sandbox } from '../sandbox';

export interface ServerSettings extends PersistentSandboxOptions {
  /** 0: any that is free. */
  readonly port: number;
}

export interface RunningServer {
  readonly url: string;
  readonly token: string;
  readonly sandbox: Sandbox;
  /** Answers what has begun, writes the state down, and lets go of port and folder. */
  close(): Promise<void>;
}

/** On this machine only: the token is all that protects it. */
const HOST = '127.0.0.1';
const SIMULATOR_PREFIX = '/simulator';
/** A little above API Gateway's limit, so that it is API Gateway that refuses. */
const MOST_BODY_BYTES = 11 * 1024 * 1024;
/** How long requests under way may take to end when the server stops, in milliseconds. */
const CLOSING_MAX_MS = 5_000;

/** Listens once everything is ready. @throws FolderInUse @throws UnusableFolder @throws Error with a code of listen */
export async function startServer({ port, ...options }: ServerSettings): Promise<RunningServer> {
  const kept = await openPersistentSandbox(options);
  const server = createServer((request, response) => {
    answer(kept, request).then(
      (answered) => send(response, answered),
      (error: unknown) => fail(response, error),
    );
  });
  try {
    // The first request makes the function's instance; nobody outside should have to wait for that.
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

async function answer(kept: PersistentSandbox, request: IncomingMessage): Promise<ApiResponse> {
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
  const { status, body: answered } = await control(kept.sandbox, method, pathname, body.toString('utf8'));
  if (method !== 'GET') kept.save();
  return json(status, answered);
}

/** What is beyond the limit is read and dropped, so that the client gets to read the refusal. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (length < MOST_BODY_BYTES) chunks.push(chunk);
    length += chunk.byteLength;
  }
  return Buffer.concat(chunks);
}

/** Digests have one length, so comparing them takes the same time whatever was sent. */
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

/** The client went away in the middle of its request, or the server has a fault of its own. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  send(response, json(500, { errors: [{ field: 'server', message: String(error) }] }));
}
