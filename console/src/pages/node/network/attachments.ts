/** Which instances have carried a node's interface, and when: read from its operations. */
import type { CarryingInstance, Operation } from '../../../api/node-types';

export interface Attachment {
  readonly instance: CarryingInstance;
  /** Null: before the operations that are known. */
  readonly from: string | null;
  /** Null: it carries the interface now. */
  readonly until: string | null;
  /** How long the address was away after it. Null: not known, or not yet over. */
  readonly awaySeconds: number | null;
}

/**
 * @param operations newest first, as the API returns them. Operations that left the instance in place tell nothing.
 * @returns newest first
 */
export function attachmentsOf(operations: readonly Operation[]): readonly Attachment[] {
  const attachments: Attachment[] = [];
  let current: Attachment | undefined;
  for (const operation of [...operations].reverse()) {
    const { before, after, address, startedAt, endedAt } = operation;
    // While it is under way, the address has left the old instance only once it is away.
    const isLeaving = endedAt === null ? address.awayFrom !== null : after?.instanceId !== before?.instanceId;
    if (!isLeaving) {
      if (current === undefined && before !== null) current = startingWith(before, null);
      continue;
    }
    if (before !== null) {
      const known = current?.instance.instanceId === before.instanceId ? current : startingWith(before, null);
      attachments.push({ ...known, until: address.awayFrom ?? startedAt, awaySeconds: address.awaySeconds });
    }
    current = after === null ? undefined : startingWith(after, address.awayTo ?? endedAt);
  }
  if (current !== undefined) attachments.push(current);
  return attachments.reverse();
}

function startingWith(instance: CarryingInstance, from: string | null): Attachment {
  return { instance, from, until: null, awaySeconds: null };
}
