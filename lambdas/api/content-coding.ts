/**
 * Compresses responses: an HTTP API does not. A list of some thousands of nodes takes a tenth of its size.
 * https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** In the order in which they are preferred. */
const CODINGS = ['br', 'gzip'] as const;
export type ContentCoding = (typeof CODINGS)[number];

/** Below this, in bytes, a response fits into one packet, and takes longer to compress than to send. */
const LEAST_BYTES = 1_400;

/** The levels at which the time for compression is still short against that of the call. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 6;

export interface EncodedBody {
  readonly coding: ContentCoding;
  /** Base64: the only form in which a function can return bytes. */
  readonly body: string;
}

/** Undefined if the body is best sent as it is. @param acceptEncoding the header */
export function encode(body: string, acceptEncoding: string | undefined): EncodedBody | undefined {
  const bytes = Buffer.from(body);
  const coding = bytes.byteLength < LEAST_BYTES ? undefined : acceptedCoding(acceptEncoding);
  if (coding === undefined) return undefined;
  const compressed =
    coding === 'br'
      ? brotliCompressSync(bytes, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
            [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
          },
        })
      : gzipSync(bytes, { level: GZIP_LEVEL });
  return { coding, body: compressed.toString('base64') };
}

/** The first of ours that the client accepts, whatever weights it gives. `q=0` refuses a coding. */
export function acceptedCoding(acceptEncoding = ''): ContentCoding | undefined {
  const weights = new Map(acceptEncoding.split(',').map(weightIn));
  return CODINGS.find((coding) => (weights.get(coding) ?? weights.get('*') ?? 0) > 0);
}

function weightIn(element: string): [string, number] {
  const [name = '', ...parameters] = element.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [name, weight === undefined ? 1 : Number(weight.slice('q='.length)) || 0];
}
