import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync, gunzipSync } from 'node:zlib';
import { consoleFiles, type FileResponse } from '../../../lambdas/console/console-files';

const PAGE = '<!doctype html><title>Holdfast</title>';
const SCRIPT = 'export const answer = 42;';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-files-'));
  mkdirSync(join(folder, 'assets'));
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text));
  };
  write('index.html', PAGE);
  write('assets/main-a1b2.js', SCRIPT);
  writeFileSync(join(folder, 'icon.png'), 'picture');
  writeFileSync(`${folder}-secret`, 'outside');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(`${folder}-secret`);
});

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): FileResponse {
  return consoleFiles(folder)({ method, path, headers });
}

describe('the files of the console', () => {
  test.each(['/console', '/console/', '/console/nodes/smi-0a1b2c3d/log'])('%s is the page itself', (path) => {
    const { status, headers, body } = get(path);
    expect([status, headers['content-type'], body.toString()]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
    expect(headers['cache-control']).toBe('no-cache');
  });

  test('a file whose name changes with its content may be kept for ever', () => {
    const { headers, body } = get('/console/assets/main-a1b2.js');
    expect(body.toString()).toBe(SCRIPT);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test('a file of an earlier build is not found, rather than the page in its place', () => {
    expect(get('/console/assets/main-0000.js').status).toBe(404);
  });

  test.each([
    ['br', 'gzip, deflate, br', (body: Buffer) => brotliDecompressSync(body)],
    ['gzip', 'gzip;q=0.8', (body: Buffer) => gunzipSync(body)],
    ['gzip', 'br;q=0, gzip', (body: Buffer) => gunzipSync(body)],
  ])('is sent as %s to a browser that accepts %s', (encoding, accepted, decompress) => {
    const { headers, body } = get('/console/assets/main-a1b2.js', { 'accept-encoding': accepted });
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
    expect(decompress(body).toString()).toBe(SCRIPT);
  });

  test('is not compressed for a client that accepts none', () => {
    const { headers, body } = get('/console/assets/main-a1b2.js', { 'accept-encoding': 'identity' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toBe(SCRIPT);
  });

  test('is not sent again to a browser that has it', () => {
    const { headers } = get('/console/');
    const again = get('/console/', { 'if-none-match': headers.etag! });
    expect([again.status, again.body.byteLength]).toEqual([304, 0]);
    expect(get('/console/assets/main-a1b2.js', { 'if-none-match': headers.etag! }).status).toBe(200);
  });

  test.each(['/console/../x-secret', `/console/..%2f`, '/console/assets/../../etc/passwd', '/console/index.html.br'])(
    '%s leads to no file outside of the folder',
    (path) => {
      expect(get(path).body.toString()).toMatch(/^(<!doctype html>|This file belongs to another build)/);
    },
  );

  test('no other site may embed it, and no script but its own may run', () => {
    for (const path of ['/console/', '/console/assets/main-a1b2.js', '/console/assets/main-0000.js']) {
      const { headers } = get(path);
      const policy = headers['content-security-policy']!;
      expect(policy).not.toMatch(/unsafe|data:|https?:|\*/);
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types 'none'",
        ]),
      );
      expect(headers).toMatchObject({
        'strict-transport-security': expect.stringContaining('max-age=31536000'),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  test('HEAD has the headers without the body, and nothing else is allowed', () => {
    expect(get('/console/', {}, 'HEAD')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(get('/console/', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});
