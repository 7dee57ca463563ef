/** Ports that answer from memory and write down what they are asked, in order. */
import { RecordContended, type UnreadableRecord } from '../../domain/errors';
import type { SpotPrice } from '../../domain/costs/costs';
import type { LogEntry } from '../../domain/node/node-log';
import type { Origin } from '../../domain/reconciliation/unknown';
import type { Migration } from '../../domain/import/import';
import type {
  InstanceState,
  SeenAccount,
  SeenElasticIp,
  SeenInstance,
  SeenInterface,
  SeenOriginal,
  SeenVolume,
} from '../../domain/node/observations';
import type { LaunchRequest, StatefulNode } from '../../domain/node/stateful-node';
import type { Usage } from '../../domain/costs/usage';
import { whyInDoubt, type TableIdentity } from '../../domain/reconciliation/deployment';
import type { CreateOutcome, LaunchOutcome, Ports, Waiter } from '../../lambdas/ports';
import { anAccount, anInstance, anInterface, NOW } from '../domain/builders';

export class InMemoryPorts implements Ports {
  /** Every call that changes something, and every look at EC2, in order. */
  readonly journal: string[] = [];
  readonly nodeRecords = new Map<string, StatefulNode>();
  readonly seenInstances = new Map<string, SeenInstance>();
  readonly seenInterfaces = new Map<string, SeenInterface>();
  readonly seenElasticIps = new Map<string, SeenElasticIp>();
  /** Answered whatever is asked for. */
  seenAccount: SeenAccount = anAccount();
  readonly launchRequests: LaunchRequest[] = [];
  /** EC2's answers to launches, in order; a running instance each where there are no more. */
  launchOutcomes: LaunchOutcome[] = [];
  /** What carries a node's tag, as the listings have it: they may be older than what a look at one shows. */
  listedInstances: (SeenInstance & { readonly origin: Origin })[] = [];
  listedInterfaces: (SeenInterface & { readonly origin: Origin })[] = [];
  listedElasticIps: SeenElasticIp[] = [];
  impairments: { readonly instanceId: string; readonly since: string }[] = [];
  /** The executions that have come to an end. */
  readonly endedExecutions = new Set<string>();
  /** By client token: instances whose launch was answered, and the answer lost. */
  readonly launchedUnder = new Map<string, SeenInstance>();
  /** By client token: interfaces whose making was answered, and the answer lost. */
  readonly madeUnder = new Map<string, SeenInterface>();
  /** EC2's answers to the making of interfaces, in order; one made each where there are no more. */
  createOutcomes: CreateOutcome[] = [];
  /** Of every instance. */
  takenDeviceIndexes: readonly number[] = [];
  /** By instance, what the latest event has said. */
  readonly lastStates = new Map<string, InstanceState>();
  /** What the table says of itself. */
  tableIdentity: TableIdentity | undefined = { deployment: 'Holdfast', tableName: 'Nodes', createdAt: NOW };
  readonly nodeOfInstance = new Map<string, string>();
  readonly waiters = new Map<string, Waiter>();
  readonly claimedBy = new Map<string, { holder: string; claimedAt: string }>();
  sleptMs = 0;
  /** Called with every entry of the journal: for a world that moves meanwhile, or fails. */
  onCall: (entry: string) => void = () => undefined;

  constructor(...nodes: readonly StatefulNode[]) {
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

  private write(entry: string): void {
    this.journal.push(entry);
    this.onCall(entry);
  }

  private nodesInOrder(): readonly StatefulNode[] {
    return [...this.nodeRecords.values()].sort((one, other) => one.id.localeCompare(other.id));
  }

  /** Of nodes that `nodeRecords` does not have. */
  unreadable: UnreadableRecord[] = [];
  readonly nodes: Ports['nodes'] = {
    get: async (nodeId) => {
      const unreadable = this.unreadable.find(({ record }) => record.id === nodeId);
      if (unreadable !== undefined) throw unreadable;
      return this.nodeRecords.get(nodeId);
    },
    create: async (node) => {
      this.write(`create ${node.id}`);
      if (this.nodeRecords.has(node.id)) throw new RecordContended(node.id);
      this.nodeRecords.set(node.id, node);
    },
    save: async (node) => {
      this.write(`save ${node.operation?.launch?.state ?? node.status}`);
      if (this.nodeRecords.get(node.id)?.version !== node.version) throw new RecordContended(node.id);
      const saved = { ...node, version: node.version + 1 };
      this.nodeRecords.set(node.id, saved);
      return saved;
    },
    list: async () => ({ nodes: this.nodesInOrder(), unreadable: this.unreadable }),
    listFrom: (after = '') => asynchronously(this.nodesInOrder().filter(({ id }) => id > after)),
    remove: async (node) => {
      this.write(`remove ${node.id}`);
      const present = this.nodeRecords.get(node.id);
      if (present !== undefined && present.version !== node.version) throw new RecordContended(node.id);
      this.nodeRecords.delete(node.id);
    },
  };

  readonly instances: Ports['instances'] = {
    observe: async (instanceId) => {
      this.write(`observe ${instanceId}`);
      return this.seenInstances.get(instanceId);
    },
    launchedBy: async (clientToken) => {
      this.write(`observe what ${clientToken} made`);
      return this.launchedUnder.get(clientToken);
    },
    launch: async (request) => {
      this.launchRequests.push(request);
      this.write(`launch ${request.clientToken}`);
      const number = this.launchRequests.length;
      return this.launchOutcomes.shift() ?? { kind: 'launched', instance: anInstance({ id: `i-launched-${number}` }) };
    },
    terminate: async (instanceId) => this.write(`terminate ${instanceId}`),
  };

  readonly interfaces: Ports['interfaces'] = {
    observe: async (interfaceId) => {
      this.write(`observe ${interfaceId}`);
      return this.seenInterfaces.get(interfaceId);
    },
    madeBy: async (clientToken) => {
      this.write(`observe what ${clientToken} made`);
      return this.madeUnder.get(clientToken);
    },
    create: async ({ clientToken, subnetId }) => {
      this.write(`create interface ${clientToken}`);
      const interfaceMade = anInterface({ id: `eni-in-${subnetId}`, subnetId });
      return this.createOutcomes.shift() ?? { kind: 'made', interface: interfaceMade };
    },
    detach: async (attachmentId, { force } = { force: false }) =>
      this.write(`${force ? 'force' : 'detach'} ${attachmentId}`),
    attach: async (interfaceId, instanceId, deviceIndex) => {
      this.write(`attach ${interfaceId} to ${instanceId} at ${deviceIndex}`);
      return !this.takenDeviceIndexes.includes(deviceIndex);
    },
    delete: async (interfaceId) => this.write(`delete ${interfaceId}`),
    setSecurityGroups: async (interfaceId, securityGroupIds) =>
      this.write(`set ${securityGroupIds.join()} on ${interfaceId}`),
    keepOnTermination: async (interfaceId, attachmentId) => this.write(`keep ${interfaceId} on ${attachmentId}`),
    deleteOnTermination: async (interfaceId, attachmentId) =>
      this.write(`delete ${interfaceId} with the instance of ${attachmentId}`),
  };

  /** Whether EC2 does not show at once where an Elastic IP has been put. */
  showsLate = false;
  readonly elasticIps: Ports['elasticIps'] = {
    observe: async (allocationId) => this.seenElasticIps.get(allocationId),
    associate: async (allocationId, interfaceId) => {
      this.write(`associate ${allocationId} with ${interfaceId}`);
      const seen = this.seenElasticIps.get(allocationId);
      if (seen !== undefined && !this.showsLate) this.seenElasticIps.set(allocationId, { ...seen, interfaceId });
    },
    disassociate: async (associationId) => this.write(`disassociate ${associationId}`),
  };

  readonly fleet: Ports['fleet'] = {
    instances: async () => this.listed('instances', this.listedInstances),
    interfaces: async () => this.listed('interfaces', this.listedInterfaces),
    elasticIps: async () => this.listed('elastic ips', this.listedElasticIps),
    impairments: async () => this.listed('impairments', this.impairments),
  };

  private listed<T>(what: string, found: readonly T[]): readonly T[] {
    this.write(`list ${what}`);
    return found;
  }

  readonly account: Ports['account'] = {
    region: 'us-east-1',
    observe: async () => this.seenAccount,
  };

  /** The instances that are there to be imported. */
  readonly seenOriginals = new Map<string, SeenOriginal>();
  readonly originals: Ports['originals'] = { observe: async (instanceId) => this.seenOriginals.get(instanceId) };

  readonly migrationRecords = new Map<string, Migration>();
  readonly migrations: Ports['migrations'] = {
    create: async (migration) => {
      this.write(`create ${migration.id}`);
      this.migrationRecords.set(migration.id, migration);
    },
    get: async (migrationId) => this.migrationRecords.get(migrationId),
    end: async (migrationId, ending) => {
      this.write(`end ${migrationId} ${ending.state}`);
      const migration = this.migrationRecords.get(migrationId);
      if (migration !== undefined) this.migrationRecords.set(migrationId, { ...migration, ending });
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
    release: async (address, nodeId) => {
      this.write(`release ${address} from ${nodeId}`);
      if (this.claimedBy.get(address)?.holder === nodeId) this.claimedBy.delete(address);
    },
  };

  readonly deployment = 'Holdfast';

  readonly tags: Ports['tags'] = {
    set: async (resourceIds, tags) =>
      this.write(`tag ${resourceIds.join()} ${tags.map(({ key, value }) => `${key}=${value}`).join()}`),
    remove: async (resourceIds, keys) => this.write(`untag ${resourceIds.join()} ${keys.join()}`),
  };

  /** What each node's log holds. Kept out of the journal: a log entry changes nothing. */
  readonly logEntries = new Map<string, LogEntry[]>();

  readonly log: Ports['log'] = {
    append: async (nodeId, entry) => {
      this.logEntries.set(nodeId, [...(this.logEntries.get(nodeId) ?? []), entry]);
    },
    read: async (nodeId) => ({ entries: this.logEntries.get(nodeId) ?? [] }),
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
    noteState: async (instanceId, state) => {
      const nodeId = this.nodeOfInstance.get(instanceId);
      if (nodeId === undefined) return undefined;
      this.lastStates.set(instanceId, state);
      return { nodeId, waiter: this.waiters.get(instanceId) };
    },
  };

  readonly ownership: Ports['ownership'] = {
    identity: async () => this.tableIdentity,
    doubt: async () => whyInDoubt(this.tableIdentity, { deployment: this.deployment, tableName: 'Nodes' }),
    establish: async (now) => {
      this.write('establish the table');
      this.tableIdentity ??= { deployment: this.deployment, tableName: 'Nodes', createdAt: now };
    },
    adopt: async (now) => {
      this.write('adopt the table');
      this.tableIdentity = { deployment: this.deployment, tableName: 'Nodes', createdAt: now };
    },
    halt: async (because, now) => {
      this.write(`halt: ${because}`);
      if (this.tableIdentity) this.tableIdentity = { ...this.tableIdentity, halted: { since: now, because } };
    },
  };

  readonly seenVolumes = new Map<string, SeenVolume>();

  readonly volumes: Ports['volumes'] = {
    observe: async (volumeId) => this.seenVolumes.get(volumeId),
    delete: async (volumeId) => this.write(`delete ${volumeId}`),
  };

  /** What the price lists hold, by `type|zone|product` and by `type|product`. */
  readonly spotPrices = new Map<string, readonly SpotPrice[]>();
  readonly onDemandPrices = new Map<string, number>();
  /** What was asked of the price lists, by the same names. */
  readonly pricesAsked: string[] = [];

  readonly prices: Ports['prices'] = {
    spotHistory: async ({ instanceType, availabilityZone, product }) => {
      const key = [instanceType, availabilityZone, product].join('|');
      this.pricesAsked.push(key);
      return this.spotPrices.get(key) ?? [];
    },
    onDemandUsdPerHour: async (instanceType, product) => {
      const key = [instanceType, product].join('|');
      this.pricesAsked.push(key);
      return this.onDemandPrices.get(key);
    },
  };

  /** By node. Kept out of the journal, like the log: it decides nothing. */
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
    list: async (nodeId) => this.usageOf.get(nodeId) ?? [],
  };

  readonly waitingTasks: Ports['waitingTasks'] = {
    succeed: async (taskToken, output) => this.write(`succeed ${taskToken} ${JSON.stringify(output)}`),
    fail: async (taskToken, { name, message }) => this.write(`fail ${taskToken} ${name}: ${message}`),
  };

  readonly operations: Ports['operations'] = {
    running: async () => {
      this.write('list executions');
      const all = [...this.nodeRecords.values()].flatMap(({ operation }) => operation?.executionId ?? []);
      return new Set(all.filter((id) => !this.endedExecutions.has(id)));
    },
    hasEnded: async (executionId) => {
      this.write(`look at ${executionId}`);
      return this.endedExecutions.has(executionId);
    },
    start: async (kind, request, name) => this.write(`start ${kind} ${name} ${JSON.stringify(request)}`),
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
