/** What the account has: the lists that forms choose from. A role of the deployment may lack a permission for one of them. */
import { useCallback, useEffect, useState } from 'react';
import { useConnection } from '../session/session';
import type { Connection, Page } from './connection';
import { ApiError } from './errors';
import type { Schemas } from './schemas';

export type Region = Schemas['AccountRegion'];
export type Vpc = Schemas['Vpc'];
export type Subnet = Schemas['Subnet'];
export type ElasticIp = Schemas['ElasticIp'];
export type Image = Schemas['Image'];
export type SecurityGroup = Schemas['SecurityGroup'];
export type KeyPair = Schemas['KeyPair'];
export type InstanceType = Schemas['InstanceType'];
export type InstanceProfile = Schemas['InstanceProfile'];

export interface AccountList<Item> {
  readonly items: readonly Item[];
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  readonly retry: () => void;
}

/** The function keeps the lists for as long. Milliseconds. */
const KEPT_MS = 60_000;
const NOTHING: readonly never[] = [];

interface Kept {
  readonly at: number;
  readonly items: Promise<readonly unknown[]>;
}

const keptLists = new WeakMap<Connection, Map<string, Kept>>();

/** @param path below `/holdfast/account/`, with its parameters; undefined: nothing is read yet */
export function useAccountList<Item>(path: string | undefined): AccountList<Item> {
  const connection = useConnection();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<Omit<AccountList<Item>, 'retry'> & { readonly of: string | undefined }>({
    of: undefined,
    items: NOTHING,
    isLoading: false,
    error: undefined,
  });
  useEffect(() => {
    if (path === undefined) return;
    let isCurrent = true;
    // With a new token the same list is read again: what was shown stays meanwhile.
    setState((before) => ({
      of: path,
      items: before.of === path ? before.items : NOTHING,
      isLoading: true,
      error: undefined,
    }));
    listOf<Item>(connection, path).then(
      (items) => isCurrent && setState({ of: path, items, isLoading: false, error: undefined }),
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        if (isCurrent) setState({ of: path, items: NOTHING, isLoading: false, error });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, path, attempt]);
  const retry = useCallback(() => setAttempt((before) => before + 1), []);
  const isOther = state.of !== path;
  return {
    items: isOther ? NOTHING : state.items,
    isLoading: path !== undefined && (isOther || state.isLoading),
    error: isOther ? undefined : state.error,
    retry,
  };
}

/** @throws ApiError */
async function listOf<Item>(connection: Connection, path: string): Promise<readonly Item[]> {
  const lists = keptLists.get(connection) ?? new Map<string, Kept>();
  keptLists.set(connection, lists);
  const kept = lists.get(path);
  if (kept !== undefined && Date.now() - kept.at < KEPT_MS) return (await kept.items) as readonly Item[];
  const items = allPages<Item>(connection, `/holdfast/account/${path}`);
  lists.set(path, { at: Date.now(), items });
  // A failure is not kept: the next field that needs the list asks again.
  items.catch(() => lists.delete(path));
  return items;
}

async function allPages<Item>({ read }: Connection, path: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const next = token === undefined ? '' : `${path.includes('?') ? '&' : '?'}nextToken=${encodeURIComponent(token)}`;
    const page: Page<Item> = await read<Item>(path + next);
    items.push(...page.items);
    token = page.nextToken;
  } while (token !== undefined);
  return items;
}
