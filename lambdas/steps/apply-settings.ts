/**
 * Applies the settings that need no new instance and that earlier steps have not applied: tags and the Elastic IP. Then
 * ends the adjustment with what EC2 shows of the node.
 */
import { claimedElasticIps } from '../../domain/node/claims';
import { awaitsElasticIp, lacksElasticIp } from '../../domain/operation/elastic-ip';
import { NOTHING_OBSERVED, recordEnding } from '../../domain/operation/operation-record';
import { adjusted } from '../../domain/operation/apply-settings';
import { ElasticIpMissing, NotReady } from '../../domain/errors';
import { hasEnded } from '../../domain/operation/launch';
import { isNone, tagChange, withTagsToCome, type TagChange } from '../../domain/node/applied-tags';
import type { NodeConfig } from '../../domain/config/node-config';
import { isLeftToNextTry } from '../../domain/operation/network-interface';
import type { SeenInterface } from '../../domain/node/observations';
import type { NodeStatus, OwnedNode, StatefulNode } from '../../domain/node/stateful-node';
import { observeNode } from '../operation/observe-node';
import { settleTemplate } from '../operation/launch-template';
import { changeOwned, ownedNode, type EndingInput, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

type SettingsPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'volumes' | 'tags' | 'time'> &
  Pick<Ports, 'templates' | 'history' | 'log'>;

export interface Settled {
  /** The revision of the configuration that was applied. */
  readonly revision: number;
  /** The node's status now: an adjustment may end an ERROR. */
  readonly status: NodeStatus;
}

export const applySettings =
  (ports: SettingsPorts) =>
  async ({ observed = NOTHING_OBSERVED, ...input }: EndingInput): Promise<Settled> => {
    const owned = await ownedWithTags(ports, input);
    const { interfaceId } = owned.node.identity;
    // Without an interface there is nothing to change yet: the first launch uses the new settings.
    if (interfaceId !== undefined) await applyElasticIp(ports, owned, interfaceId);
    await applyTags(ports, owned);
    const seen = await observeNode(ports, owned);
    const { identity, instance } = owned.node;
    const isLacking = lacksElasticIp({ config: owned.operation.config, identity, instance }, seen.elasticIp);
    if (isLacking && !isHeldElsewhere(owned, seen.interface)) {
      throw new NotReady(`EC2 does not show the Elastic IP on ${interfaceId} yet`);
    }
    await settleTemplate(ports, owned);
    const now = ports.time.now().toISOString();
    const ending = { outcome: 'succeeded', instance: owned.node.instance, isBack: false, seen: [seen.old] } as const;
    await ports.history.write(input.nodeId, recordEnding(owned, ending, observed, now));
    const { status } = await changeOwned(ports.nodes, input, (latest) => adjusted(latest, seen, now));
    return { revision: owned.operation.configRevision, status };
  };

/** The record names each tag before it is set: if this step crashes after that, a later one can still remove the tag. */
async function ownedWithTags({ nodes }: SettingsPorts, input: OperationInput): Promise<OwnedNode> {
  const owned = await ownedNode(nodes, input);
  if (withTagsToCome(owned.node, owned.operation.config) === undefined) return owned;
  await changeOwned(nodes, input, ({ node, operation }) => withTagsToCome(node, operation.config) ?? node);
  return ownedNode(nodes, input);
}

/**
 * We have no permission to associate an Elastic IP on an interface that an instance without the node's tags has. An
 * instance that has ended is such an instance. The next try releases the interface first, and associates the address.
 */
function isHeldElsewhere(owned: OwnedNode, seen: SeenInterface | undefined): boolean {
  return isLeftToNextTry(owned) && seen?.attachment !== undefined;
}

async function applyElasticIp(
  { elasticIps, interfaces }: SettingsPorts,
  owned: OwnedNode,
  interfaceId: string,
): Promise<void> {
  const { node, operation } = owned;
  const wantedId = operation.config.compute.elasticIp;
  const isAwaited = awaitsElasticIp({ config: operation.config, instance: node.instance });
  // The record may not name an Elastic IP that an operation has associated before it failed. It is claimed, though.
  const unwanted = claimedElasticIps(node).filter((allocationId) => allocationId !== wantedId || !isAwaited);
  for (const allocationId of unwanted) {
    const before = await elasticIps.observe(allocationId);
    // Only from our own interface: a person may have moved the address elsewhere.
    if (before?.associationId !== undefined && before.interfaceId === interfaceId) {
      await elasticIps.disassociate(before.associationId);
    }
  }
  if (wantedId === undefined || !isAwaited) return;
  const wanted = await elasticIps.observe(wantedId);
  if (wanted === undefined) throw ElasticIpMissing.of(wantedId);
  if (wanted.interfaceId === interfaceId || isHeldElsewhere(owned, await interfaces.observe(interfaceId))) return;
  await elasticIps.associate(wantedId, interfaceId);
}

async function applyTags(ports: SettingsPorts, { node, operation: { config } }: OwnedNode): Promise<void> {
  await applyInterfaceTags(ports, node, config);
  if (node.instance === undefined) return;
  // An instance that has ended loses its tags, and with them our permission to change it.
  const seen = await ports.instances.observe(node.instance.id);
  if (seen === undefined || hasEnded(seen)) return;
  await tag(ports, [seen.id], tagChange('instance', node, config));
  const change = tagChange('volumes', node, config);
  if (isNone(change)) return;
  // A launch tags the volumes that it makes. Those that earlier instances left keep the tags of their time.
  const used = (await ports.volumes.ofNode(node.id)).filter(({ instanceIds }) => instanceIds.includes(seen.id));
  const ids = used.map(({ id }) => id);
  if (ids.length > 0) await tag(ports, ids, change);
}

async function applyInterfaceTags(ports: SettingsPorts, node: StatefulNode, config: NodeConfig): Promise<void> {
  const change = tagChange('interface', node, config);
  const { interfaceId } = node.identity;
  if (interfaceId === undefined || isNone(change)) return;
  // If it was deleted, the next one is made with the tags. If it was made a moment ago, it has them.
  if ((await ports.interfaces.observe(interfaceId)) !== undefined) await tag(ports, [interfaceId], change);
}

async function tag(
  { tags }: Pick<SettingsPorts, 'tags'>,
  ids: readonly string[],
  { set, dropped }: TagChange,
): Promise<void> {
  await tags.set(ids, set);
  await tags.remove(ids, dropped);
}

export function describeSettled({ revision, status }: Settled): LogLine {
  return info(`settings of revision ${revision} are applied; the node is ${status}`);
}
