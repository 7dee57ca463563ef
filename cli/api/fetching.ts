/** Sends requests: repeats what is safe to repeat, and explains why there is no response. */
import { Failed } from '../failures';
import type { Shell } from '../shell';

/** API Gateway waits at most 30 s for a response. */
export const RESPONSE_MAX_MS = 60_000;

const WAITS_MS = [500, 1_000, 2_000, 4_000];

/** Too many requests, or no response from behind API Gateway. A moment later the same request may succeed. */
const PASSING: readonly number[] = [429, 502, 503, 504];

export type Send = Shell['fetch'];

/**
 * Repeats reads that fail for a passing reason. A change is never repeated: it may have been recorded.
 * @throws Failed if there is no response
 */
export function patiently({ fetch, sleep }: Pick<Shell, 'fetch' | 'sleep'>): Send {
  return async (request) => {
    const waitsMs = request.method === 'GET' ? WAITS_MS : [];
    for (const waitMs of waitsMs) {
      const response = await responseOrUndefined(fetch, request.clone());
      if (response !== undefined && !PASSING.includes(response.status)) return response;
      await sleep(waitMs);
    }
    try {
      return await fetch(request);
    } catch (error) {
      throw noResponse(new URL(request.url).origin, error);
    }
  };
}

/** @returns undefined if the connection broke @throws Failed if the host cannot be reached at all */
async function responseOrUndefined(fetch: Send, request: Request): Promise<Response | undefined> {
  try {
    return await fetch(request);
  } catch (error) {
    if (isBroken(error)) return undefined;
    throw noResponse(new URL(request.url).origin, error);
  }
}

function isBroken(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(reasonOf(error).code ?? '');
}

function noResponse(origin: string, error: unknown): Failed {
  if (error instanceof Failed) return error;
  const { code, message } = reasonOf(error);
  if (code === 'ECONNREFUSED')
    return new Failed(`${origin} refuses connections. Is it running, and is the port right?`);
  if (code === 'ENOTFOUND') return new Failed(`${origin} does not exist: its host name is unknown.`);
  return new Failed(`${origin} does not respond: ${message}`);
}

/** `fetch` fails with "fetch failed", and keeps the reason in the cause. A host with several addresses has several. */
function reasonOf(error: unknown): { readonly code?: string; readonly message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const { message } = error;
  return 'code' in error && typeof error.code === 'string' ? { code: error.code, message } : { message };
}
