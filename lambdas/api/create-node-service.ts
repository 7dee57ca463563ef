/** The API's calls, on the ports: check, write the record down, start the operation. */
import { addressesWanted } from '../../domain/claims';
import { applyPatch } from '../../domain/config-update';
import type { Fault } from '../../domain/faults';
import type { NodeConfig } from '../../domain/node-config';
import { decideAction, decideDeletion, type Action, type RequestDecision } from '../../domain/requests';
import type { Intent, StatefulNode } from '../../domain/stateful-node';
import { admit } from '../admit';
import { decideAndSave } from '../owned-node';
import type { Ports } from '../ports';
import { InvalidRequest, NodeMissing, type BulkOutcome, type NodeService } from './node-service';

/** A claim whose node was never written is somebody's creation that died half-way, once it is older than this. */
const CREATION_MAX_MS = 5 * 60_000;

export function createNodeService(ports: Ports): NodeService {
  const { nodes, log } = ports;
  const now = () => ports.time.now().toISOString();
  const present = async (nodeId: string): Promise<StatefulNode> => {
    const node = await nodes.get(nodeId);
    if (node === undefined || node.deletion !== undefined) throw new NodeMissing(nodeId);
    return node;
  };
  const act = (nodeId: string, action: Action) =>
    carryOut(ports, nodeId, (node) => decideAction(node, action, now()), `${action} requested`);

  return {
    create: async (document) => {
      const admission = await admit(ports, document);
      if (admission.kind === 'faults') throw new InvalidRequest(admission.faults);
      return create(ports, admission.config, admission.eligibleSubnetIds, now());
    },
    list: async () => (await nodes.list()).filter(({ deletion }) => deletion === undefined),
    get: present,
    update: (nodeId, patch) => update(ports, nodeId, patch, present, now()),
    delete: (nodeId, deletion) =>
      carryOut(ports, nodeId, (node) => decideDeletion(node, deletion, now()), 'deletion requested'),
    act,
    actInBulk: (requests) => Promise.all(requests.map(({ id, action }) => bulkOutcome(id, () => act(id, action)))),
    log: async (nodeId, query) => {
      await present(nodeId);
      return log.read(nodeId, query);
    },
  };
}

async function create(
  ports: Ports,
  config: NodeConfig,
  eligibleSubnetIds: readonly string[],
  now: string,
): Promise<StatefulNode> {
  const id = `smi-${ports.randomHex(8)}`;
  const heldClaims = await claimAddresses(ports, config, id, now);
  const wish: Intent = { kind: 'launch', reason: 'created', requestedAt: now };
  const node: StatefulNode = {
    id,
    version: 1,
    config,
    eligibleSubnetIds,
    status: 'PAUSED',
    identity: { settled: false },
    generation: 0,
    intents: [wish],
    configRevision: 1,
    appliedRevision: 1,
    appliedTagKeys: [],
    heldClaims,
    createdAt: now,
    updatedAt: now,
  };
  await ports.nodes.create(node);
  await ports.log.append(id, { createdAt: now, severity: 'INFO', message: 'created' });
  await start(ports, node, wish);
  return node;
}

async function update(
  ports: Ports,
  nodeId: string,
  patch: unknown,
  present: NodeService['get'],
  now: string,
): Promise<StatefulNode> {
  const before = await present(nodeId);
  const admission = await admit(ports, applyPatch(before.config, patch), before);
  if (admission.kind === 'faults') throw new InvalidRequest(admission.faults);
  const { config, eligibleSubnetIds } = admission;
  const claimed = await claimAddresses(ports, config, nodeId, now);
  const { node } = await decideAndSave(ports.nodes, nodeId, (current) => {
    if (current === undefined || current.deletion !== undefined) throw new NodeMissing(nodeId);
    return {
      node: {
        ...current,
        config,
        eligibleSubnetIds,
        configRevision: current.configRevision + 1,
        heldClaims: [...new Set([...current.heldClaims, ...claimed])],
        updatedAt: now,
      },
    };
  });
  await ports.log.append(nodeId, { createdAt: now, severity: 'INFO', message: 'configuration updated' });
  // Settings that need no new instance take effect at once; where an operation runs, at its end.
  if (node.operation === undefined && node.intents.length === 0) {
    const request = { nodeId, reason: 'settings updated' };
    await ports.operations.start('adjust', request, `${nodeId}-adjust-${node.configRevision}`);
  }
  return node;
}

/** Writes the wish down before its operation is started: what is written is carried out, whatever happens next. */
async function carryOut(
  ports: Ports,
  nodeId: string,
  decide: (node: StatefulNode) => RequestDecision,
  message: string,
): Promise<void> {
  const decision = await decideAndSave(ports.nodes, nodeId, (node): RequestDecision & { node?: StatefulNode } => {
    if (node === undefined || node.deletion !== undefined) throw new NodeMissing(nodeId);
    return decide(node);
  });
  if (decision.kind === 'nothing') return;
  const waits = decision.start === undefined && decision.node.operation !== undefined;
  const createdAt = decision.node.updatedAt;
  const suffix = waits ? `: kept for the end of the ${decision.node.operation?.kind} under way` : '';
  await ports.log.append(nodeId, { createdAt, severity: 'INFO', message: `${message}${suffix}` });
  if (decision.start !== undefined) await start(ports, decision.node, decision.start);
}

function start({ operations }: Ports, { id }: StatefulNode, wish: Intent): Promise<void> {
  const { kind, reason, requestedAt } = wish;
  // The time in the name, without what a name may not hold, makes a repeated start harmless.
  const name = `${id}-${kind}-${requestedAt.replace(/[^0-9]/g, '')}`;
  return operations.start(kind, { nodeId: id, reason, requestedAt }, name);
}

/** All of the addresses, or none and why. @throws InvalidRequest */
async function claimAddresses(
  ports: Ports,
  config: NodeConfig,
  nodeId: string,
  now: string,
): Promise<readonly string[]> {
  const claimed: string[] = [];
  const faults: Fault[] = [];
  for (const { address, field } of addressesWanted(config)) {
    const holder = await claim(ports, address, nodeId, now);
    if (holder === nodeId) claimed.push(address);
    else faults.push({ field, message: `${address} belongs to ${holder}: give another, or free it there` });
  }
  if (faults.length === 0) return claimed;
  const held = (await ports.nodes.get(nodeId))?.heldClaims ?? [];
  for (const address of claimed) if (!held.includes(address)) await ports.claims.release(address, nodeId);
  throw new InvalidRequest(faults);
}

/** Answers who holds the address in the end. */
async function claim({ claims, nodes }: Ports, address: string, nodeId: string, now: string): Promise<string> {
  const { holder, claimedAt } = await claims.claim({ address, nodeId, now });
  const isOld = Date.parse(now) - Date.parse(claimedAt) > CREATION_MAX_MS;
  if (holder === nodeId || !isOld || (await nodes.get(holder)) !== undefined) return holder;
  return (await claims.claim({ address, nodeId, now, staleHolder: holder })).holder;
}

async function bulkOutcome(id: string, act: () => Promise<void>): Promise<BulkOutcome> {
  try {
    await act();
    return { id, faults: [] };
  } catch (error) {
    if (!(error instanceof NodeMissing)) throw error;
    return { id, faults: [{ field: 'id', message: error.message }] };
  }
}
