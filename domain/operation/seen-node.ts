/** What EC2 shows of a node, and how the record and the messages state it. */
import { hasEnded } from './launch';
import type { SeenInterfaces } from './network-interface';
import { attachmentOf, type EniAttachment } from '../config/node-config';
import type { InstanceSighting } from '../node/node-log';
import type { SeenElasticIp, SeenInstance } from '../node/observations';
import { outdatedBetween } from '../node/running-settings';
import type { NodeInstance, OwnedNode } from '../node/stateful-node';

/** Everything that the end of an operation is decided from. */
export interface SeenNode extends SeenInterfaces {
  readonly replacement: SeenInstance | undefined;
  readonly old: SeenInstance | undefined;
  readonly elasticIp: SeenElasticIp | undefined;
}

/**
 * Knows of the ends that events have told, or that the operation has seen before. EC2 may show an instance as running for some
 * seconds after the event of its end, and an instance that has ended does not come back.
 */
export function withKnownEnds<Seen extends Pick<SeenNode, 'old' | 'replacement'>>(
  seen: Seen,
  sightings: readonly (Pick<InstanceSighting, 'instanceId' | 'state'> | undefined)[],
): Seen {
  const corrected = (instance: SeenInstance | undefined): SeenInstance | undefined => {
    const end = sightings.find((each) => each?.instanceId === instance?.id && hasEnded(each));
    return instance === undefined || end === undefined || hasEnded(instance)
      ? instance
      : { ...instance, state: end.state };
  };
  return { ...seen, old: corrected(seen.old), replacement: corrected(seen.replacement) };
}

/** Says that an instance has ended or is stopped, and why, if EC2 gives a reason. */
export function endOf({ id, state, stateReason }: Omit<Partial<SeenInstance>, 'id'> & { readonly id: string }): string {
  return `${id} is ${state}${stateReason === undefined ? '' : ` (${stateReason})`}`;
}

/** An instance as the node's record states it. What EC2 does not show of it stays if the record has the instance already. */
export function nodeInstance(seen: SeenInstance, attachment: EniAttachment, before?: NodeInstance): NodeInstance {
  const { id, imageId, instanceType, lifeCycle, subnetId, launchedAt } = seen;
  const { activeAt, outdated } = before?.id === id ? before : ({} as Partial<NodeInstance>);
  return {
    ...{ id, imageId, instanceType, lifeCycle, subnetId, launchedAt, attachment },
    ...(activeAt !== undefined && { activeAt }),
    ...(outdated !== undefined && { outdated }),
  };
}

/** The instance that the operation has launched. The configuration may have been updated since the operation began. */
export function launchedInstance(seen: SeenInstance, { node, operation }: OwnedNode): NodeInstance {
  const outdated = outdatedBetween(operation.config, node.config);
  return {
    ...nodeInstance(seen, attachmentOf(operation.config)),
    ...(Object.keys(outdated).length > 0 && { outdated }),
  };
}
