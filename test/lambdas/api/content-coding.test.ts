import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { acceptedCoding, encode } from '../../../lambdas/api/content-coding';
import { createApi } from '../../../lambdas/api/dispatch';
import { trustApiGateway } from '../../../lambdas/api/authentication';
import { aLog } from '../runtime';
import { anEvent, FakeNodeService } from './requests';

const large = JSON.stringify({ text: 'ä'.repeat(2000) });

it.each([
  { header: undefined, coding: undefined },
  { header: '', coding: undefined },
  { header: 'identity', coding: undefined },
  { header: 'gzip, deflate, br, zstd', coding: 'br' },
  { header: 'gzip', coding: 'gzip' },
  { header: 'GZIP;q=0.5, Br;q=0', coding: 'gzip' },
  { header: 'br;q=0.1', coding: 'br' },
  { header: '*', coding: 'br' },
  { header: '*;q=0', coding: undefined },
  { header: 'gzip;q=0, *;q=0.5', coding: 'br' },
  { header: 'br;q=none', coding: undefined },
])('Of "$header" the coding $coding is used', ({ header, coding }) => {
  expect(acceptedCoding(header)).toBe(coding);
});

it.each([
  { coding: 'br', decode: brotliDecompressSync },
  { coding: 'gzip', decode: gunzipSync },
])('A large body is smaller in $coding, and comes back as it was', ({ coding, decode }) => {
  const encoded = encode(large, coding);

  expect(encoded?.coding).toBe(coding);
  const bytes = Buffer.from(encoded?.body ?? '', 'base64');
  expect(bytes.byteLength).toBeLessThan(large.length / 10);
  expect(decode(bytes).toString('utf8')).toBe(large);
});

it('A small body is sent as it is', () => {
  expect(encode('{"status":"ok"}', 'br')).toBeUndefined();
});

describe('The API', () => {
  const api = createApi({
    service: new FakeNodeService(),
    authenticate: trustApiGateway,
    time: { now: () => new Date(0), sleep: async () => undefined },
    log: aLog(),
    measure: () => undefined,
  });
  const get = (path: string, headers: Readonly<Record<string, string>>) =>
    api(anEvent({ method: 'GET', path, headers }));

  it('compresses a large response, as API Gateway takes it, and says so', async () => {
    const { body, headers, isBase64Encoded, statusCode } = await get('/openapi.json', { 'Accept-Encoding': 'br' });

    expect({ statusCode, isBase64Encoded }).toEqual({ statusCode: 200, isBase64Encoded: true });
    expect(headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
    const text = brotliDecompressSync(Buffer.from(body, 'base64')).toString('utf8');
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0' });
  });

  it('does not compress for a client that does not ask for it', async () => {
    const response = await get('/openapi.json', {});

    expect(response).not.toHaveProperty('isBase64Encoded');
    expect(response.headers).not.toHaveProperty('content-encoding');
    expect(JSON.parse(response.body)).toMatchObject({ openapi: '3.1.0' });
  });
});
