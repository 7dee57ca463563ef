/** What the account has: the lists that forms choose from. A role of the deployment may lack a permission for one of them. */
import { useCallback, useEffect, useState } from 'react';
import { useConnection } from '../session/session';
import type { Connection, Page } from './connection';
import { ApiError } from './errors';

export interface Region {
  readonly id: string;
  /** Whether this deployment is in it: its nodes are in no other. */
  readonly isDeployment: boolean;
}

export interface Vpc {
  readonly id: string;
  readonly name: string | null;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  readonly hasIpv6: boolean;
  readonly freeAddresses: number;
}

export interface ElasticIp {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly name: string | null;
  readonly networkInterfaceId: string | null;
  readonly instanceId: string | null;
  /** The node that claims it, or whose interface has it. */
  readonly managedInstanceId: string | null;
}

export interface Image {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly architecture: string;
  readonly state: string;
  readonly platform: string;
  readonly createdAt: string;
  readonly isDeprecated: boolean;
}

export interface SecurityGroupRule {
  readonly direction: 'inbound' | 'outbound';
  /** `all`: every protocol, with ports that are null. */
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  /** Ranges, prefix lists and groups; of an outbound rule its destinations. */
  readonly peers: readonly string[];
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly description: string;
  readonly rules: readonly SecurityGroupRule[];
}

export interface KeyPair {
  readonly name: string;
  readonly type: string;
}

export interface InstanceType {
  readonly name: string;
  readonly architectures: readonly string[];
  readonly vCpus: number;
  readonly memoryMib: number;
  readonly maximumInterfaces: number;
  readonly isBurstable: boolean;
  /** Null unless they were asked for. */
  readonly prices: {
    readonly onDemandUsdPerHour: number | null;
    readonly spotUsdPerHour: readonly { readonly availabilityZone: string; readonly usdPerHour: number }[];
  } | null;
}

export interface InstanceProfile {
  readonly name: string;
  readonly roleArn: string;
}

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
