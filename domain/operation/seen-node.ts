/** What EC2 shows of a node, and how the record and the messages state it. */
import type { SeenInterfaces } from './network-interface';
import type { EniAttachment } from '../config/node-config';
import type { SeenElasticIp, SeenInstance } from '../node/observations';
import type { NodeInstance } from '../node/stateful-node';

/** Everything that the end of an operation is decided from. */
export interface SeenNode extends SeenInterfaces {
  readonly replacement: SeenInstance | undefined;
  readonly old: SeenInstance | undefined;
  readonly elasticIp: SeenElasticIp | undefined;
}

/** Says that an instance has ended or is stopped, and why, if EC2 gives a reason. */
export function endOf({ id, state, stateReason }: Omit<Partial<SeenInstance>, 'id'> & { readonly id: string }): string {
  return `${id} is ${state}${stateReason === undefined ? '' : ` (${stateReason})`}`;
}

/** An instance as the node's record states it. An instance that the record has already keeps its `activeAt`. */
export function nodeInstance(seen: SeenInstance, attachment: EniAttachment, before?: NodeInstance): NodeInstance {
  const { id, imageId, instanceType, lifeCycle, subnetId, launchedAt } = seen;
  const activeAt = before?.id === id ? before.activeAt : undefined;
  const instance = { id, imageId, instanceType, lifeCycle, subnetId, launchedAt, attachment };
  return activeAt === undefined ? instance : { ...instance, activeAt };
}
