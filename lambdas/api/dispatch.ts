/** From an HTTP API's event to its answer: find the route, let in who may, serve, wrap, log. */
import type { Runtime } from '../runtime';
import type { Authenticate } from './authentication';
import { errorEnvelope, successEnvelope, type RequestLine, type Status } from './envelope';
import type { NodeService } from './node-service';
import { refusalOf } from './error-responses';
import { readRequest, type ApiRequest } from './request';
import { matchRoute, type Match } from './router';

export interface ApiParts extends Pick<Runtime, 'time' | 'log'> {
  readonly service: NodeService;
  readonly authenticate: Authenticate;
}

export interface HttpResponse {
  readonly statusCode: Status;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Answer {
  readonly status: Status;
  readonly body: unknown;
  /** What was not expected; for the log. */
  readonly failure?: unknown;
}

export function createApi(parts: ApiParts): (event: unknown) => Promise<HttpResponse> {
  const { time, log } = parts;
  return async (event) => {
    const startedAt = time.now();
    const request = readRequest(event);
    const match = matchRoute(request.method, request.path);
    const line: RequestLine = {
      id: request.id,
      url: request.path,
      method: request.method,
      timestamp: startedAt.toISOString(),
    };
    const { status, body, failure } = await answerTo(parts, request, match, line);
    log({
      requestId: request.id,
      method: request.method,
      // The template, not the path: what a stranger writes into a path is not repeated.
      route: match.template ?? 'none',
      status,
      ms: time.now().getTime() - startedAt.getTime(),
      ...(failure !== undefined && { failure: traceOf(failure) }),
    });
    return { statusCode: status, headers: headersOf(status), body: JSON.stringify(body) };
  };
}

async function answerTo(
  { service, authenticate }: ApiParts,
  request: ApiRequest,
  match: Match,
  line: RequestLine,
): Promise<Answer> {
  try {
    const isPublic = match.kind === 'route' && match.route.isPublic === true;
    // Before anything is said of the path: a stranger learns nothing.
    if (!isPublic) await authenticate(request);
    if (match.kind === 'refused') throw match.refusal;
    const { route, parameters } = match;
    const page = await route.serve(request, parameters, service);
    const { answer } = route;
    return { status: 200, body: answer === 'document' ? page.items[0] : successEnvelope(line, answer.kind, page) };
  } catch (error) {
    const { status, errors } = refusalOf(error);
    return { status, body: errorEnvelope(line, status, errors), ...(status >= 500 && { failure: error }) };
  }
}

function headersOf(status: Status): HttpResponse['headers'] {
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  };
}

/** What it was and where it happened, with its causes. */
function traceOf(failure: unknown): unknown {
  if (!(failure instanceof Error)) return { name: typeof failure };
  const { name, stack, cause } = failure;
  return { name, stack, ...(cause !== undefined && { cause: traceOf(cause) }) };
}
