/** Turns an HTTP API's event into its response: finds the route, authenticates, serves, wraps and logs. */
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

interface Result {
  readonly status: Status;
  readonly body: unknown;
  /** The error behind a status of 500 or more, for the log. */
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
    const { status, body, failure } = await serve(parts, request, match, line);
    log({
      requestId: request.id,
      method: request.method,
      // The template, not the path: text from an unauthenticated caller stays out of the log.
      route: match.template ?? 'none',
      status,
      ms: time.now().getTime() - startedAt.getTime(),
      ...(failure !== undefined && { failure: traceOf(failure) }),
    });
    return { statusCode: status, headers: headersOf(status), body: JSON.stringify(body) };
  };
}

async function serve(
  { service, authenticate }: ApiParts,
  request: ApiRequest,
  match: Match,
  line: RequestLine,
): Promise<Result> {
  try {
    const isPublic = match.kind === 'route' && match.route.isPublic === true;
    // Before the path is judged: an unauthenticated caller must not learn which paths exist.
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

/** Returns the error's name and stack, and those of its causes. */
function traceOf(failure: unknown): unknown {
  if (!(failure instanceof Error)) return { name: typeof failure };
  const { name, stack, cause } = failure;
  return { name, stack, ...(cause !== undefined && { cause: traceOf(cause) }) };
}
