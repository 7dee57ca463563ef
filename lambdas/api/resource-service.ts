/** The resources of nodes in EC2, and what deleted nodes have left. */
import type { NodeResource } from '../../domain/operation/left-resources';

export interface ResourceService {
  /**
   * Everything that EC2 shows of a node, living or deleted, in order of the ids.
   * @throws NodeMissing if there is no record of the node and EC2 shows nothing of it
   */
  ofNode(nodeId: string): Promise<readonly NodeResource[]>;
  /** Everything that the deletions of nodes have left, in order of the ids. */
  left(): Promise<readonly NodeResource[]>;
  /**
   * Deletes what the deletion of the node has left. A repeat while EC2 deletes it is harmless.
   * @throws ResourceMissing if EC2 shows nothing of the node with this id
   * @throws InvalidRequest if it was not left, is in use, or is of a kind that Holdfast does not delete
   */
  delete(nodeId: string, resourceId: string): Promise<void>;
}

/** EC2 shows nothing of the node with this id. */
export class ResourceMissing extends Error {
  override readonly name = 'ResourceMissing';

  constructor(nodeId: string, resourceId: string) {
    super(`EC2 shows no ${resourceId} with the tags of this deployment and of ${nodeId}.`);
  }
}
