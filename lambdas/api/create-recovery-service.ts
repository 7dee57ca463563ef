/** Implements recovery on the ports: reads EC2, makes or corrects the records, then marks the table as this deployment's. */
import { accountErrors, defaultsIn, eligibleSubnetIds, namesIn } from '../../domain/node/validate-against-account';
import { completed } from '../../domain/config/complete-config';
import { parseConfig } from '../../domain/config/validate-config';
import { addressesWanted } from '../../domain/node/claims';
import type { UnreadableRecord } from '../../domain/errors';
import type { FieldError } from '../../domain/config/validation';
import type { SeenElasticIp, SeenOriginal } from '../../domain/node/observations';
import {
  carrierIdOf,
  correctedNode,
  documentOfFound,
  foundNodes,
  isRight,
  rebuiltNode,
  wasDeleted,
  withConfiguration,
  type FoundNode,
} from '../../domain/reconciliation/rebuild';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { usageOf } from '../../domain/costs/usage';
import type { Ports } from '../ports';
import { judge, taggedIn } from '../operation/survey';
import { claimAddresses, createClaimed } from './address-claims';
import { InvalidRequest } from './node-service';
import type { RebuildOutcome, Rebuilt, RebuildRequest, RecoveryService } from './recovery-service';

export function createRecoveryService(ports: Ports): RecoveryService {
  return {
    state: async () => {
      const [instances, interfaces] = await Promise.all([ports.fleet.instances(), ports.fleet.interfaces()]);
      const [records, doubt] = await Promise.all([ports.nodes.list(), ports.ownership.doubt()]);
      const { unreadable } = records;
      const { unknown } = judge(taggedIn(instances, interfaces), records);
      const count = records.nodes.length + unreadable.length;
      const isNew = count === 0 && unknown.length === 0;
      return { deployment: ports.deployment, doubt: isNew ? undefined : doubt, nodes: count, unreadable, unknown };
    },
    rebuild: async (request) => {
      const stock = await takeStock(ports);
      const { nodes, unreadable, found, deleted, unseen } = chosen(stock, request);
      const recordOf = new Map(nodes.map((node) => [node.id, node]));
      const rebuilt = [
        ...unreadable.map(outcomeOfUnreadable),
        ...unseen.map((node) => outcomeOfRecord('unseen', node)),
      ];
      // One after the other: each makes a dozen calls to EC2, which allows twenty a second on average.
      for (const each of found) {
        rebuilt.push(await new Rebuild(ports, request, stock, each).run(recordOf.get(each.nodeId)));
      }
      for (const node of deleted) {
        if (!request.isDryRun) await removeRecord(ports, node);
        rebuilt.push(outcomeOfRecord('removed', node));
      }
      const isWhole = request.nodeIds === undefined;
      if (!request.isDryRun && isWhole) await ports.ownership.adopt(ports.time.now().toISOString());
      return rebuilt.sort((one, other) => one.nodeId.localeCompare(other.nodeId));
    },
  };
}

interface Stock {
  readonly nodes: readonly StatefulNode[];
  /** These records are not made anew: they may hold what EC2 does not show. */
  readonly unreadable: readonly UnreadableRecord[];
  readonly found: readonly FoundNode[];
  /** Records of nodes that were deleted after the record was written. */
  readonly deleted: readonly StatefulNode[];
  /** Records of which EC2 shows nothing. */
  readonly unseen: readonly StatefulNode[];
  readonly elasticIps: readonly SeenElasticIp[];
  /** Whether the table is in doubt. If not, its records are correct, and newer than EC2's listings. */
  readonly isInDoubt: boolean;
}

async function takeStock({ fleet, nodes: records, ownership }: Ports): Promise<Stock> {
  const [instances, interfaces] = await Promise.all([fleet.instances(), fleet.interfaces()]);
  const elasticIps = await fleet.elasticIps();
  const [{ nodes, unreadable }, doubt] = await Promise.all([records.list(), ownership.doubt()]);
  const tagged = taggedIn(instances, interfaces);
  const deleted = nodes.filter((node) => wasDeleted(node, tagged));
  const deletedIds = new Set(deleted.map(({ id }) => id));
  const closedIds = new Set([...deletedIds, ...unreadable.map(({ record }) => record.id)]);
  const found = foundNodes(tagged, interfaces, nodes).filter(({ nodeId }) => !closedIds.has(nodeId));
  const foundIds = new Set(found.map(({ nodeId }) => nodeId));
  const unseen = nodes.filter(({ id }) => !deletedIds.has(id) && !foundIds.has(id));
  const isInDoubt = doubt !== undefined || judge(tagged, { nodes, unreadable }).ahead.length > 0;
  return { nodes, unreadable, found, deleted, unseen, elasticIps, isInDoubt };
}

/** Returns the part that the request names. @throws InvalidRequest if it names a node that does not exist */
function chosen(stock: Stock, { nodeIds, configurations }: RebuildRequest): Stock {
  const { nodes, unreadable, found, deleted, unseen } = stock;
  const known = [
    ...found.map(({ nodeId }) => nodeId),
    ...nodes.map(({ id }) => id),
    ...unreadable.map(({ record }) => record.id),
  ];
  const message = 'has neither a record nor an interface in EC2';
  const fieldErrors = [
    ...(nodeIds ?? []).map((id, index) => ({ id, field: `managedInstanceIds.${index}` })),
    ...[...configurations.keys()].map((id) => ({ id, field: `configurations.${id}` })),
  ].flatMap(({ id, field }) => (known.includes(id) ? [] : [{ field, message }]));
  // A configuration for a node that does not exist is a mistake, and would otherwise be dropped silently.
  if (fieldErrors.length > 0) throw new InvalidRequest(fieldErrors);
  const isChosen = (id: string) => nodeIds === undefined || nodeIds.includes(id);
  return {
    ...stock,
    unreadable: unreadable.filter(({ record }) => isChosen(record.id)),
    found: found.filter(({ nodeId }) => isChosen(nodeId)),
    deleted: deleted.filter(({ id }) => isChosen(id)),
    unseen: unseen.filter(({ id }) => isChosen(id)),
  };
}

function outcomeOfUnreadable({ record, field, message }: UnreadableRecord): Rebuilt {
  return {
    nodeId: record.id,
    outcome: 'unreadable',
    name: undefined,
    interfaceId: undefined,
    instanceId: undefined,
    privateIp: undefined,
    publicIp: undefined,
    unread: [],
    others: [],
    fieldErrors: [{ field, message }],
  };
}

function outcomeOfRecord(outcome: RebuildOutcome, { id, identity, instance, config }: StatefulNode): Rebuilt {
  const { interfaceId, privateIp, publicIp } = identity;
  return {
    nodeId: id,
    outcome,
    name: config.name,
    interfaceId,
    privateIp,
    publicIp,
    instanceId: instance?.id,
    unread: [],
    others: [],
    fieldErrors: [],
  };
}

/** Does the last steps of a deletion. Removes the record last, so that a removal that died half-way can be repeated. */
async function removeRecord({ claims, usage, nodes, time }: Ports, node: StatefulNode): Promise<void> {
  for (const address of node.heldClaims) await claims.release(address, node.id);
  if (node.instance !== undefined) await usage.end(node.id, node.instance, time.now().toISOString());
  await nodes.remove(node);
}

class Rebuild {
  constructor(
    private readonly ports: Ports,
    private readonly request: RebuildRequest,
    private readonly stock: Stock,
    private readonly found: FoundNode,
  ) {}

  /** @throws RecordContended if another caller has written the record meanwhile */
  async run(node: StatefulNode | undefined): Promise<Rebuilt> {
    if (node === undefined) return this.make(await this.carrier());
    if (!this.stock.isInDoubt || isRight(node, this.found)) return this.outcome('kept', node);
    const carrier = await this.carrier();
    const corrected = correctedNode(node, this.found, carrier, this.elasticIp(), this.now());
    if (!this.request.isDryRun) await this.correct(corrected, carrier);
    return this.outcome('corrected', corrected);
  }

  /** Returns the node's instance that has the interface attached, unless that instance is terminating. */
  private async carrier(): Promise<SeenOriginal | undefined> {
    const carrierId = carrierIdOf(this.found);
    const carrier = carrierId === undefined ? undefined : await this.ports.originals.observe(carrierId);
    return carrier?.state === 'shutting-down' || carrier?.state === 'terminated' ? undefined : carrier;
  }

  private async make(carrier: SeenOriginal | undefined): Promise<Rebuilt> {
    const { ports, found, request } = this;
    const volumes = carrier === undefined ? [] : await ports.volumes.ofNode(found.nodeId);
    const { document, unread } = documentOfFound(found, carrier, ports.account.region, volumes);
    const parsed = parseConfig(withConfiguration(document, request.configurations.get(found.nodeId)));
    if (parsed.kind === 'invalid') return this.refused(carrier, unread, parsed.fieldErrors);
    const account = await ports.account.observe(namesIn(parsed.config));
    const complete = completed(parsed.config, defaultsIn(account));
    const { config } = complete;
    const wanted = addressesWanted(config);
    const node = rebuiltNode(found, carrier, {
      ...complete,
      eligibleSubnetIds: eligibleSubnetIds(config, account.subnets),
      heldClaims: wanted.map(({ address }) => address),
      elasticIp: this.elasticIp(),
      now: this.now(),
    });
    // What the account lacks prevents the next launch, but does not affect the running node.
    const warnings = accountErrors(config, account, node);
    const made = { ...this.outcome('made', node, unread), fieldErrors: warnings };
    if (request.isDryRun) return made;
    try {
      await claimAddresses(ports, wanted, node.id, node.createdAt);
    } catch (error) {
      if (error instanceof InvalidRequest) return this.refused(carrier, unread, error.fieldErrors);
      throw error;
    }
    await this.register(node, carrier);
    await createClaimed(ports, node);
    await this.log(node.id, `rebuilt from what EC2 shows; not read: ${unread.join(', ')}`);
    return made;
  }

  private async correct(corrected: StatefulNode, carrier: SeenOriginal | undefined): Promise<void> {
    await this.register(corrected, carrier);
    await this.ports.nodes.save(corrected);
    await this.log(corrected.id, 'the record was older than what EC2 shows, and was corrected');
  }

  /** Called before the record is written, so that every event about the instance finds its node. */
  private async register({ id, config }: StatefulNode, carrier: SeenOriginal | undefined): Promise<void> {
    if (carrier === undefined) return;
    await this.ports.index.register(carrier.id, id);
    const seen = await this.ports.instances.observe(carrier.id);
    if (seen !== undefined) await this.ports.usage.begin(id, usageOf(seen, config));
  }

  private elasticIp(): SeenElasticIp | undefined {
    return this.stock.elasticIps.find(({ interfaceId }) => interfaceId === this.found.interface.id);
  }

  private outcome(outcome: RebuildOutcome, node: StatefulNode, unread: readonly string[] = []): Rebuilt {
    const { instance, identity, config } = node;
    return {
      ...this.identity(),
      outcome,
      unread,
      fieldErrors: [],
      name: config.name,
      instanceId: instance?.id,
      publicIp: identity.publicIp,
    };
  }

  private refused(
    carrier: SeenOriginal | undefined,
    unread: readonly string[],
    fieldErrors: readonly FieldError[],
  ): Rebuilt {
    const name = this.found.interface.origin.nodeName;
    const { publicIp } = this.elasticIp() ?? {};
    return { ...this.identity(), outcome: 'refused', name, unread, fieldErrors, instanceId: carrier?.id, publicIp };
  }

  private identity() {
    const { nodeId, others, interface: eni } = this.found;
    return { nodeId, others, interfaceId: eni.id, privateIp: eni.privateIp };
  }

  private log(nodeId: string, message: string): Promise<void> {
    return this.ports.log.append(nodeId, { createdAt: this.now(), severity: 'WARN', message });
  }

  private now(): string {
    return this.ports.time.now().toISOString();
  }
}
