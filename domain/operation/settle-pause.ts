/** How a pause ends: the instance is terminated, and the node keeps its identity. */
import { lacksElasticIp } from './elastic-ip';
import { liveIntents, released } from './intents';
import { withoutFailure } from './retry-policy';
import type { SeenNode } from './seen-node';
import type { Operation, StatefulNode } from '../node/stateful-node';

export type PausedDecision =
  | { readonly kind: 'paused' }
  /** EC2 does not show the Elastic IP on the interface: it was moved, or its association is not visible yet. */
  | { readonly kind: 'associate'; readonly allocationId: string; readonly interfaceId: string }
  | { readonly kind: 'not-yet'; readonly because: string };

/** Checks that the old instance is terminated, the interface is released, and the Elastic IP is where it must be. */
export function decidePaused({ identity }: StatefulNode, { config }: Operation, seen: SeenNode): PausedDecision {
  if (seen.old !== undefined && seen.old.state !== 'terminated') {
    return { kind: 'not-yet', because: `${seen.old.id} is ${seen.old.state}` };
  }
  const attachment = seen.interface?.attachment;
  if (attachment !== undefined) {
    return { kind: 'not-yet', because: `the interface is ${attachment.status} on ${attachment.instanceId}` };
  }
  // If either is gone, waiting does not help: the reconciler or the resume reports it.
  if (seen.interface === undefined || seen.elasticIp === undefined) return { kind: 'paused' };
  return lacksElasticIp({ config, identity }, seen.elasticIp)
    ? { kind: 'associate', allocationId: seen.elasticIp.allocationId, interfaceId: seen.interface.id }
    : { kind: 'paused' };
}

/** The record of a node that keeps its identity and has no instance. `now` is ISO 8601, UTC. */
export function paused(node: StatefulNode, now: string): StatefulNode {
  const { instance: _ended, ...rest } = withoutFailure(released(node));
  const intents = liveIntents(node, undefined).filter(({ kind }) => kind !== 'pause');
  return { ...rest, status: 'PAUSED', intents, updatedAt: now };
}
