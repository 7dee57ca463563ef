/** How an adjustment ends: its settings have been applied. */
import { awaitsElasticIp, withElasticIp } from './elastic-ip';
import { released } from './intents';
import { carrierOf, carries } from './network-interface';
import { withoutFailure } from './retry-policy';
import type { SeenNode } from './seen-node';
import { withAppliedTags } from '../node/applied-tags';
import type { OwnedNode, StatefulNode } from '../node/stateful-node';

/** The record of a node whose settings have been applied. `now` is ISO 8601, UTC. */
export function adjusted(owned: OwnedNode, seen: SeenNode, now: string): StatefulNode {
  const { node, operation } = owned;
  const carrier = carrierOf(owned);
  const isWhole = carrier !== undefined && seen.old?.state === 'running' && carries(seen.interface, carrier);
  const { interfaceId } = node.identity;
  // The next try associates it if another instance has the interface.
  const hasElasticIp = seen.elasticIp?.interfaceId === interfaceId;
  const isAwaited = awaitsElasticIp({ config: operation.config, instance: node.instance });
  const status = statusAfter(node, isWhole);
  const settled = withAppliedTags(node, operation.config);
  return {
    ...(status === undefined ? released(settled) : withoutFailure(released(settled))),
    status: status ?? node.status,
    identity: withElasticIp(node.identity, isAwaited && hasElasticIp ? seen.elasticIp : undefined),
    appliedRevision: operation.configRevision,
    updatedAt: now,
  };
}

/**
 * The status of a node that an adjustment has repaired; undefined if the status does not change. An adjustment launches
 * nothing, so a node that has lost its instance keeps its status. So does a node on which another kind of operation has
 * failed: that operation must still be done.
 */
function statusAfter({ instance, failure }: StatefulNode, isWhole: boolean): 'ACTIVE' | 'PAUSED' | undefined {
  if (failure !== undefined && failure.operation !== 'adjust') return undefined;
  if (isWhole) return 'ACTIVE';
  return instance === undefined && failure !== undefined ? 'PAUSED' : undefined;
}
