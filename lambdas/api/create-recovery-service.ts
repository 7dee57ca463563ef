/** The way back, on the ports: read EC2, make or correct the records, then say whose the table is. */
import { accountFaults, eligibleSubnetIds, namesIn } from '../../domain/account-faults';
import { parseConfig } from '../../domain/admission';
import { addressesWanted } from '../../domain/claims';
import type { Fault } from '../../domain/faults';
import type { SeenElasticIp, SeenOriginal } from '../../domain/observations';
import {
  correctedNode,
  documentOfFound,
  foundNodes,
  isRight,
  rebuiltNode,
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
import type { Rebuilt, RebuildRequest, RecoveryService } from './recovery-service';

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
      const rebuilt: Rebuilt[] = [];
      // One after the other: each asks EC2 a dozen questions, and EC2 answers twenty a second in the long run.
      for (const found of foundNodes(taggedIn(instances, interfaces), interfaces)) {
        rebuilt.push(await new Rebuild(ports, request, found, elasticIps).run());
      }
      if (!request.isDryRun) await ports.ownership.adopt(ports.time.now().toISOString());
      return rebuilt;
    },
  };
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

  /** The instance that has the interface, if one has. One that ends does not carry it for long. */
  private async carrier(): Promise<SeenOriginal | undefined> {
    const { attachment } = this.found.interface;
    const carrier = attachment && (await this.ports.originals.observe(attachment.instanceId));
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

  private outcome(outcome: Rebuilt['outcome'], node: StatefulNode, unread: readonly string[] = []): Rebuilt {
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
