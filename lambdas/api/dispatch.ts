/** Turns an HTTP API's event into its response: finds the route, authenticates, serves, wraps and logs. */
import { ApiTokensUnusable } from '../ports';
import type { Runtime } from '../runtime';
import type { Authenticate } from './authentication';
import { encode } from './content-coding';
import { entityTagOf, hasTag } from './entity-tag';
import { errorEnvelope, successEnvelope, type Page, type RequestLine, type Status } from './envelope';
import type { NodeService } from './node-service';
import { refusalOf, retryAfterSeconds } from './error-responses';
import { readRequest, type ApiRequest } from './request';
import type { Route } from './route';
import { matchRoute, type Match } from './router';

export interface ApiParts extends Pick<Runtime, 'time' | 'log' | 'measure'> {
  readonly service: NodeService;
  readonly authenticate: Authenticate;
}

/** The client has the response already, and gets no body. */
const NOT_MODIFIED = 304;

type HttpStatus = Status | typeof NOT_MODIFIED;

export interface HttpResponse {
  readonly statusCode: HttpStatus;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body is compressed. Then it is in Base64, which API Gateway decodes. */
  readonly isBase64Encoded?: true;
}

interface Result {
  readonly status: HttpStatus;
  /** Absent if the status is 304. */
  readonly body?: unknown;
  readonly entityTag?: string | undefined;
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
    const result = await serve(parts, request, match, line);
    const { status, body, failure } = result;
    const served = {
      apiRequestId: request.id,
      method: request.method,
      // The template, not the path: text from an unauthenticated caller stays out of the log.
      route: match.template ?? 'none',
      status,
      ms: time.now().getTime() - startedAt.getTime(),
    };
    if (failure === undefined) log.info('request served', served);
    else log.error('request failed', { ...served, error: failure });
    return respond(result, status === NOT_MODIFIED ? '' : JSON.stringify(body), request);
  };
}

function respond(result: Result, body: string, { acceptEncoding }: ApiRequest): HttpResponse {
  const headers = headersOf(result);
  const encoded = encode(body, acceptEncoding);
  if (encoded === undefined) return { statusCode: result.status, headers, body };
  return {
    statusCode: result.status,
    headers: { ...headers, 'content-encoding': encoded.coding },
    body: encoded.body,
    isBase64Encoded: true,
  };
}

async function serve(
  { service, authenticate, log, measure }: ApiParts,
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
    log.about(parameters);
    const page = await route.serve(request, parameters, service);
    return success(route, page, request, line);
  } catch (error) {
    if (error instanceof ApiTokensUnusable) measure({ group: 'token', dimensions: {}, values: { UnusableTokens: 1 } });
    const { status, errors } = refusalOf(error);
    return { status, body: errorEnvelope(line, status, errors), ...(status >= 500 && { failure: error }) };
  }
}

function success({ answer, isTagged }: Route, page: Page, { ifNoneMatch }: ApiRequest, line: RequestLine): Result {
  if (answer === 'document') return { status: 200, body: page.items[0] };
  if (page.isUnmodified === true) return { status: NOT_MODIFIED, entityTag: page.entityTag };
  const body = successEnvelope(line, answer.kind, page);
  if (isTagged !== true) return { status: 200, body };
  // The tag is known before the list is read, and the client has asked with another one.
  if (page.entityTag !== undefined) return { status: 200, body, entityTag: page.entityTag };
  const entityTag = entityTagOf(body.response);
  return hasTag(ifNoneMatch, entityTag) ? { status: NOT_MODIFIED, entityTag } : { status: 200, body, entityTag };
}

function headersOf({ status, entityTag }: Result): HttpResponse['headers'] {
  const retryAfter = retryAfterSeconds(status);
  return {
    ...(status !== NOT_MODIFIED && { 'content-type': 'application/json; charset=utf-8' }),
    // User data may hold secrets, which no cache on the way may keep. A client compares the tag itself.
    'cache-control': 'no-store',
    vary: 'accept-encoding',
    ...(entityTag !== undefined && { etag: entityTag }),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  };
}
