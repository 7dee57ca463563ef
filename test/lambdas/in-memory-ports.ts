/** Ports in memory, which record every call in order. test/contracts checks that they keep the promises of `lambdas/ports.ts`. */
import { isDeepStrictEqual } from 'node:util';
import { RecordContended, type UnreadableRecord } from '../../domain/errors';
import type { AwaySince } from '../../domain/monitoring/missing-address';
import type { Measurement } from '../../domain/monitoring/metrics';
import type { SpotPrice, TimeRange } from '../../domain/costs/costs';
import { atLeast, type LogEntry, type LogPage, type LogQuery } from '../../domain/node/node-log';
import type { Migration } from '../../domain/import/import';
import type { InstanceState } from '../../domain/node/observations';
import { atRestOf, type Glance } from '../../domain/reconciliation/at-rest';
import { listedNode } from '../../domain/operation/listed-node';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Usage } from '../../domain/costs/usage';
import type { StateVisit } from '../../domain/operation/state-visit';
import type { InstanceSample } from '../../domain/monitoring/instance-metrics';
import { whyInDoubt, type TableIdentity } from '../../domain/reconciliation/deployment';
import type { ApiPorts, Ports, TableOwnership, Waiter } from '../../lambdas/ports';
import { NOW } from '../domain/builders';
import { InMemoryEc2 } from './in-memory-ec2';
import { InMemoryHistory } from './in-memory-history';
import { InMemoryDryPools, InMemoryPacer } from './in-memory-pacer';

const TABLE_NAME = 'Nodes';
/** EC2's states in the order of an instance's life. */
const STATE_ORDER = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'];

export class InMemoryPorts extends InMemoryEc2 implements ApiPorts {
  readonly nodeRecords = new Map<string, StatefulNode>();
  /** The executions that have ended. */
  readonly endedExecutions = new Set<string>();
  /** The state in the latest event, by instance. */
  readonly lastStates = new Map<string, InstanceState>();
  private readonly lastStateAt = new Map<string, string>();
  /** The identity of the table. */
  tableIdentity: TableIdentity | undefined = { deployment: 'Holdfast', tableName: TABLE_NAME, createdAt: NOW };
  readonly nodeOfInstance = new Map<string, string>();
  readonly waiters = new Map<string, Waiter>();
  readonly claimedBy = new Map<string, { holder: string; claimedAt: string }>();
  sleptMs = 0;

  constructor(...nodes: readonly StatefulNode[]) {
    super();
    for (const node of nodes) this.nodeRecords.set(node.id, node);
  }

  /** The record as it is now. */
  node(nodeId: string): StatefulNode {
    const node = this.nodeRecords.get(nodeId);
    if (node === undefined) throw new Error(`there is no node ${nodeId}`);
    return node;
  }

  /** Changes the record as another writer would. */
  writeMeanwhile(nodeId: string, change: Partial<StatefulNode>): void {
    const node = this.node(nodeId);
    this.nodeRecords.set(nodeId, { ...node, ...change, version: node.version + 1 });
  }

  private nodesInOrder(): readonly StatefulNode[] {
    return [...this.nodeRecords.values()].sort((one, other) => compare(one.id, other.id));
  }

  /** Of nodes that `nodeRecords` does not have. */
  unreadable: UnreadableRecord[] = [];

  private unreadableOf(nodeId: string): UnreadableRecord | undefined {
    return this.unreadable.find(({ record }) => record.id === nodeId);
  }

  readonly nodes: Ports['nodes'] = {
    get: async (nodeId) => {
      const unreadable = this.unreadableOf(nodeId);
      if (unreadable !== undefined) throw unreadable;
      return this.nodeRecords.get(nodeId);
    },
    create: async (node) => {
      this.write(`create ${node.id}`);
      if (this.nodeRecords.has(node.id) || this.unreadableOf(node.id) !== undefined) throw new RecordContended(node.id);
      this.nodeRecords.set(node.id, asStored(node));
    },
    save: async (node) => {
      this.write(`save ${node.operation?.launch?.state ?? node.status}`);
      const present = this.nodeRecords.get(node.id);
      const saved = { ...node, version: node.version + 1 };
      const isRepeated = isDeepStrictEqual(present, asStored(saved));
      if (!isRepeated && present?.version !== node.version) throw new RecordContended(node.id);
      this.nodeRecords.set(node.id, asStored(saved));
      return saved;
    },
    getAll: async (nodeIds) => ({
      nodes: nodeIds.flatMap((id) => (this.unreadableOf(id) === undefined ? (this.nodeRecords.get(id) ?? []) : [])),
      unreadable: nodeIds.flatMap((id) => this.unreadableOf(id) ?? []),
    }),
    glances: async () => {
      const read = this.nodesInOrder().map((node): Glance => ({ id: node.id, atRest: atRestOf(node) }));
      const unread = this.unreadable.map(({ record: { id } }): Glance => ({ id }));
      return [...read, ...unread].sort((one, other) => one.id.localeCompare(other.id));
    },
    list: async () => ({ nodes: this.nodesInOrder(), unreadable: this.unreadable }),
    listFrom: (after = '') => asynchronously(this.nodesInOrder().filter(({ id }) => id > after)),
    remove: async (node) => {
      this.write(`remove ${node.id}`);
      const present = this.nodeRecords.get(node.id);
      if (this.unreadableOf(node.id) !== undefined) throw new RecordContended(node.id);
      if (present !== undefined && present.version !== node.version) throw new RecordContended(node.id);
      this.nodeRecords.delete(node.id);
      this.removals += 1;
    },
  };

  readonly instanceRoleArns: readonly string[] = ['arn:aws:iam::123456789012:role/team/web'];

  /** What the account has, by list. Each look is counted. */
  readonly accountHas = new Map<keyof ApiPorts['accountLists'], readonly unknown[]>();
  readonly accountLooks: string[] = [];

  private lookAt<T>(name: keyof ApiPorts['accountLists'], detail: unknown = ''): Promise<readonly T[]> {
    this.accountLooks.push(`${name} ${JSON.stringify(detail)}`);
    return Promise.resolve((this.accountHas.get(name) ?? []) as readonly T[]);
  }

  readonly accountLists: ApiPorts['accountLists'] = {
    regions: () => this.lookAt('regions'),
    zones: () => this.lookAt('zones'),
    vpcs: () => this.lookAt('vpcs'),
    subnets: () => this.lookAt('subnets'),
    addresses: () => this.lookAt('addresses'),
    images: (query) => this.lookAt('images', query),
    securityGroups: () => this.lookAt('securityGroups'),
    keyPairs: () => this.lookAt('keyPairs'),
    instanceTypes: () => this.lookAt('instanceTypes'),
    spotPrices: (names) => this.lookAt('spotPrices', names),
  };

  readonly listing: ApiPorts['listing'] = {
    tag: async () => this.listTag(),
    list: async ({ after = '', limit = Infinity }) => {
      const all = this.nodesInOrder().map(listedNode);
      const shown = all.filter(({ id, isLeaving }) => id > after && !isLeaving);
      return { nodes: shown.slice(0, limit), isLast: shown.length <= limit, tag: this.listTag() };
    },
  };

  private removals = 0;

  private listTag(): string {
    return JSON.stringify([this.removals, this.nodesInOrder().map(listedNode)]);
  }

  readonly migrationRecords = new Map<string, Migration>();
  readonly migrations: Ports['migrations'] = {
    create: async (migration) => {
      this.write(`create ${migration.id}`);
      if (this.migrationRecords.has(migration.id)) throw new RecordContended(migration.id);
      this.migrationRecords.set(migration.id, asStored(migration));
    },
    get: async (migrationId) => this.migrationRecords.get(migrationId),
    end: async (migrationId, ending) => {
      this.write(`end ${migrationId} ${ending.state}`);
      const migration = this.migrationRecords.get(migrationId);
      if (migration !== undefined) this.migrationRecords.set(migrationId, asStored({ ...migration, ending }));
    },
  };

  readonly claims: Ports['claims'] = {
    claim: async ({ address, nodeId, now, staleHolder }) => {
      this.write(`claim ${address} for ${nodeId}`);
      const held = this.claimedBy.get(address);
      if (held !== undefined && held.holder !== nodeId && held.holder !== staleHolder) return held;
      const claim = { holder: nodeId, claimedAt: now };
      this.claimedBy.set(address, claim);
      return claim;
    },
    find: async (address) => this.claimedBy.get(address),
    release: async (address, nodeId) => {
      this.write(`release ${address} from ${nodeId}`);
      if (this.claimedBy.get(address)?.holder === nodeId) this.claimedBy.delete(address);
    },
  };

  readonly deployment = 'Holdfast';

  /** Every measurement, in order. */
  readonly measured: Measurement[] = [];

  readonly measure: Ports['measure'] = (measurement) => void this.measured.push(measurement);

  /** Not in the journal, because no repair depends on it. */
  awaySince: AwaySince = {};

  readonly missingAddresses: Ports['missingAddresses'] = {
    read: async () => this.awaySince,
    replace: async (awaySince) => void (this.awaySince = awaySince),
  };

  readonly pacer = new InMemoryPacer();
  readonly dryPools = new InMemoryDryPools();

  /** Each node's log. Not in the journal, because a log entry changes nothing. */
  readonly logEntries = new Map<string, LogEntry[]>();

  /** Not in the journal, like the log. */
  readonly history = new InMemoryHistory();

  readonly log: Ports['log'] = {
    append: async (nodeId, entry) => {
      this.logEntries.set(nodeId, [...(this.logEntries.get(nodeId) ?? []), entry]);
    },
    read: async (nodeId, query) => pageOf(this.logEntries.get(nodeId) ?? [], query),
  };

  readonly index: Ports['index'] = {
    register: async (instanceId, nodeId) => {
      this.write(`register ${instanceId}`);
      this.nodeOfInstance.set(instanceId, nodeId);
    },
    nodeOf: async (instanceId) => this.nodeOfInstance.get(instanceId),
    subscribe: async (instanceId, waiter) => {
      this.write(`subscribe ${instanceId}`);
      this.waiters.set(instanceId, waiter);
      return this.lastStates.get(instanceId);
    },
    waiterOf: async (instanceId) => this.waiters.get(instanceId),
    stateOf: async (instanceId) => this.lastStates.get(instanceId),
    noteState: async (instanceId, state, at) => {
      const last = this.lastStates.get(instanceId);
      if (last === undefined || isLater({ state, at }, { state: last, at: this.lastStateAt.get(instanceId) ?? '' })) {
        this.lastStates.set(instanceId, state);
        this.lastStateAt.set(instanceId, at);
      }
      const nodeId = this.nodeOfInstance.get(instanceId);
      return nodeId === undefined ? undefined : { nodeId, waiter: this.waiters.get(instanceId) };
    },
  };

  /** The table as another deployment sees it. */
  ownershipAs(deployment: string): TableOwnership {
    const own = (now: string): TableIdentity => ({ deployment, tableName: TABLE_NAME, createdAt: now });
    return {
      identity: async () => this.tableIdentity,
      doubt: async () => whyInDoubt(this.tableIdentity, { deployment, tableName: TABLE_NAME }),
      establish: async (now) => {
        this.write('establish the table');
        this.tableIdentity ??= own(now);
      },
      adopt: async (now) => {
        this.write('adopt the table');
        this.tableIdentity = own(now);
      },
      halt: async (because, now) => {
        this.write(`halt: ${because}`);
        if (this.tableIdentity) this.tableIdentity = { halted: { since: now, because }, ...this.tableIdentity };
      },
    };
  }

  readonly ownership: Ports['ownership'] = this.ownershipAs(this.deployment);

  /** What the price lists hold, by `type|zone|product` and by `type|product`. */
  readonly spotPrices = new Map<string, readonly SpotPrice[]>();
  readonly onDemandPrices = new Map<string, number>();
  /** The lookups in the price lists, by the same names. */
  readonly pricesAsked: string[] = [];

  readonly prices: ApiPorts['prices'] = {
    spotHistory: async ({ instanceType, availabilityZone, product }, range) => {
      const key = [instanceType, availabilityZone, product].join('|');
      this.pricesAsked.push(key);
      return pricesIn(this.spotPrices.get(key) ?? [], range, this.time.now().getTime());
    },
    onDemandUsdPerHour: async (instanceType, product) => {
      const key = [instanceType, product].join('|');
      this.pricesAsked.push(key);
      return this.onDemandPrices.get(key);
    },
  };

  /** What was measured of each instance. */
  readonly samplesOf = new Map<string, readonly InstanceSample[]>();
  /** The requests for it. */
  readonly metricsAsked: string[] = [];

  readonly instanceMetrics: ApiPorts['instanceMetrics'] = {
    read: async (instanceIds, { from, to }, periodSeconds) => {
      this.metricsAsked.push(`${instanceIds.join()} from ${from} to ${to} every ${periodSeconds} s`);
      const within = ({ at }: InstanceSample) => at >= from && at < to;
      return new Map(instanceIds.map((id) => [id, (this.samplesOf.get(id) ?? []).filter(within)]));
    },
  };

  /** By execution, newest first. */
  readonly visitsOf = new Map<string, readonly StateVisit[]>();

  readonly executionHistory: ApiPorts['executionHistory'] = {
    visits: async (executionId, limit) => this.visitsOf.get(executionId)?.slice(0, limit),
  };

  /** By node. Not in the journal, like the log: nothing depends on it. */
  readonly usageOf = new Map<string, readonly Usage[]>();

  readonly usage: Ports['usage'] = {
    begin: async (nodeId, usage) => {
      const known = this.usageOf.get(nodeId) ?? [];
      const isKnown = known.some(({ instanceId, from }) => instanceId === usage.instanceId && from === usage.from);
      if (!isKnown) this.usageOf.set(nodeId, [...known, usage]);
    },
    end: async (nodeId, { id, launchedAt }, at) => {
      const ended = (usage: Usage): Usage =>
        usage.instanceId === id && usage.from === launchedAt ? { to: at, ...usage } : usage;
      this.usageOf.set(nodeId, (this.usageOf.get(nodeId) ?? []).map(ended));
    },
    list: async (nodeId, until) =>
      (this.usageOf.get(nodeId) ?? [])
        .filter(({ from }) => from <= until)
        .sort((one, other) => compare(one.from, other.from)),
  };

  /** How each wait has ended, by task token. The first callback counts. */
  readonly wokenTasks = new Map<
    string,
    { readonly output: unknown } | { readonly error: string; readonly cause: string }
  >();

  readonly waitingTasks: Ports['waitingTasks'] = {
    succeed: async (taskToken, output) => {
      this.write(`succeed ${taskToken} ${JSON.stringify(output)}`);
      if (!this.wokenTasks.has(taskToken)) this.wokenTasks.set(taskToken, { output });
    },
    fail: async (taskToken, { name, message }) => {
      this.write(`fail ${taskToken} ${name}: ${message}`);
      if (!this.wokenTasks.has(taskToken)) this.wokenTasks.set(taskToken, { error: name, cause: message });
    },
  };

  /** Executions that no record names. An operation that is started adds one. */
  readonly runningExecutions = new Set<string>();

  private knownExecutions(): readonly string[] {
    const ofNodes = [...this.nodeRecords.values()].flatMap(({ operation }) => operation?.executionId ?? []);
    return [...ofNodes, ...this.runningExecutions];
  }

  readonly operations: Ports['operations'] = {
    running: async () => {
      this.write('list executions');
      return new Set(this.knownExecutions().filter((id) => !this.endedExecutions.has(id)));
    },
    hasEnded: async (executionId) => {
      this.write(`look at ${executionId}`);
      return this.endedExecutions.has(executionId) || !this.knownExecutions().includes(executionId);
    },
    start: async (kind, request, name) => {
      this.write(`start ${kind} ${name} ${JSON.stringify(request)}`);
      this.runningExecutions.add(`${kind}-node:${name}`);
    },
  };

  readonly time: Ports['time'] = {
    now: () => new Date(Date.parse(NOW) + this.sleptMs),
    sleep: async (delayMs) => {
      this.sleptMs += delayMs;
    },
  };

  readonly randomHex: Ports['randomHex'] = (digits) => '0123456789abcdef'.slice(0, digits);
}

async function* asynchronously<T>(things: readonly T[]): AsyncGenerator<T> {
  yield* things;
}

/** As a table returns it: a copy, without undefined members. */
function asStored<T>(value: T): T {
  const stored: T = JSON.parse(JSON.stringify(value));
  return stored;
}

/** The order of a table's keys. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

interface ToldState {
  readonly state: InstanceState;
  readonly at: string;
}

function isLater(told: ToldState, before: ToldState): boolean {
  const order = ({ state }: ToldState): number => STATE_ORDER.indexOf(state);
  return told.at > before.at || (told.at === before.at && order(told) > order(before));
}

const SPOT_HISTORY_MS = 90 * 24 * 60 * 60 * 1000;

/** The price changes in the range, and the price at its start, as far back as EC2 keeps them. */
function pricesIn(prices: readonly SpotPrice[], range: TimeRange, nowMs: number): readonly SpotPrice[] {
  const fromMs = Math.max(Date.parse(range.from), nowMs - SPOT_HISTORY_MS);
  const toMs = Math.min(Date.parse(range.to), nowMs);
  if (fromMs >= toMs) return [];
  const inTime = [...prices].sort((one, other) => compare(one.at, other.at));
  const first = inTime.findLast(({ at }) => Date.parse(at) <= fromMs);
  return inTime.filter((each) => each === first || (Date.parse(each.at) > fromMs && Date.parse(each.at) <= toMs));
}

/** A token is the index of the first entry of the next page. */
function pageOf(
  all: readonly LogEntry[],
  { fromDate, toDate, severity = 'DEBUG', limit, nextToken }: LogQuery,
): LogPage {
  const from = nextToken ?? fromDate ?? '';
  const to = `${toDate ?? ''}~`;
  const found = all
    .map((entry, number) => ({ place: `${entry.createdAt}#${String(number).padStart(6, '0')}`, entry }))
    .filter(({ place, entry }) => place >= from && place <= to && atLeast(severity).includes(entry.severity))
    .sort((one, other) => compare(one.place, other.place));
  return { entries: found.slice(0, limit).map(({ entry }) => entry), nextToken: found[limit]?.place };
}
