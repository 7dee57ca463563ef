/**
 * Serves the built console: a folder of files, of which those that compress lie there as `.br` and `.gz` as well.
 *
 * The build names files by their content, so browsers may keep those for ever. Every path without a file gets the page itself:
 * the page's own router reads the path.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';

export interface FileRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface FileResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type ServeFile = (request: FileRequest) => FileResponse;

export const CONSOLE_PREFIX = '/console';

/**
 * The page loads only its own files and calls only its own origin. `trusted-types 'none'`: no script of the page may turn
 * text into markup.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
};
const PAGE = 'index.html';
/** The build puts the files whose names change with their content here. */
const HASHED = /^assets\//;
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** @param folder what the build has made */
export function consoleFiles(folder: string): ServeFile {
  const names = new Set(namesIn(folder));
  const kept = new Map<string, Buffer>();
  const read = (name: string): Buffer => {
    const bytes = kept.get(name) ?? readFileSync(join(folder, name));
    kept.set(name, bytes);
    return bytes;
  };
  return ({ method, path, headers }) => {
    if (method !== 'GET' && method !== 'HEAD') {
      return text(405, 'The console serves GET and HEAD only.\n', { allow: 'GET, HEAD' });
    }
    const asked = path.slice(CONSOLE_PREFIX.length).replace(/^\/+/, '');
    const isFile = names.has(asked) && !/\.(br|gz)$/.test(asked);
    // A file of an earlier build that a browser still asks for is gone. The page would be no answer.
    if (!isFile && HASHED.test(asked)) return text(404, 'This file belongs to another build. Load the page again.\n');
    const name = isFile ? asked : PAGE;
    const encoding = ENCODINGS.find(
      (each) => names.has(name + each.suffix) && accepts(headers['accept-encoding'], each.name),
    );
    const etag = `"${createHash('sha256').update(read(name)).digest('base64url').slice(0, 22)}"`;
    const common = {
      ...SECURITY_HEADERS,
      etag,
      vary: 'accept-encoding',
      'cache-control': HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (headers['if-none-match'] === etag) return { status: 304, headers: common, body: Buffer.alloc(0) };
    const body = read(name + (encoding?.suffix ?? ''));
    return {
      status: 200,
      headers: {
        ...common,
        'content-type': MEDIA_TYPES[extname(name)] ?? 'application/octet-stream',
        ...(encoding && { 'content-encoding': encoding.name }),
      },
      body: method === 'HEAD' ? Buffer.alloc(0) : body,
    };
  };
}

/** Whether the header names the encoding with a weight above 0 (RFC 9110, 12.5.3). */
function accepts(header: string | undefined, encoding: string): boolean {
  return (header ?? '').split(',').some((each) => {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

function text(status: number, message: string, headers: Readonly<Record<string, string>> = {}): FileResponse {
  const plain = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers: { ...SECURITY_HEADERS, ...plain, ...headers }, body: Buffer.from(message) };
}

function namesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}
