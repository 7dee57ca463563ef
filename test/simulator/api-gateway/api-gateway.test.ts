import { LocalApiGateway, type ApiRequest, type ApiResponse } from '../../../simulator/api-gateway/api-gateway';
import type { RouteDefinition } from '../../../simulator/cloudformation/template-api';
import type { Json } from '../../../simulator/json';
import { VirtualClock } from '../../../simulator/time/clock';
import { Random } from '../../../simulator/time/random';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:Api';
const NOW = Date.parse('2026-11-23T08:00:05Z');

function gateway(
  result: (event: any) => Promise<unknown> = async () => ({ statusCode: 200 }),
  throttling?: { burst: number; ratePerSecond: number },
  routes: readonly RouteDefinition[] = [],
) {
  const clock = new VirtualClock(NOW);
  const events: any[] = [];
  const invoked: string[] = [];
  const api = new LocalApiGateway(
    { apiId: 'Api', functionArn: FUNCTION_ARN, throttling, routes },
    {
      clock,
      random: new Random(1),
      invoke: async (arn, event) => {
        expect([FUNCTION_ARN, ...routes.map(({ functionArn }) => functionArn)]).toContain(arn);
        invoked.push(arn);
        events.push(event);
        return (await result(event)) as Json;
      },
    },
  );
  return { clock, events, invoked, request: (request: ApiRequest) => api.request(request) };
}

const GET: ApiRequest = { method: 'GET', path: '/' };
const textOf = ({ body }: ApiResponse): string => body.toString();

describe('a route', () => {
  const routes = [
    { key: 'GET /console', functionArn: 'console', throttling: undefined },
    { key: 'GET /console/{proxy+}', functionArn: 'files', throttling: { burst: 1, ratePerSecond: 1 } },
    { key: 'GET /console/docs/{proxy+}', functionArn: 'docs', throttling: undefined },
  ];

  test.each([
    ['GET', '/console', 'console'],
    ['GET', '/console?a=1', 'console'],
    ['GET', '/console/nodes/smi-1', 'files'],
    ['GET', '/console/docs/api', 'docs'],
    ['POST', '/console', FUNCTION_ARN],
    ['GET', '/consoles', FUNCTION_ARN],
    ['GET', '/', FUNCTION_ARN],
  ])('of %s %s leads to %s', async (method, path, arn) => {
    const { request, invoked, events } = gateway(undefined, undefined, routes);
    await request({ method, path });
    expect(invoked).toEqual([arn]);
    const { routeKey, requestContext } = events[0];
    expect([routeKey, requestContext.routeKey]).toEqual(Array(2).fill(routeKey));
    expect(routeKey).toBe(routes.find(({ functionArn }) => functionArn === arn)?.key ?? '$default');
  });

  test('has a limit of its own', async () => {
    const { request } = gateway(undefined, { burst: 1, ratePerSecond: 1 }, routes);
    const statusOf = async (path: string): Promise<number> => (await request({ method: 'GET', path })).status;
    expect(await statusOf('/console/a')).toBe(200);
    expect(await statusOf('/console/b')).toBe(429);
    expect(await statusOf('/health')).toBe(200);
    expect(await statusOf('/health')).toBe(429);
  });
});

describe('the event', () => {
  test('is a request in the payload format 2.0', async () => {
    const { request, events } = gateway();
    await request({
      method: 'POST',
      path: '/aws/nodes?a=1&b=x%20y&a=2',
      headers: { Host: 'localhost:8080', 'Content-Type': 'application/json', 'X-Two': ['1', '2'], 'User-Agent': 'sdk' },
      body: '{"ä":1}',
      sourceIp: '127.0.0.9',
    });
    expect(events).toEqual([
      {
        version: '2.0',
        routeKey: '$default',
        rawPath: '/aws/nodes',
        rawQueryString: 'a=1&b=x%20y&a=2',
        queryStringParameters: { a: '1,2', b: 'x y' },
        headers: { host: 'localhost:8080', 'content-type': 'application/json', 'x-two': '1,2', 'user-agent': 'sdk' },
        requestContext: {
          accountId: '123456789012',
          apiId: 'Api',
          domainName: 'localhost:8080',
          domainPrefix: 'localhost:8080',
          http: { method: 'POST', path: '/aws/nodes', protocol: 'HTTP/1.1', sourceIp: '127.0.0.9', userAgent: 'sdk' },
          requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
          routeKey: '$default',
          stage: '$default',
          time: '23/Nov/2026:08:00:05 +0000',
          timeEpoch: NOW,
        },
        body: '{"ä":1}',
        isBase64Encoded: false,
      },
    ]);
  });

  test('has no query, body or cookies if the request has none', async () => {
    const { request, events } = gateway();
    await request(GET);
    for (const absent of ['queryStringParameters', 'body', 'cookies']) expect(events[0]).not.toHaveProperty(absent);
    expect(events[0]).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  });

  test('has cookies separate from the headers', async () => {
    const { request, events } = gateway();
    await request({ ...GET, headers: { cookie: 'a=1; b=2' } });
    expect(events[0]).toMatchObject({ cookies: ['a=1', 'b=2'], headers: {} });
  });

  test.each([
    { type: 'application/json; charset=utf-8', isBase64Encoded: false },
    { type: 'text/plain', isBase64Encoded: false },
    { type: 'application/problem+json', isBase64Encoded: false },
    { type: undefined, isBase64Encoded: false },
    { type: 'application/octet-stream', isBase64Encoded: true },
    { type: 'application/x-www-form-urlencoded', isBase64Encoded: true },
  ])('carries a body of type $type in base64: $isBase64Encoded', async ({ type, isBase64Encoded }) => {
    const { request, events } = gateway();
    await request({ method: 'POST', path: '/', headers: { 'content-type': type }, body: 'a=1' });
    expect(events[0]).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YT0x' : 'a=1' });
  });
});

describe('the response', () => {
  test.each([
    {
      what: 'a status, headers and a body',
      result: { statusCode: 404, headers: { 'X-A': 1, 'Content-Type': 'application/json' }, body: '{}' },
      response: { status: 404, headers: { 'x-a': '1', 'content-type': 'application/json' }, body: '{}' },
    },
    {
      what: 'a body without a type',
      result: { statusCode: '201', body: 'made' },
      response: { status: 201, headers: { 'content-type': 'text/plain;charset=UTF-8' }, body: 'made' },
    },
    {
      what: 'cookies',
      result: { statusCode: 200, cookies: ['a=1', 'b=2'] },
      response: { status: 200, headers: { 'set-cookie': ['a=1', 'b=2'] }, body: '' },
    },
    {
      what: 'a body in base64',
      result: { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'AAE=', isBase64Encoded: true },
      response: { status: 200, headers: { 'content-type': 'image/png' }, body: '\u0000\u0001' },
    },
    {
      what: 'a result without a status: everything is the body',
      result: { hello: 'world' },
      response: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"hello":"world"}' },
    },
  ])('of $what', async ({ result, response }) => {
    const received = await gateway(async () => result).request(GET);
    const { 'apigw-requestid': id, ...headers } = received.headers;
    expect(id).toMatch(/./);
    expect({ status: received.status, headers, body: textOf(received) }).toEqual(response);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a function that failed', async () => Promise.reject(new Error('secret'))],
    ['an invalid status', async () => ({ statusCode: 'ok', body: '' })],
    ['a body that is not a string', async () => ({ statusCode: 200, body: { a: 1 } })],
  ])('of %s is an internal error without the reason', async (_name, result) => {
    const received = await gateway(result).request(GET);
    expect(received.status).toBe(500);
    expect(JSON.parse(textOf(received))).toEqual({ message: 'Internal Server Error' });
  });
});

describe('requests that never reach the function', () => {
  test('requests above the burst are refused until the bucket has refilled', async () => {
    const { request, clock, events } = gateway(undefined, { burst: 2, ratePerSecond: 0.5 });
    const statuses = async (): Promise<number[]> => [(await request(GET)).status, (await request(GET)).status];
    expect(await statuses()).toEqual([200, 200]);
    const refused = await request(GET);
    expect(refused.status).toBe(429);
    expect(JSON.parse(textOf(refused))).toEqual({ message: 'Too Many Requests' });
    await clock.advance(2_000);
    expect(await statuses()).toEqual([200, 429]);
    await clock.advance(60_000);
    expect(await statuses()).toEqual([200, 200]);
    expect((await request(GET)).status).toBe(429);
    expect(events).toHaveLength(5);
  });

  test('a body above 10 MB is refused', async () => {
    const { request, events } = gateway();
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect(await request({ method: 'POST', path: '/', body })).toMatchObject({ status: 413 });
    expect(events).toEqual([]);
  });
});
