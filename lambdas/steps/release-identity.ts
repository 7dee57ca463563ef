/**
 * Deletes a node: releases or deletes its Elastic IP, interface, claims and volumes as the deletion asks, and tags what is
 * left.
 * The record is removed last, so that a deletion that failed half-way can run again.
 */
import { InterfaceNotFree, NotReady } from '../../domain/errors';
import { describeGivenUp } from '../../domain/operation/given-up';
import { endingWith } from '../../domain/import/import';
import { hasEnded, isPastVisible } from '../../domain/operation/launch';
import { NOTHING_OBSERVED, recordEnding } from '../../domain/operation/operation-record';
import { tagsOfLeft } from '../../domain/operation/left-resources';
import type { OwnedNode, StatefulNode } from '../../domain/node/stateful-node';
import { releaseVolumes } from '../operation/release-volumes';
import { removeGivenUp } from '../operation/remove-given-up';
import { undo } from '../operation/adoption';
import { deleteTemplates } from '../operation/launch-template';
import { changeOwned, ownedNode, type EndingInput, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

type ReleasePorts = Pick<
  Ports,
  | ('nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'volumes' | 'claims' | 'tags' | 'usage' | 'migrations')
  | ('templates' | 'log' | 'history' | 'time')
>;

export interface Released {
  /** The ids of what continues to exist. */
  readonly left: readonly string[];
}

export const releaseIdentity =
  (ports: ReleasePorts) =>
  async ({ observed = NOTHING_OBSERVED, ...input }: EndingInput): Promise<Released> => {
    // Only the record knows what was given up, so we remove that first.
    const unremoved = await removeGivenUp(ports, input.nodeId);
    if (unremoved.length > 0) throw new NotReady(`not known to be gone: ${unremoved.map(describeGivenUp).join(', ')}`);
    const owned = await ownedNode(ports.nodes, input);
    const { node } = owned;
    const { adoption } = node;
    const isUndone = adoption?.cancelledAt !== undefined;
    // An original that kept its own addresses never belonged to the node, however far its import has come.
    const isApart = adoption?.shouldKeepPrivateIp === false;
    const left = [
      ...(adoption !== undefined && (isUndone || isApart) ? await undo(ports, node, adoption) : []),
      // A cancelled import that kept the original's private IP leaves us nothing to release.
      ...(isUndone && adoption.shouldKeepPrivateIp ? [] : await releaseAddresses(ports, owned)),
    ];
    if (adoption !== undefined) {
      await ports.migrations.end(adoption.migrationId, endingWith(adoption, ports.time.now().toISOString()));
    }
    const released = await releaseClaims(ports, input, node);
    // After the claims: volumes can take long, and a node that is created meanwhile can claim the addresses.
    const leftVolumes = await releaseVolumes(
      ports,
      node,
      left.find((id) => id === node.instance?.id),
    );
    // An instance that is left running belongs to its owner from now on, and so do its costs.
    if (node.instance !== undefined) {
      await ports.usage.end(node.id, node.instance, ports.time.now().toISOString());
    }
    await deleteTemplates(ports, { ...owned, node: released });
    const ending = { outcome: 'succeeded', instance: undefined, isBack: false, seen: [] } as const;
    await ports.history.write(node.id, recordEnding(owned, ending, observed, ports.time.now().toISOString()));
    await ports.nodes.remove(released);
    return { left: [...left, ...leftVolumes] };
  };

/**
 * A node that waits for one of the addresses continues as soon as the record no longer has the claim. If the step crashes
 * before that write, its next try releases the same claims again, which does nothing to those of another node.
 */
async function releaseClaims(
  { nodes, claims }: Pick<ReleasePorts, 'nodes' | 'claims'>,
  input: OperationInput,
  node: StatefulNode,
): Promise<StatefulNode> {
  const { heldClaims } = node;
  if (heldClaims.length === 0) return node;
  for (const address of heldClaims) await claims.release(address, node.id);
  await changeOwned(nodes, input, ({ node: current }) => ({
    ...current,
    heldClaims: current.heldClaims.filter((address) => !heldClaims.includes(address)),
  }));
  return (await ownedNode(nodes, input)).node;
}

/** Returns the ids of what continues to exist. */
async function releaseAddresses(ports: ReleasePorts, owned: OwnedNode): Promise<readonly string[]> {
  const { node } = owned;
  const { shouldDeleteNetworkInterfaces = false, shouldTerminateInstance = true } = node.deletion ?? {};
  const leftInstance = shouldTerminateInstance ? undefined : await livingInstance(ports, node);
  // An instance that is left running keeps its interface, and the Elastic IP with it.
  if (leftInstance === undefined) await releaseElasticIp(ports, owned);
  const leftInterface = await releaseInterface(
    ports,
    owned,
    shouldDeleteNetworkInterfaces && leftInstance === undefined,
  );
  const left = [...(leftInstance === undefined ? [] : [leftInstance.id]), ...leftInterface];
  // Holdfast's own tags stay: without them this step could not change these resources if it ran again.
  await ports.tags.set(left, tagsOfLeft(node.id, undefined, ports.time.now().toISOString()));
  const { interfacesTtlHours } = node.deletion ?? {};
  // An instance that is left running is its owner's, so only the interface expires.
  if (interfacesTtlHours !== undefined) {
    await ports.tags.set(leftInterface, tagsOfLeft(node.id, interfacesTtlHours, ports.time.now().toISOString()));
  }
  return left;
}

/** Returns the instance unless it has ended. EC2 may show a new instance late. */
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

/** Returns the interface's id if the interface is left. */
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
