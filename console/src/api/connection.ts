/**
 * The connection to the API, on the page's own origin. Its types are generated from the OpenAPI document.
 *
 * A response with an ETag is kept with its tag: the next request for the same URL is conditional, and a 304 returns the very
 * same object, so that nothing is rendered again.
 */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../../../cli/api/schema';
import { ApiError, errorOf, offline } from './errors';
import type { Page } from './schemas';

export type { NodeStatus, Page, Schemas } from './schemas';

export interface Connection {
  readonly client: Client<paths>;
  /** Reads a page. The object is the same as before if nothing has changed. @throws ApiError */
  readonly read: <Item>(path: string, signal?: AbortSignal) => Promise<Page<Item>>;
  /** Sends a request that the typed client does not know: the simulator's. @throws ApiError */
  readonly send: <Body>(method: string, path: string, body?: unknown) => Promise<Body>;
}

interface Kept {
  readonly etag: string;
  readonly page: Page<unknown>;
}

/** A cache of this many URLs is more than any page of the console polls. */
const MOST_KEPT = 64;

/**
 * @param token undefined if something between the page and the API signs the requests
 * @param refused is called when the API no longer takes the token
 */
export function connect(token: string | undefined, refused: () => void): Connection {
  const kept = new Map<string, Kept>();

  const authorized = async (request: Request): Promise<Response> => {
    if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(request);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw offline();
    }
    if (response.status === 401) refused();
    return response;
  };

  const read = async <Item>(path: string, signal?: AbortSignal): Promise<Page<Item>> => {
    const before = kept.get(path);
    const headers: Record<string, string> = before === undefined ? {} : { 'if-none-match': before.etag };
    const response = await authorized(
      new Request(new URL(path, location.origin), { headers, cache: 'no-store', signal: signal ?? null }),
    );
    if (response.status === 304 && before !== undefined) return before.page as Page<Item>;
    const body = await jsonOf(response);
    if (!response.ok) throw errorOf(response, body);
    const page = (body as { readonly response: Page<Item> }).response;
    const etag = response.headers.get('etag');
    kept.delete(path);
    if (etag !== null) kept.set(path, { etag, page });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return page;
  };

  const send = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await authorized(new Request(new URL(path, location.origin), { method, ...init }));
    const answer = await jsonOf(response);
    if (!response.ok) throw errorOf(response, answer);
    return answer as Body;
  };

  return {
    client: createClient<paths>({ baseUrl: location.origin, fetch: authorized, redirect: 'error' }),
    read,
    send,
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    if (!response.ok) return undefined;
    throw new ApiError(response.status, [{ message: 'The API responded, and not with JSON.' }]);
  }
}

interface Fetched<Item> {
  readonly data?: { readonly response: { readonly items: Item[] } } | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** The items of a typed request. @throws ApiError */
export async function itemsOf<Item>(fetching: Promise<Fetched<Item>>): Promise<readonly Item[]> {
  const { data, error, response } = await fetching;
  if (data === undefined) throw errorOf(response, error);
  return data.response.items;
}
