/**
 * What EC2, Step Functions and the table show of all nodes, read at about the same time. Of a node at rest that EC2 shows
 * as its record says, only a glance is read. The records of all others are read as a whole, some at a time, and handed
 * over one by one: a storm over many nodes must fit into the function's memory.
 */
import type { UnreadableRecord } from '../../domain/errors';
import { isAsRecorded, isAudited, statusOf, type Glance } from '../../domain/reconciliation/at-rest';
import type { SeenAtRest } from '../../domain/reconciliation/reconciliation';
import type { SeenAddress } from '../../domain/monitoring/missing-address';
import { hasEnded } from '../../domain/operation/launch';
import type { SeenVolume } from '../../domain/node/observations';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { isAhead, isUnknown, type Tagged } from '../../domain/reconciliation/unknown';
import type { Fleet, NodeList, Ports } from '../ports';

export interface Survey {
  /** How many nodes have a record that can be read. */
  readonly nodes: number;
  /** Their nodes exist, and we know nothing else about them. What has their tags belongs to them. */
  readonly unreadable: readonly UnreadableRecord[];
  /** Whether the node has a record, even one that cannot be read. */
  hasRecord(nodeId: string): boolean;
  /** ISO 8601, UTC. Undefined unless EC2's status checks of the instance fail. */
  impairedSince(instanceId: string | undefined): string | undefined;
  /** What has this deployment's tag and no record. */
  readonly unknown: readonly Tagged[];
  /** What deletions have left. */
  readonly leftInterfaces: Awaited<ReturnType<Fleet['interfaces']>>;
  /** What deletions have left, or why EC2 did not list it: repairs do not depend on volumes. */
  readonly leftVolumes: PromiseSettledResult<readonly SeenVolume[]>;
  /** What proves that its node's record is older than what EC2 shows. */
  readonly ahead: readonly Tagged[];
}

/** Takes note of the nodes, one by one. */
export interface Surveyor {
  /** A node at rest, and EC2 shows of it what its record says. */
  atRest(status: 'ACTIVE' | 'PAUSED'): void;
  inspect(node: StatefulNode, seen: SeenAtRest, address: SeenAddress): void;
}

/** So many whole records are in memory at a time. */
const RECORDS_AT_ONCE = 500;

export async function takeSurvey(ports: Ports, surveyor: Surveyor): Promise<Survey> {
  const { nodes, time } = ports;
  // We read EC2 before the records: a step writes the record before it makes what EC2 shows.
  const seen = await lookAround(ports);
  const glances = await nodes.glances();
  const now = time.now().toISOString();
  const isQuiet = ({ id, atRest }: Glance): boolean =>
    atRest !== undefined && !isAudited(id, now) && isAsRecorded(atRest, seen.of(atRest), seen.tagged(id));
  const quiet = glances.filter(isQuiet);
  for (const { atRest } of quiet) if (atRest !== undefined) surveyor.atRest(statusOf(atRest));
  const quietIds = new Set(quiet.map(({ id }) => id));
  const read = await readOthers(nodes, othersThan(quietIds, glances, seen), seen, surveyor);
  return {
    ...read,
    nodes: quiet.length + read.nodes,
    hasRecord: (nodeId) => quietIds.has(nodeId) || read.recorded.has(nodeId),
    impairedSince: (instanceId) => seen.impairedSince(instanceId),
    leftVolumes: seen.leftVolumes,
    leftInterfaces: seen.interfaces.filter(({ origin }) => origin.isLeft),
  };
}

async function lookAround({ fleet, volumes, operations }: Ports): Promise<Seen> {
  const [instances, interfaces, elasticIps, impairments, running, [leftVolumes]] = await Promise.all([
    fleet.instances(),
    fleet.interfaces(),
    fleet.elasticIps(),
    fleet.impairments(),
    operations.running(),
    Promise.allSettled([volumes.left()]),
  ]);
  return new Seen({ instances, interfaces, elasticIps, impairments, running, leftVolumes });
}

interface Listings {
  readonly instances: Awaited<ReturnType<Fleet['instances']>>;
  readonly interfaces: Awaited<ReturnType<Fleet['interfaces']>>;
  readonly elasticIps: Awaited<ReturnType<Fleet['elasticIps']>>;
  readonly impairments: Awaited<ReturnType<Fleet['impairments']>>;
  readonly running: ReadonlySet<string>;
  readonly leftVolumes: Survey['leftVolumes'];
}

/** What EC2 and Step Functions show, by what a record names. */
class Seen {
  readonly interfaces: Listings['interfaces'];
  readonly leftVolumes: Listings['leftVolumes'];
  private readonly instanceOf: ReadonlyMap<string, Listings['instances'][number]>;
  private readonly interfaceOf: ReadonlyMap<string, Listings['interfaces'][number]>;
  private readonly elasticIpOf: ReadonlyMap<string, Listings['elasticIps'][number]>;
  private readonly impairmentOf: ReadonlyMap<string, Listings['impairments'][number]>;
  private readonly running: Listings['running'];
  /** By node, what has its tag and has not ended. */
  private readonly taggedOf = new Map<string, Tagged[]>();

  constructor({ instances, interfaces, elasticIps, impairments, running, leftVolumes }: Listings) {
    this.interfaces = interfaces;
    this.leftVolumes = leftVolumes;
    this.running = running;
    this.instanceOf = byKey(instances, ({ id }) => id);
    this.interfaceOf = byKey(interfaces, ({ id }) => id);
    this.elasticIpOf = byKey(elasticIps, ({ allocationId }) => allocationId);
    this.impairmentOf = byKey(impairments, ({ instanceId }) => instanceId);
    for (const each of taggedIn(instances, interfaces)) {
      const { nodeId } = each.origin;
      this.taggedOf.set(nodeId, [...this.tagged(nodeId), each]);
    }
  }

  tagged(nodeId: string): readonly Tagged[] {
    return this.taggedOf.get(nodeId) ?? [];
  }

  get taggedNodeIds(): readonly string[] {
    return [...this.taggedOf.keys()];
  }

  of({ instance, interfaceId = '', elasticIp = '' }: Named) {
    return {
      instance: this.instanceOf.get(instance?.id ?? ''),
      interface: this.interfaceOf.get(interfaceId),
      elasticIp: this.elasticIpOf.get(elasticIp),
      impairedSince: this.impairedSince(instance?.id),
    };
  }

  ofNode({ instance, identity, config, operation }: StatefulNode): SeenAtRest {
    return {
      ...this.of({ instance, interfaceId: identity.interfaceId, elasticIp: config.compute.elasticIp }),
      // An execution that has just begun may not be listed yet. Before a repair starts, we look at it by itself.
      hasExecutionEnded: operation !== undefined && !this.running.has(operation.executionId),
    };
  }

  addressOf({ identity, config }: StatefulNode): SeenAddress {
    const eni = this.interfaceOf.get(identity.interfaceId ?? '');
    return {
      interface: eni,
      holder: this.instanceOf.get(eni?.attachment?.instanceId ?? ''),
      elasticIp: this.elasticIpOf.get(config.compute.elasticIp ?? ''),
    };
  }

  impairedSince(instanceId = ''): string | undefined {
    return this.impairmentOf.get(instanceId)?.since;
  }
}

/** What a record names of EC2. */
interface Named {
  readonly instance?: { readonly id: string } | undefined;
  readonly interfaceId?: string | undefined;
  readonly elasticIp?: string | undefined;
}

/** The nodes whose records must be read. An index lags a little, so that a node is not in it proves nothing. */
function othersThan(quietIds: ReadonlySet<string>, glances: readonly Glance[], seen: Seen): readonly string[] {
  const isLeft = (nodeId: string): boolean => seen.tagged(nodeId).every(({ origin }) => origin.isLeft);
  const tagged = seen.taggedNodeIds.filter((nodeId) => !isLeft(nodeId));
  const ids = new Set([...glances.map(({ id }) => id), ...tagged]);
  return [...ids].filter((id) => !quietIds.has(id)).sort();
}

type Read = Pick<Survey, 'nodes' | 'unreadable' | 'unknown' | 'ahead'> & { readonly recorded: ReadonlySet<string> };

async function readOthers(
  nodes: Ports['nodes'],
  nodeIds: readonly string[],
  seen: Seen,
  surveyor: Surveyor,
): Promise<Read> {
  const recorded = new Set<string>();
  const unreadable: UnreadableRecord[] = [];
  const unknown: Tagged[] = [];
  const ahead: Tagged[] = [];
  for (let from = 0; from < nodeIds.length; from += RECORDS_AT_ONCE) {
    const ids = nodeIds.slice(from, from + RECORDS_AT_ONCE);
    // A thing without the tag of a node has no record.
    const records = await nodes.getAll(ids.filter((id) => id !== ''));
    for (const node of records.nodes) {
      recorded.add(node.id);
      surveyor.inspect(node, seen.ofNode(node), seen.addressOf(node));
    }
    const judged = judge(
      ids.flatMap((id) => seen.tagged(id)),
      records,
    );
    unreadable.push(...records.unreadable);
    unknown.push(...judged.unknown);
    ahead.push(...judged.ahead);
  }
  const readable = recorded.size;
  for (const { record } of unreadable) recorded.add(record.id);
  return { nodes: readable, unreadable, unknown, ahead, recorded };
}

/** What has this deployment's tag and has not ended. */
export function taggedIn(
  instances: Awaited<ReturnType<Fleet['instances']>>,
  interfaces: Awaited<ReturnType<Fleet['interfaces']>>,
): readonly Tagged[] {
  const living = instances.filter((instance) => !hasEnded(instance));
  return [
    ...living.map(({ id, origin }): Tagged => ({ kind: 'instance', id, origin })),
    ...interfaces.map(({ id, origin }): Tagged => ({ kind: 'interface', id, origin })),
  ];
}

/**
 * Finds what is unknown, and what is ahead of its record. Resources of a node whose record is unreadable are neither:
 * the record may contain them, and it proves nothing.
 */
export function judge(tagged: readonly Tagged[], { nodes, unreadable }: NodeList): Pick<Survey, 'unknown' | 'ahead'> {
  const nodeOf = byKey(nodes, ({ id }) => id);
  const unreadableIds = new Set(unreadable.map(({ record }) => record.id));
  const judged = tagged.filter(({ origin }) => !unreadableIds.has(origin.nodeId));
  return {
    unknown: judged.filter((each) => isUnknown(each, nodeOf.get(each.origin.nodeId))),
    ahead: judged.filter((each) => isAhead(each, nodeOf.get(each.origin.nodeId))),
  };
}

function byKey<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}
