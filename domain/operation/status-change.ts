/** The event that reports a node's new status on the account's bus: its detail, as documented in docs/events.md. */
import { shownStatus } from './intents';
import type { NodeStatus, StatefulNode } from '../node/stateful-node';

export const EVENT_SOURCE = 'holdfast';
export const STATUS_CHANGE_DETAIL_TYPE = 'Stateful Node Status Change';

export interface StatusChange {
  readonly nodeId: string;
  readonly name: string;
  /** Null for a node that was just created. */
  readonly from: NodeStatus | null;
  /** Null for a node whose deletion has finished. */
  readonly to: NodeStatus | null;
  readonly instanceId: string | null;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
  /** Why the node is in ERROR, or was before the try that has begun; null otherwise. */
  readonly errorReason: string | null;
}

/** The status change of a write; undefined if the status is the same. At least one of the records must be given. */
export function statusChange(
  before: StatefulNode | undefined,
  after: StatefulNode | undefined,
): StatusChange | undefined {
  const node = after ?? before;
  const from = before === undefined ? null : shownStatus(before);
  const to = after === undefined ? null : shownStatus(after);
  if (node === undefined || from === to) return undefined;
  return {
    nodeId: node.id,
    name: node.config.name,
    from,
    to,
    instanceId: after?.instance?.id ?? null,
    privateIp: node.identity.privateIp ?? null,
    publicIp: node.identity.publicIp ?? null,
    errorReason: after?.errorReason ?? null,
  };
}
