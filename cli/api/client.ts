/** The API's client. Its types are generated from the OpenAPI document. */
import createClient, { type Client } from 'openapi-fetch';
import { Failed } from '../failures';
import type { Authorize, Connection } from '../connection/connection';
import { patiently, type Send } from './fetching';
import { refusal } from './refusal';
import type { components, paths } from './schema';
import type { Shell } from '../shell';

export type Schemas = components['schemas'];
export type NodeStatus = Schemas['NodeStatus'];
export type LogEntry = Schemas['LogEntry'];
export type Migration = Schemas['Migration'];

export interface Api {
  readonly client: Client<paths>;
  /** Sends a request that is not in the OpenAPI document. Returns the body. @throws Failed */
  readonly send: (method: string, path: string, body?: unknown) => Promise<unknown>;
}

export function openApi(shell: Pick<Shell, 'fetch' | 'sleep'>, { url, authorize }: Connection): Api {
  const send = authorized(patiently(shell), authorize);
  const baseUrl = url.replace(/\/+$/, '');
  return {
    // The API redirects nowhere, and the token must not follow a redirect to another host.
    client: createClient<paths>({ baseUrl, fetch: send, redirect: 'error' }),
    send: async (method, path, body) => {
      const init = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_BODY };
      const response = await send(new Request(baseUrl + path, { method, redirect: 'error', ...init }));
      const answer = await jsonOf(response);
      if (!response.ok) throw refusal(response.status, answer);
      return answer;
    },
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

function authorized(send: Send, authorize: Authorize): Send {
  return async (request) => send(await authorize(request));
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw notJson(response);
  }
}

function notJson({ url, status }: Response): Failed {
  return new Failed(
    `${url === '' ? 'The API' : new URL(url).origin} responded with status ${status}, and not with JSON. Is the URL right?`,
  );
}

interface Envelope<Item> {
  readonly request: { readonly timestamp: string };
  readonly response: { readonly items: Item[]; readonly nextToken?: string };
}

export interface Answer<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
  /** When the API received the request, by its own clock. */
  readonly at: string;
}

interface Fetched<Item> {
  readonly data?: Envelope<Item> | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** @throws Failed, or NotFound if the node or the import does not exist */
export async function answerOf<Item>(fetching: Promise<Fetched<Item>>): Promise<Answer<Item>> {
  const { data, error, response } = await fetching.catch((failure: unknown) => {
    // The client parses a success before it returns it.
    throw failure instanceof SyntaxError ? new Failed('The URL responds, and not with JSON. Is it the API?') : failure;
  });
  if (!response.ok) throw refusal(response.status, error);
  if (data === undefined) throw notJson(response);
  return { items: data.response.items, nextToken: data.response.nextToken, at: data.request.timestamp };
}

export interface Timed<Item> {
  readonly item: Item;
  /** When the API received the request, by its own clock. */
  readonly at: string;
}

/** @throws Failed, or NotFound if there is no such item */
export async function timedItemOf<Item>(fetching: Promise<Fetched<Item>>): Promise<Timed<Item>> {
  const { items, at } = await answerOf(fetching);
  const [item] = items;
  if (item === undefined) throw new Failed('The API responded without the item that was asked for.');
  return { item, at };
}

/** @throws Failed, or NotFound if there is no such item */
export async function onlyItemOf<Item>(fetching: Promise<Fetched<Item>>): Promise<Item> {
  return (await timedItemOf(fetching)).item;
}
