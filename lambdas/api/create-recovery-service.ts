/** The way back, on the ports: read EC2, make or correct the records, then say whose the table is. */
import { accountFaults, eligibleSubnetIds, namesIn } from '../../domain/account-faults';
import { parseConfig } from '../../domain/admission';
import { addressesWanted } from '../../domain/claims';
import type { Fault } from '../../domain/faults';
import type { SeenElasticIp, SeenOriginal } from '../../domain/observations';
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
} from '../../domain/rebuild';
import type { StatefulNode } from '../../domain/stateful-node';
import { usageOf } from '../../domain/usage';
import { decideAndSave } from '../owned-node';
import type { Ports } from '../ports';
import { judge, taggedIn } from '../survey';
import { claimAddresses, createClaimed } from './address-claims';
import { InvalidRequest } from './node-service';
import type { RebuildOutcome, Rebuilt, RebuildRequest, RecoveryService } from './recovery-service';

export function createRecoveryService(ports: Ports): RecoveryService {
  return {
    state: async () => {
      const [instances, interfaces] = await Promise.all([ports.fleet.instances(), ports.fleet.interfaces()]);
      const [nodes, doubt] = await Promise.all([ports.nodes.list(), ports.ownership.doubt()]);
      const { unknown } = judge(taggedIn(instances, interfaces), nodes);
      const isNew = nodes.length === 0 && unknown.length === 0;
      return { deployment: ports.deployment, doubt: isNew ? undefined : doubt, nodes: nodes.length, unknown };
    },
    rebuild: async (request) => {
      const [instances, interfaces] = await Promise.all([ports.fleet.instances(), ports.fleet.interfaces()]);
      const elasticIps = await ports.fleet.elasticIps();
      const tagged = taggedIn(instances, interfaces);
      const nodes = await ports.nodes.list();
      const deleted = nodes.filter((node) => wasDeleted(node, tagged));
      const found = foundNodes(tagged, interfaces).filter(({ nodeId }) => !deleted.some(({ id }) => id === nodeId));
      refuseStrangers(request.configurations, [...found.map(({ nodeId }) => nodeId), ...nodes.map(({ id }) => id)]);
      const unseen = nodes.filter((node) => !deleted.includes(node) && !found.some(({ nodeId }) => nodeId === node.id));

      const rebuilt = unseen.map((node) => outcomeOfRecord('unseen', node));
      // One after the other: each asks EC2 a dozen questions, and EC2 answers twenty a second in the long run.
      for (const each of found) rebuilt.push(await new Rebuild(ports, request, each, elasticIps).run());
      for (const node of deleted) {
        if (!request.isDryRun) await removeRecord(ports, node);
        rebuilt.push(outcomeOfRecord('removed', node));
      }
      if (!request.isDryRun) await ports.ownership.adopt(ports.time.now().toISOString());
      return rebuilt.sort((one, other) => one.nodeId.localeCompare(other.nodeId));
    },
  };
}

/** What is said of a node that is not there is a slip, and would be lost without a word. @throws InvalidRequest */
function refuseStrangers(configurations: RebuildRequest['configurations'], known: readonly string[]): void {
  const faults = [...configurations.keys()]
    .filter((id) => !known.includes(id))
    .map((id) => ({ field: `configurations.${id}`, message: 'has neither a record nor an interface in EC2' }));
  if (faults.length > 0) throw new InvalidRequest(faults);
}

function outcomeOfRecord(outcome: RebuildOutcome, { id, identity, instance, config }: StatefulNode): Rebuilt {
  const { interfaceId, privateIp, publicIp } = identity;
  return {
    ...{ nodeId: id, outcome, name: config.name, interfaceId, privateIp, publicIp, instanceId: instance?.id },
    ...{ unread: [], others: [], faults: [] },
  };
}

/** What the deletion did last. The record goes at the end, so that a removal that died half-way can be run again. */
async function removeRecord({ claims, usage, nodes, time }: Ports, node: StatefulNode): Promise<void> {
  for (const address of node.heldClaims) await claims.release(address, node.id);
  if (node.instance !== undefined) await usage.end(node.id, node.instance, time.now().toISOString());
  await nodes.remove(node);
}

class Rebuild {
  constructor(
    private readonly ports: Ports,
    private readonly request: RebuildRequest,
    private readonly found: FoundNode,
    private readonly elasticIps: readonly SeenElasticIp[],
  ) {}

  async run(): Promise<Rebuilt> {
    const node = await this.ports.nodes.get(this.found.nodeId);
    const carrier = await this.carrier();
    if (node === undefined) return this.make(carrier);
    if (isRight(node, this.found)) return this.outcome('kept', node);
    const corrected = correctedNode(node, this.found, carrier, this.elasticIp(), this.now());
    if (!this.request.isDryRun) await this.correct(corrected, carrier);
    return this.outcome('corrected', corrected);
  }

  /** The node's instance that has the interface, if one has. One that ends does not carry it for long. */
  private async carrier(): Promise<SeenOriginal | undefined> {
    const carrierId = carrierIdOf(this.found);
    const carrier = carrierId === undefined ? undefined : await this.ports.originals.observe(carrierId);
    return carrier?.state === 'shutting-down' || carrier?.state === 'terminated' ? undefined : carrier;
  }

  private async make(carrier: SeenOriginal | undefined): Promise<Rebuilt> {
    const { ports, found, request } = this;
    const { document, unread } = documentOfFound(found, carrier, ports.account.region);
    const parsed = parseConfig(withConfiguration(document, request.configurations.get(found.nodeId)));
    if (parsed.kind === 'faults') return this.refused(carrier, unread, parsed.faults);
    const { config } = parsed;
    const account = await ports.account.observe(namesIn(config));
    const wanted = addressesWanted(config);
    const node = rebuiltNode(found, carrier, {
      config,
      eligibleSubnetIds: eligibleSubnetIds(config, account.subnets),
      heldClaims: wanted.map(({ address }) => address),
      elasticIp: this.elasticIp(),
      now: this.now(),
    });
    // What the account lacks is in the way of the next launch, not of the node that runs.
    const warnings = accountFaults(config, account, node);
    const made = { ...this.outcome('made', node, unread), faults: warnings };
    if (request.isDryRun) return made;
    try {
      await claimAddresses(ports, wanted, node.id, node.createdAt);
    } catch (error) {
      if (error instanceof InvalidRequest) return this.refused(carrier, unread, error.faults);
      throw error;
    }
    await this.register(node, carrier);
    await createClaimed(ports, node);
    await this.tell(node.id, `rebuilt from what EC2 shows; not read: ${unread.join(', ')}`);
    return made;
  }

  private async correct(corrected: StatefulNode, carrier: SeenOriginal | undefined): Promise<void> {
    await this.register(corrected, carrier);
    await decideAndSave(this.ports.nodes, corrected.id, (latest) => ({
      node: latest === undefined ? corrected : { ...corrected, version: latest.version },
    }));
    await this.tell(corrected.id, 'the record was older than what EC2 shows, and is corrected by it');
  }

  /** Before the record, so that no event about the instance finds nobody. */
  private async register({ id, config }: StatefulNode, carrier: SeenOriginal | undefined): Promise<void> {
    if (carrier === undefined) return;
    await this.ports.index.register(carrier.id, id);
    const seen = await this.ports.instances.observe(carrier.id);
    if (seen !== undefined) await this.ports.usage.begin(id, usageOf(seen, config));
  }

  private elasticIp(): SeenElasticIp | undefined {
    return this.elasticIps.find(({ interfaceId }) => interfaceId === this.found.interface.id);
  }

  private outcome(outcome: RebuildOutcome, node: StatefulNode, unread: readonly string[] = []): Rebuilt {
    const { instance, identity, config } = node;
    return {
      ...this.identity(),
      ...{ outcome, unread, faults: [], name: config.name },
      ...{ instanceId: instance?.id, publicIp: identity.publicIp },
    };
  }

  private refused(carrier: SeenOriginal | undefined, unread: readonly string[], faults: readonly Fault[]): Rebuilt {
    const name = this.found.interface.origin.nodeName;
    const { publicIp } = this.elasticIp() ?? {};
    return { ...this.identity(), outcome: 'refused', name, unread, faults, instanceId: carrier?.id, publicIp };
  }

  private identity() {
    const { nodeId, others, interface: eni } = this.found;
    return { nodeId, others, interfaceId: eni.id, privateIp: eni.privateIp };
  }

  private tell(nodeId: string, message: string): Promise<void> {
    return this.ports.log.append(nodeId, { createdAt: this.now(), severity: 'WARN', message });
  }

  private now(): string {
    return this.ports.time.now().toISOString();
  }
}
