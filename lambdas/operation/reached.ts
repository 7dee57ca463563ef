/** What a wait for an instance's state ends with. The definitions keep it for the record of the operation. */
import type { InstanceState } from '../../domain/node/observations';

export interface Reached {
  readonly instanceId: string;
  /** Absent if EC2 does not know the instance any more. */
  readonly state?: InstanceState | undefined;
  /** When the state began according to its event, or when it was seen; ISO 8601, UTC. */
  readonly at: string;
}

export function reached(instanceId: string, state: InstanceState | undefined, at: Date): Reached {
  return { instanceId, ...(state !== undefined && { state }), at: at.toISOString() };
}
