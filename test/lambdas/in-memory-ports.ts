/** Ports that answer from memory and write down what they are asked, in order. */
import { RecordContended } from '../../domain/errors';
import type { LogEntry } from '../../domain/node-log';
import type { SeenAccount, SeenElasticIp, SeenInstance, SeenInterface } from '../../domain/observations';
import type { LaunchRequest, StatefulNode } from '../../domain/stateful-node';
import type { LaunchOutcome, Ports, Waiter } from '../../lambdas/ports';
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

  readonly nodes: Ports['nodes'] = {
    get: async (nodeId) => this.nodeRecords.get(nodeId),
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
    list: async () => [...this.nodeRecords.values()].sort((one, other) => one.id.localeCompare(other.id)),
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
    create: async ({ clientToken, subnetId }) => {
      this.write(`create interface ${clientToken}`);
      return anInterface({ id: `eni-in-${subnetId}`, subnetId });
    },
    detach: async (attachmentId) => this.write(`detach ${attachmentId}`),
    attach: async (interfaceId, instanceId, deviceIndex) =>
      this.write(`attach ${interfaceId} to ${instanceId} at ${deviceIndex}`),
    delete: async (interfaceId) => this.write(`delete ${interfaceId}`),
    setSecurityGroups: async (interfaceId, securityGroupIds) =>
      this.write(`set ${securityGroupIds.join()} on ${interfaceId}`),
    keepOnTermination: async (interfaceId, attachmentId) => this.write(`keep ${interfaceId} on ${attachmentId}`),
  };

  readonly elasticIps: Ports['elasticIps'] = {
    observe: async (allocationId) => this.seenElasticIps.get(allocationId),
    associate: async (allocationId, interfaceId) => this.write(`associate ${allocationId} with ${interfaceId}`),
    disassociate: async (associationId) => this.write(`disassociate ${associationId}`),
  };

  readonly account: Ports['account'] = { observe: async () => this.seenAccount };

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
    },
    waiterOf: async (instanceId) => this.waiters.get(instanceId),
  };

  readonly waitingTasks: Ports['waitingTasks'] = {
    succeed: async (taskToken, output) => this.write(`succeed ${taskToken} ${JSON.stringify(output)}`),
    fail: async (taskToken, { name, message }) => this.write(`fail ${taskToken} ${name}: ${message}`),
  };

  readonly operations: Ports['operations'] = {
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
