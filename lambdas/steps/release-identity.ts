/**
 * The end of a node: its Elastic IP, its interface and its claims are let go as the deletion asks, what is left is
 * tagged as left, and the record goes last, so that a clean-up that failed half-way can be run again.
 */
import { InterfaceNotFree, NotReady } from '../../domain/errors';
import { describeGivenUp } from '../../domain/operation/given-up';
import { endingWith } from '../../domain/import/import';
import { hasEnded, isPastVisible } from '../../domain/operation/launch';
import { LEFT_BY_TAG, type OwnedNode, type StatefulNode } from '../../domain/node/stateful-node';
import { removeGivenUp } from '../operation/remove-given-up';
import { undo } from '../operation/adoption';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

type ReleasePorts = Pick<
  Ports,
  'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'claims' | 'tags' | 'usage' | 'migrations' | 'log' | 'time'
>;

export interface Released {
  /** What goes on to exist, by id. */
  readonly left: readonly string[];
}

export const releaseIdentity =
  (ports: ReleasePorts) =>
  async (input: OperationInput): Promise<Released> => {
    // The record is the only memory of what was given up, so that goes first.
    const unremoved = await removeGivenUp(ports, input.nodeId);
    if (unremoved.length > 0) throw new NotReady(`not known to be gone: ${unremoved.map(describeGivenUp).join(', ')}`);
    const owned = await ownedNode(ports.nodes, input);
    const { node } = owned;
    const { adoption } = node;
    const isUndone = adoption?.cancelledAt !== undefined;
    // An original that has kept its own addresses is nothing of the node's, however far its import has come.
    const isApart = adoption?.shouldKeepPrivateIp === false;
    const left = [
      ...(adoption !== undefined && (isUndone || isApart) ? await undo(ports, node, adoption) : []),
      // Of an import that kept the original's address nothing is ours to let go.
      ...(isUndone && adoption.shouldKeepPrivateIp ? [] : await letGo(ports, owned)),
    ];
    if (adoption !== undefined) {
      await ports.migrations.end(adoption.migrationId, endingWith(adoption, ports.time.now().toISOString()));
    }
    for (const address of node.heldClaims) await ports.claims.release(address, node.id);
    // An instance that is left to run is its owner's from now on, and so are its costs.
    if (node.instance !== undefined) {
      await ports.usage.end(node.id, node.instance, ports.time.now().toISOString());
    }
    await ports.nodes.remove(node);
    return { left };
  };

/** Answers what goes on to exist, by id. */
async function letGo(ports: ReleasePorts, owned: OwnedNode): Promise<readonly string[]> {
  const { node } = owned;
  const { shouldDeleteNetworkInterfaces = false, shouldTerminateInstance = true } = node.deletion ?? {};
  const leftInstance = shouldTerminateInstance ? undefined : await livingInstance(ports, node);
  // An instance that is left to run keeps the interface it runs on, and the address with it.
  if (leftInstance === undefined) await releaseElasticIp(ports, owned);
  const left = [
    ...(leftInstance === undefined ? [] : [leftInstance.id]),
    ...(await releaseInterface(ports, owned, shouldDeleteNetworkInterfaces && leftInstance === undefined)),
  ];
  // Holdfast's own tags stay: by them this step may still touch what it has left, should it be run again.
  await ports.tags.set(left, [{ key: LEFT_BY_TAG, value: node.id }]);
  return left;
}

/** An instance that has ended is nothing to leave. EC2 may show a new one late. */
async function livingInstance({ instances, time }: ReleasePorts, { instance }: StatefulNode) {
  if (instance === undefined) return undefined;
  const seen = await instances.observe(instance.id);
  const isGone = seen === undefined && isPastVisible(instance.launchedAt, time.now().toISOString());
  return isGone || hasEnded(seen) ? undefined : instance;
}

async function releaseElasticIp({ elasticIps }: ReleasePorts, { node }: OwnedNode): Promise<void> {
  const allocationId = node.identity.allocationId ?? node.config.compute.elasticIp;
  if (allocationId === undefined) return;
  const seen = await elasticIps.observe(allocationId);
  if (seen?.associationId !== undefined && seen.interfaceId === node.identity.interfaceId) {
    await elasticIps.disassociate(seen.associationId);
  }
}

/** Answers the interface where it is left. */
async function releaseInterface(
  { interfaces }: ReleasePorts,
  { node }: OwnedNode,
  shouldDelete: boolean,
): Promise<readonly string[]> {
  const { interfaceId } = node.identity;
  if (interfaceId === undefined) return [];
  const seen = await interfaces.observe(interfaceId);
  if (seen === undefined) return [];
  if (!shouldDelete) return [interfaceId];
  if (seen.attachment !== undefined) throw new InterfaceNotFree(`${interfaceId} is still attached`);
  await interfaces.delete(interfaceId);
  return [];
}

export function describeReleased({ left }: Released): LogLine {
  return info(left.length > 0 ? `gone; left behind: ${left.join(', ')}` : 'gone; nothing is left');
}
