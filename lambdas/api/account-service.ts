/** What the account has, for pages on which a person chooses. */
import type { AccountAddress, ZoneSpotPrice } from '../../domain/node/account-things';
import type { AccountLists, ApiPorts } from '../ports';

export interface AccountService extends Omit<AccountLists, 'spotPrices' | 'addresses'> {
  /** The Region of the deployment. */
  readonly region: string;
  /** The roles that instances may be given. */
  readonly instanceRoleArns: readonly string[];
  addresses(): Promise<readonly HeldAddress[]>;
  /** Of Linux/UNIX. */
  prices(instanceTypes: readonly string[]): Promise<readonly TypePrices[]>;
}

export interface HeldAddress extends AccountAddress {
  /** The node that has claimed it. Absent: none has. */
  readonly nodeId?: string | undefined;
}

export interface TypePrices {
  readonly instanceType: string;
  /** Absent: the price list has none. */
  readonly onDemandUsdPerHour?: number | undefined;
  readonly spot: readonly ZoneSpotPrice[];
}

const PRODUCT = 'Linux/UNIX';

/** Pages of a list come from one look, and many people look at the same. A new resource is shown after this time. */
const KEPT_MS = 60_000;
/** EC2 adds a type now and then. The list takes ten calls. */
const TYPES_KEPT_MS = 60 * 60_000;
/** A container lives for hours, and searches for images differ. */
const MOST_KEPT = 50;

type AccountPorts = Pick<ApiPorts, 'account' | 'accountLists' | 'claims' | 'prices' | 'time' | 'instanceRoleArns'>;

export function createAccountService(ports: AccountPorts): AccountService {
  const { account, accountLists: lists, claims, prices, instanceRoleArns } = ports;
  const keep = keeper(ports);
  return {
    region: account.region,
    instanceRoleArns,
    regions: () => keep('regions', KEPT_MS, () => lists.regions()),
    zones: () => keep('zones', KEPT_MS, () => lists.zones()),
    vpcs: () => keep('vpcs', KEPT_MS, () => lists.vpcs()),
    subnets: () => keep('subnets', KEPT_MS, () => lists.subnets()),
    securityGroups: () => keep('groups', KEPT_MS, () => lists.securityGroups()),
    keyPairs: () => keep('keys', KEPT_MS, () => lists.keyPairs()),
    images: (query) => keep(`images ${JSON.stringify(query)}`, KEPT_MS, () => lists.images(query)),
    instanceTypes: () => keep('types', TYPES_KEPT_MS, () => lists.instanceTypes()),
    async addresses() {
      const found = await keep('addresses', KEPT_MS, () => lists.addresses());
      // A claim is read anew: a person who has just made a node must not choose its address again.
      return Promise.all(
        found.map(async (each) => ({ ...each, nodeId: (await claims.find(each.allocationId))?.holder })),
      );
    },
    async prices(instanceTypes) {
      const names = [...new Set(instanceTypes)].sort();
      const spot = await keep(`spot ${names.join()}`, KEPT_MS, () => lists.spotPrices(names));
      return Promise.all(
        names.map(async (instanceType) => ({
          instanceType,
          onDemandUsdPerHour: await prices.onDemandUsdPerHour(instanceType, PRODUCT),
          spot: spot.filter((each) => each.instanceType === instanceType),
        })),
      );
    },
  };
}

type Keep = <T>(name: string, keptMs: number, read: () => Promise<readonly T[]>) => Promise<readonly T[]>;

/** Requests at the same time share one look. A look that fails is not kept. */
function keeper({ time }: Pick<AccountPorts, 'time'>): Keep {
  const kept = new Map<string, { readonly untilMs: number; readonly list: Promise<readonly unknown[]> }>();
  return async <T>(name: string, keptMs: number, read: () => Promise<readonly T[]>) => {
    const nowMs = time.now().getTime();
    const known = kept.get(name);
    if (known !== undefined && known.untilMs > nowMs) return known.list as Promise<readonly T[]>;
    const list = read();
    kept.delete(name);
    kept.set(name, { untilMs: nowMs + keptMs, list });
    list.catch(() => kept.delete(name));
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return list;
  };
}
