/**
 * API Gateway's HTTP API, simulated in this process. A request becomes an event in the payload format 2.0, and the
 * function's result becomes a response. Requests that never reach the function are refused in API Gateway's own words.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import { z } from 'zod';
import type { Clock } from '../time/clock';
import type { Random } from '../time/random';
import { isObject, throughJson, type Json } from '../json';
import type { ApiDefinition, RouteDefinition } from '../cloudformation/template-api';
import { ACCOUNT_ID, REGION } from '../cloudformation/template-values';
import { TokenBucket } from './token-bucket';

export interface ApiRequest {
  readonly method: string;
  /** Includes the query, if there is one. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string | Uint8Array;
  /** @default 127.0.0.1 */
  readonly sourceIp?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

export interface ApiGatewayOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** @throws FunctionFailed */
  readonly invoke: (functionArn: string, event: Json) => Promise<Json>;
}

const LARGEST_BODY_BYTES = 10 * 1024 * 1024;
/** Any other body reaches the function in base64. */
const TEXT_TYPES = /^(text\/.*|application\/(.*\+)?(json|xml|javascript))$/;

/** A request after its headers and body have been read. */
interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly body: Buffer;
  readonly routeKey: string;
}

interface Route extends RouteDefinition {
  readonly bucket: TokenBucket | undefined;
}

/** The end of a path that stands for any rest. */
const REST = '{proxy+}';

export class LocalApiGateway {
  private readonly routes: readonly Route[];
  private readonly all: Route;

  constructor(
    private readonly api: ApiDefinition,
    private readonly options: ApiGatewayOptions,
  ) {
    const { functionArn, throttling } = api;
    const limited = (route: RouteDefinition): Route => ({ ...route, bucket: this.bucketOf(route.throttling) });
    this.all = limited({ key: '$default', functionArn, throttling });
    this.routes = api.routes.map(limited);
  }

  private bucketOf(throttling: RouteDefinition['throttling']): TokenBucket | undefined {
    return throttling && new TokenBucket(this.options.clock, throttling.burst, throttling.ratePerSecond);
  }

  /** A full match comes first, then the longest beginning, and `$default` last. */
  private routeFor({ method, path }: ApiRequest): Route {
    const rawPath = path.split('?')[0]!;
    const own = this.routes.filter(({ key }) => key.startsWith(`${method} `));
    const full = own.find(({ key }) => key === `${method} ${rawPath}`);
    const beginnings = own
      .filter(({ key }) => key.endsWith(REST) && `${method} ${rawPath}`.startsWith(key.slice(0, -REST.length)))
      .sort((one, other) => other.key.length - one.key.length);
    return full ?? beginnings[0] ?? this.all;
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const requestId = this.options.random.hex(16);
    const route = this.routeFor(request);
    if (route.bucket?.take() === false) return refused(429, 'Too Many Requests', requestId);
    const body = Buffer.from(request.body ?? '');
    if (body.byteLength > LARGEST_BODY_BYTES) return refused(413, 'Request Entity Too Large', requestId);
    const event = this.eventOf(request, {
      headers: joined(request.headers ?? {}),
      requestId,
      body,
      routeKey: route.key,
    });
    let result: Json;
    try {
      result = await this.options.invoke(route.functionArn, throughJson(event));
    } catch {
      // Only the function's log holds the reason. The caller never sees it.
      return refused(500, 'Internal Server Error', requestId);
    }
    return responseOf(result, requestId) ?? refused(500, 'Internal Server Error', requestId);
  }

  private eventOf({ method, path, sourceIp = '127.0.0.1' }: ApiRequest, received: Received): object {
    const { headers, requestId, body, routeKey } = received;
    const queryAt = path.indexOf('?');
    const rawPath = queryAt < 0 ? path : path.slice(0, queryAt);
    const rawQueryString = queryAt < 0 ? '' : path.slice(queryAt + 1);
    const { cookie, ...others } = headers;
    const type = (headers['content-type'] ?? 'text/plain').split(';')[0]!.trim().toLowerCase();
    const isText = TEXT_TYPES.test(type);
    const nowMs = this.options.clock.now();
    const domainName = headers['host'] ?? `${this.api.apiId}.execute-api.${REGION}.amazonaws.com`;
    return {
      version: '2.0',
      routeKey,
      rawPath,
      rawQueryString,
      ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
      headers: others,
      ...(rawQueryString === '' ? {} : { queryStringParameters: queryOf(rawQueryString) }),
      requestContext: {
        accountId: ACCOUNT_ID,
        apiId: this.api.apiId,
        domainName,
        domainPrefix: domainName.split('.')[0],
        http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
        requestId,
        routeKey,
        stage: '$default',
        time: accessLogTime(nowMs),
        timeEpoch: nowMs,
      },
      ...(body.byteLength === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
      isBase64Encoded: body.byteLength > 0 && !isText,
    };
  }
}

/** Names become lower case. Several values become one. */
function joined(headers: NonNullable<ApiRequest['headers']>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(',')]],
    ),
  );
}

function queryOf(rawQueryString: string): Readonly<Record<string, string>> {
  const parameters = new URLSearchParams(rawQueryString);
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name).join(',')]));
}

/** `23/Nov/2026:08:00:00 +0000`. */
function accessLogTime(atMs: number): string {
  const [, day, month, year, time] = new Date(atMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** Returns undefined if API Gateway could not make a response of the result. */
function responseOf(result: Json, requestId: string): ApiResponse | undefined {
  const own = { 'apigw-requestid': requestId };
  if (!isObject(result) || !('statusCode' in result)) {
    // A result without a status is the body of a success.
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { status: 200, headers: { 'content-type': 'application/json', ...own }, body };
  }
  const parsed = proxyResult.safeParse(result);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  return {
    status: statusCode,
    headers: {
      ...(body === '' ? {} : { 'content-type': 'text/plain;charset=UTF-8' }),
      ...joined(headers),
      ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
      ...own,
    },
    body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
  };
}

/** A function's result, if it holds more than the body. */
const proxyResult = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

function refused(status: number, message: string, requestId: string): ApiResponse {
  const headers = { 'content-type': 'application/json', 'apigw-requestid': requestId };
  return { status, headers, body: JSON.stringify({ message }) };
}
