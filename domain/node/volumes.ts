/** Volumes that a node's instances left behind, because their mapping keeps them when the instance ends. */
import type { SeenVolume } from './observations';
import type { StatefulNode } from './stateful-node';

export type VolumeDecision =
  | { readonly kind: 'delete' }
  /** It is being deleted already. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly because: string };

/** Decides whether a volume may be deleted for the node: only one of its own that is not in use. */
export function decideVolumeDeletion(
  { id: nodeId }: Pick<StatefulNode, 'id'>,
  volumeId: string,
  seen: SeenVolume | undefined,
): VolumeDecision {
  // Do not reveal whether the volume exists or belongs to another node.
  if (seen?.nodeId !== nodeId) {
    return refused(`${volumeId} is no volume of ${nodeId}; give one that has the tag holdfast:node-id=${nodeId}`);
  }
  switch (seen.state) {
    case 'available':
      return { kind: 'delete' };
    case 'deleting':
    case 'deleted':
      return { kind: 'nothing' };
    case 'in-use':
      return refused(`${volumeId} is in use by ${seen.instanceIds.join(', ')}; ask again once the instance has ended`);
    default:
      return refused(`${volumeId} is in the state ${seen.state}; only one that is available can be deleted`);
  }
}

function refused(because: string): VolumeDecision {
  return { kind: 'refused', because };
}
