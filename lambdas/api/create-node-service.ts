/** Implements the API's calls on the ports: checks the request, writes the record, starts the operation. */
import { describeWait, joined } from '../../domain/node/awaited-nodes';
import { outdatedAfter } from '../../domain/node/running-settings';
import { addressesWanted } from '../../domain/node/claims';
import { documentOf } from '../../domain/config/complete-config';
import { applyPatch } from '../../domain/config/config-update';
import { RecordContended, UnreadableRecord } from '../../domain/errors';
import { decideDeletionOf } from '../../domain/import/import';
import { decideAction, type Action, type RequestDecision } from '../../domain/operation/requests';
import type { Intent, StatefulNode } from '../../domain/node/stateful-node';
import { admit, type Admission, type Admitted } from './validate-node';
import { endDrain } from '../operation/draining';
import { decideAndSave } from '../operation/owned-node';
import type { ApiPorts, Ports } from '../ports';
import { claimAddresses, claimAgain, claimForNew, createClaimed, releaseUnheld, saveClaimed } from './address-claims';
import { createAccountService } from './account-service';
import { createMigrationService, type ImportSettings } from './create-migration-service';
import { createRecoveryService } from './create-recovery-service';
import { createResourceService } from './create-resource-service';
import { nodeCosts } from './node-costs';
import { InvalidRequest, NodeMissing, type BulkOutcome, type NodeService } from './node-service';
import { isNodeId, nodeIdFor } from './node-id';
import { nodeList } from './node-list';
import { nodeMetrics } from './node-metrics';
import { nodeOperations, stateVisits } from './node-operations';
import { deleteVolume } from './node-volumes';
import { refuseDoubt, takePossession } from './table-ownership';
import { startIntent } from './start-intent';

export function createNodeService(ports: ApiPorts, settings?: ImportSettings): NodeService {
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
    create: async (document, key) => {
      const made = key === undefined ? undefined : await madeFor(ports, key);
      if (made !== undefined) return made;
      await takePossession(ports);
      const admission = await admit(ports, document);
      if (admission.kind === 'invalid') throw new InvalidRequest(admission.fieldErrors);
      return create(ports, admission, now(), key);
    },
    check: async (document, nodeId) => {
      if (nodeId !== undefined && !isNodeId(nodeId)) throw new NodeMissing(nodeId);
      const admission = await (nodeId === undefined
        ? admit(ports, document)
        : admitPatch(ports, await present(nodeId), document));
      return admission.kind === 'invalid' ? admission.fieldErrors : [];
    },
    list: (after) => presentNodes(nodes, after),
    listForPages: (query) => nodeList(ports, query),
    listTag: () => ports.listing.tag(),
    get: present,
    update: (nodeId, patch) => update(ports, nodeId, patch, present, now()),
    delete: (nodeId, deletion) =>
      carryOut(ports, nodeId, (node) => decideDeletionOf(node, deletion, now()), 'deletion requested'),
    act,
    actInBulk: (requests) => Promise.all(requests.map(({ id, action }) => bulkOutcome(id, () => act(id, action)))),
    log: async (nodeId, query) => {
      await present(nodeId);
      return log.read(nodeId, query);
    },
    operations: async (nodeId, query) => nodeOperations(ports, await present(nodeId), query, now()),
    stateVisits: async (nodeId, query) => stateVisits(ports, await present(nodeId), query, now()),
    costs: async (nodeId, query) => {
      await present(nodeId);
      return nodeCosts(ports, nodeId, query, now());
    },
    metrics: async (nodeId, query) => {
      await present(nodeId);
      return nodeMetrics(ports, nodeId, query, now());
    },
    migrations: createMigrationService(ports, settings),
    recovery: createRecoveryService(ports),
    account: createAccountService(ports),
    resources: createResourceService(ports),
    deleteVolume: async (nodeId, volumeId) => deleteVolume(ports, await present(nodeId), volumeId, now()),
  };
}

async function* presentNodes(nodes: Ports['nodes'], after: string | undefined): AsyncGenerator<StatefulNode> {
  for await (const node of nodes.listFrom(after)) if (node.deletion === undefined) yield node;
}

/** The node that an earlier try of the same request has made. */
async function madeFor({ nodes }: Ports, key: string): Promise<StatefulNode | undefined> {
  const node = await nodes.get(nodeIdFor(key));
  if (node === undefined) return undefined;
  if (node.deletion !== undefined) throw new NodeMissing(node.id);
  if (node.requestKey === key) return node;
  throw new InvalidRequest([{ field: 'id', message: `${node.id} is another node by chance: repeat the request` }]);
}

async function create(
  ports: Ports,
  { kind: _, eligibleSubnetIds, awaited: seenAwaited, ...complete }: Admitted,
  now: string,
  requestKey?: string,
): Promise<StatefulNode> {
  const id = requestKey === undefined ? `smi-${ports.randomHex(8)}` : nodeIdFor(requestKey);
  const { heldClaims, awaited: claimedFrom } = await claimForNew(ports, addressesWanted(complete.config), id, now);
  const awaited = joined(...seenAwaited, ...claimedFrom);
  const userIntent: Intent = { kind: 'launch', reason: 'created', requestedAt: now };
  const node: StatefulNode = {
    id,
    version: 1,
    ...complete,
    eligibleSubnetIds,
    status: 'PAUSED',
    identity: { settled: false },
    generation: 0,
    intents: [userIntent],
    configRevision: 1,
    appliedRevision: 1,
    appliedTagKeys: [],
    heldClaims,
    ...(awaited.length > 0 && { awaitedNodeIds: awaited.map((each) => each.node.id) }),
    ...(requestKey !== undefined && { requestKey }),
    createdAt: now,
    updatedAt: now,
  };
  await createClaimed(ports, node);
  await ports.log.append(id, { createdAt: now, severity: 'INFO', message: 'created' });
  for (const each of awaited) {
    await ports.log.append(id, { createdAt: now, severity: 'INFO', message: describeWait(each) });
  }
  await startIntent(ports, node, userIntent);
  return node;
}

function admitPatch(ports: Ports, node: StatefulNode, patch: unknown): Promise<Admission> {
  return admit(ports, applyPatch(documentOf(node.config, node.impliedFields), patch), node);
}

/** How often an update is begun anew because another one was faster. */
const MAX_UPDATE_ATTEMPTS = 5;

async function update(
  ports: Ports,
  nodeId: string,
  patch: unknown,
  present: NodeService['get'],
  now: string,
  attempt = 1,
): Promise<StatefulNode> {
  await refuseDoubt(ports);
  const before = await present(nodeId);
  const admission = await admitPatch(ports, before, patch);
  if (admission.kind === 'invalid') throw new InvalidRequest(admission.fieldErrors);
  const { kind: _, eligibleSubnetIds, awaited: _awaited, ...complete } = admission;
  const { config } = complete;
  const claimed = await claimAddresses(ports, addressesWanted(config), nodeId, now);
  const { node } = await saveClaimed(ports, nodeId, claimed, (current): { readonly node?: StatefulNode } => {
    if (current === undefined || current.deletion !== undefined) throw new NodeMissing(nodeId);
    // The patch was applied to a configuration that another update has changed since: that change would be lost.
    if (current.configRevision !== before.configRevision) return {};
    const { impliedFields: _before, ...kept } = current;
    return {
      node: {
        ...kept,
        ...complete,
        ...withOutdated(current, config),
        eligibleSubnetIds,
        configRevision: current.configRevision + 1,
        heldClaims: [...new Set([...current.heldClaims, ...claimed])],
        updatedAt: now,
      },
    };
  });
  if (node === undefined) {
    await releaseUnheld(ports, claimed, nodeId);
    if (attempt >= MAX_UPDATE_ATTEMPTS) throw new RecordContended(nodeId);
    return update(ports, nodeId, patch, present, now, attempt + 1);
  }
  await claimAgain(ports, addressesWanted(config), nodeId, now);
  await ports.log.append(nodeId, { createdAt: now, severity: 'INFO', message: 'configuration updated' });
  // The drain timeout is the one setting that also applies to a drain that is under way.
  await endDrain(ports, node);
  // Settings that need no new instance take effect at once, or at the end of the operation that is under way.
  if (node.operation === undefined && node.intents.length === 0) {
    const request = { nodeId, reason: 'settings updated' };
    await ports.operations.start('adjust', request, `${nodeId}-adjust-${node.configRevision}`);
  }
  return node;
}

/** The instance with what the new configuration makes outdated. @param config the new one */
function withOutdated(
  { instance, config: before }: StatefulNode,
  config: StatefulNode['config'],
): Pick<StatefulNode, 'instance'> {
  if (instance === undefined) return {};
  const { outdated: known, ...rest } = instance;
  const outdated = outdatedAfter(known, before, config);
  return { instance: Object.keys(outdated).length === 0 ? rest : { ...rest, outdated } };
}

/** Writes the user intent before its operation is started: a written intent is carried out, whatever happens next. */
async function carryOut(
  ports: Ports,
  nodeId: string,
  decide: (node: StatefulNode) => RequestDecision,
  message: string,
): Promise<void> {
  await refuseDoubt(ports);
  const decision = await decideAndSave(ports.nodes, nodeId, (node): RequestDecision & { node?: StatefulNode } => {
    if (node === undefined || node.deletion !== undefined) throw new NodeMissing(nodeId);
    return decide(node);
  });
  if (decision.kind === 'nothing') return;
  const { operation, updatedAt: createdAt } = decision.node;
  // While an operation is under way, a decision starts nothing.
  const suffix = operation === undefined ? '' : `: kept for the end of the ${operation.kind} under way`;
  await ports.log.append(nodeId, { createdAt, severity: 'INFO', message: `${message}${suffix}` });
  if (decision.start !== undefined) await startIntent(ports, decision.node, decision.start);
}

async function bulkOutcome(id: string, act: () => Promise<void>): Promise<BulkOutcome> {
  try {
    await act();
    return { id, fieldErrors: [] };
  } catch (error) {
    if (error instanceof UnreadableRecord) return { id, fieldErrors: [], unreadable: error };
    if (!(error instanceof NodeMissing)) throw error;
    return { id, fieldErrors: [{ field: 'id', message: error.message }] };
  }
}
