/** Volumes that a node's instances left behind: those whose mapping says so outlive their instance, and are in nobody's use. */
import type { SeenVolume } from './observations';
import type { StatefulNode } from './stateful-node';

export type VolumeDecision =
  | { readonly kind: 'delete' }
  /** It is on its way out already. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly because: string };

/** May this volume be deleted for the node? Only its own, and only one that nothing uses. */
export function decideVolumeDeletion(
  { id: nodeId }: Pick<StatefulNode, 'id'>,
  volumeId: string,
  seen: SeenVolume | undefined,
): VolumeDecision {
  // Another's is as good as unknown: whose it is, is nobody's business here.
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
