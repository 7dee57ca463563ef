/** What a person can ask of a node, as requests to the API. */
import { itemsOf, type Connection } from '../api/connection';

/** What is deleted with a node, beside its record: docs/api.md, Delete. */
export interface Deletion {
  readonly shouldTerminateInstance: boolean;
  readonly shouldDeleteNetworkInterfaces: boolean;
  readonly shouldDeleteVolumes: boolean;
}

export type NodeAction =
  { readonly kind: 'pause' | 'resume' | 'recycle' } | { readonly kind: 'delete'; readonly deletion: Deletion };

export const ACTION_NAMES = {
  pause: { imperative: 'Pause', present: 'pausing', past: 'will be paused' },
  resume: { imperative: 'Resume', present: 'resuming', past: 'will be resumed' },
  recycle: { imperative: 'Recycle', present: 'recycling', past: 'will be recycled' },
  delete: { imperative: 'Delete', present: 'deleting', past: 'is being deleted' },
} as const satisfies Record<NodeAction['kind'], { imperative: string; present: string; past: string }>;

/** @throws ApiError */
export async function perform({ client }: Connection, id: string, action: NodeAction): Promise<void> {
  const params = { path: { id } };
  switch (action.kind) {
    case 'pause':
      await itemsOf(client.PUT('/aws/ec2/managedInstance/{id}/pause', { params }));
      return;
    case 'resume':
      await itemsOf(client.PUT('/aws/ec2/managedInstance/{id}/resume', { params }));
      return;
    case 'recycle':
      await itemsOf(client.PUT('/aws/ec2/managedInstance/{id}/recycle', { params }));
      return;
    case 'delete':
      await itemsOf(
        client.DELETE('/aws/ec2/managedInstance/{id}', { params, body: { deallocationConfig: action.deletion } }),
      );
  }
}
