/** What a deletion does with the volumes of its node: those that instances left, and those that they leave now. */
import type { SeenVolume } from '../node/observations';

export type VolumeRelease =
  | { readonly kind: 'delete' }
  /** It stays, and must be tagged as left. */
  | { readonly kind: 'leave' }
  /** Its instance has ended, and EC2 has not detached it yet. */
  | { readonly kind: 'wait' }
  /** It is being deleted, or EC2 deletes it with its instance. */
  | { readonly kind: 'nothing' };

/**
 * Decides about a volume with the tags of the node and of this deployment. A volume that a living instance uses stays:
 * the deletion leaves that instance running, or a person has attached the volume elsewhere.
 * @param living the ids of the instances that have not ended
 */
export function decideVolumeRelease(
  { state, instanceIds, deleteOnTermination }: SeenVolume,
  shouldDelete: boolean,
  living: ReadonlySet<string>,
): VolumeRelease {
  if (state === 'deleting' || state === 'deleted') return { kind: 'nothing' };
  if (instanceIds.some((id) => living.has(id))) return { kind: 'leave' };
  if (state === 'in-use' && deleteOnTermination) return { kind: 'nothing' };
  if (!shouldDelete) return { kind: 'leave' };
  if (state === 'in-use') return { kind: 'wait' };
  // EC2 deletes only an available volume. Any other state, like `error`, may last for ever.
  return { kind: state === 'available' ? 'delete' : 'leave' };
}
