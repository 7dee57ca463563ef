/** Reads the events of an HTTP API (payload format 2.0). */
import * as z from 'zod';
import { RequestRefused } from './error-responses';

export interface ApiRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  /** The tags of the responses that the client has. */
  readonly ifNoneMatch: string | undefined;
  readonly acceptEncoding: string | undefined;
  /** The body as it was sent. It must be JSON, whatever the content type says. */
  readonly body: string;
}

const httpApiEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  requestContext: z.object({ requestId: z.string(), http: z.object({ method: z.string() }) }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
});

/** Far above any valid document (user data is limited to 16 KB), and far below the limit of a Lambda event (6 MB). */
const BODY_MAX_BYTES = 1024 * 1024;

/** Documents are six levels deep. Refused before validation, because a very deep one would exhaust its stack. */
const BODY_MAX_DEPTH = 32;

/** @throws z.ZodError if the event is not an HTTP API's: then the function is wired up wrongly */
export function readRequest(event: unknown): ApiRequest {
  const { rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded } = httpApiEvent.parse(event);
  const header = (wanted: string) => Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return {
    id: requestContext.requestId,
    method: requestContext.http.method.toUpperCase(),
    path: rawPath,
    query: Object.fromEntries(new URLSearchParams(rawQueryString)),
    authorization: header('authorization'),
    ifNoneMatch: header('if-none-match'),
    acceptEncoding: header('accept-encoding'),
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? ''),
  };
}

/**
 * Returns the parsed body, or undefined if there is none. A body that is too large is refused with 400, because the
 * contract has no 413.
 * @throws RequestRefused
 */
export function readBody({ body }: ApiRequest): unknown {
  if (Buffer.byteLength(body) > BODY_MAX_BYTES) {
    throw new RequestRefused(400, {
      code: 'BODY_TOO_LARGE',
      message: `The body is larger than ${BODY_MAX_BYTES} bytes.`,
    });
  }
  if (body.trim() === '') return undefined;
  const document = parsed(body);
  if (isDeeperThan(BODY_MAX_DEPTH, document)) {
    throw new RequestRefused(400, {
      code: 'MALFORMED_BODY',
      message: `The body is nested more than ${BODY_MAX_DEPTH} levels deep.`,
    });
  }
  return document ?? undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's message quotes the body, which may hold secrets that must not reach a response or a log.
    throw new RequestRefused(400, { code: 'MALFORMED_BODY', message: 'The body is not a JSON document.' });
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((element) => isDeeperThan(levels - 1, element));
}
