/** Facts about instances and interfaces from EC2's own state, independent of the records. */
import { LEFT_BY_TAG, NODE_ID_TAG } from '../../domain/node/stateful-node';
import type { Entity, Instance, NetworkInterface } from '../../simulator/ec2/world';

export function nodeTag(entity: Pick<Entity, 'tags'> | undefined): string | undefined {
  return entity?.tags.current[NODE_ID_TAG];
}

/** Whether it was left behind on purpose when its node was deleted. */
export function isLeft(entity: Instance | NetworkInterface | undefined): boolean {
  return entity?.tags.current[LEFT_BY_TAG] !== undefined;
}

export function isAlive({ state }: Instance): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}

/** Whether a call terminated the instance, rather than EC2 or its guest. */
export function isEndedByCall({ stateReason }: Instance): boolean {
  return stateReason?.code === 'Client.UserInitiatedShutdown';
}
