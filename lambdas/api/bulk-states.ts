/** Pauses and resumes nodes in bulk. */
import * as z from 'zod';
import { describedId } from '../../domain/config/ids';
import type { ApiError } from './envelope';
import { isNodeId } from './node-id';
import type { Action } from '../../domain/operation/requests';
import { NodeMissing, type BulkOutcome, type NodeService } from './node-service';
import { fieldApiError, missingNodeError, RequestRefused, unreadableError } from './error-responses';

/** Each node costs a read and a write of its record, and all must fit into the time that an HTTP API waits. */
const BULK_MAX = 100;

const ACTIONS = { PAUSE: 'pause', RESUME: 'resume' } as const satisfies Record<string, Action>;

export const statesBody = z.strictObject({
  managedInstanceStates: z
    .array(z.strictObject({ id: describedId('smi'), state: z.enum(['PAUSE', 'RESUME']) }))
    .min(1)
    .max(BULK_MAX)
    .refine((states) => new Set(states.map(({ id }) => id)).size === states.length, 'must not name a node twice'),
});

/**
 * Changes every node that can be changed.
 * @throws RequestRefused that names those that cannot; the others have been changed
 */
export async function changeStates(
  service: Pick<NodeService, 'actInBulk'>,
  { managedInstanceStates: states }: z.infer<typeof statesBody>,
): Promise<void> {
  const requests = states.filter(({ id }) => isNodeId(id)).map(({ id, state }) => ({ id, action: ACTIONS[state] }));
  const outcomes = requests.length === 0 ? [] : await service.actInBulk(requests);
  const [first, ...others] = states.flatMap(({ id }, index) =>
    errorsOf(
      id,
      outcomes.find((outcome) => outcome.id === id),
      `managedInstanceStates.${index}`,
    ),
  );
  if (first !== undefined) throw new RequestRefused(400, first, ...others);
}

/** An error of the field `id` means that there is no such node. */
function errorsOf(id: string, outcome: BulkOutcome | undefined, path: string): readonly ApiError[] {
  if (outcome === undefined) return [missingNodeError(new NodeMissing(id), `${path}.id`)];
  if (outcome.unreadable !== undefined) return [unreadableError(outcome.unreadable, `${path}.id`)];
  return outcome.fieldErrors.map(({ field, message }) =>
    field === 'id'
      ? missingNodeError(new NodeMissing(id), `${path}.id`)
      : fieldApiError({ field: `${path}.${field}`, message }),
  );
}
