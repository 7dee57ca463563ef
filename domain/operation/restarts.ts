/** Instances that keep ending soon after their node has become ACTIVE are replaced with growing pauses. */
import { failureReason, KEEPS_ENDING } from './failure-reason';
import { pauseSecondsAfter } from './pacing';
import type { NodeInstance, StatefulNode } from '../node/stateful-node';

/** An instance that lasts this many milliseconds ends the row of instances that did not. */
const LASTING_MS = 10 * 60_000;

/** The row of instances that have not lasted: how many, and which was counted last. */
type Row = Pick<StatefulNode, 'restarts' | 'lastLostInstanceId'>;

/**
 * The row, with the instance that is lost at `now` (ISO 8601, UTC). If the operation that launched an instance failed, the
 * node never became ACTIVE on it, so its launch counts. An instance counts once, even if several operations in a row
 * find it lost, because those before failed.
 */
export function rowAfterLoss(node: StatefulNode, now: string): Row {
  const { instance, failure, restarts = 0, lastLostInstanceId } = node;
  if (instance === undefined || instance.id === lastLostInstanceId) return { restarts, lastLostInstanceId };
  const since = instance.activeAt ?? (failure === undefined ? undefined : instance.launchedAt);
  if (since === undefined) return { restarts, lastLostInstanceId };
  const hasLasted = Date.parse(now) - Date.parse(since) >= LASTING_MS;
  return hasLasted
    ? { restarts: 0, lastLostInstanceId: undefined }
    : { restarts: restarts + 1, lastLostInstanceId: instance.id };
}

/**
 * The record of a node that lost its instance and must wait for the next one; undefined if it need not wait. `loss`
 * says what happened to the instance, for a person; `now` is ISO 8601, UTC.
 */
export function heldBack(node: StatefulNode, loss: string, now: string): StatefulNode | undefined {
  const row = rowAfterLoss(node, now);
  const { restarts = 0 } = row;
  const seconds = pauseSecondsAfter(restarts);
  const { instance, config, configRevision, eligibleSubnetIds, identity } = node;
  if (seconds === 0 || instance === undefined) return undefined;
  const nextTryAt = new Date(Date.parse(now) + seconds * 1000).toISOString();
  const sentence = `${restarts} instances in a row did not last ten minutes after ${begunBy(instance)}`;
  const message = `${loss}. ${sentence}: look at the AMI, the user data and the log of the guest.`;
  return {
    ...node,
    status: 'ERROR',
    ...row,
    errorReason: failureReason({
      operation: 'replace',
      error: { name: KEEPS_ENDING.instances, message },
      retained: `${identity.interfaceId} (${identity.privateIp}) is retained.`,
      nextTryAt,
    }),
    failure: {
      operation: 'replace',
      errorName: KEEPS_ENDING.instances,
      count: restarts,
      nextTryAt,
      remains: { config, configRevision, eligibleSubnetIds, oldInstanceId: instance.id, retiredInterfaceIds: [] },
    },
    updatedAt: now,
  };
}

/** For a person. If operations fail, the node's log says why. */
function begunBy({ activeAt }: NodeInstance): string {
  return activeAt === undefined
    ? "their launch, and the operation that launched the last one failed (the node's log says why)"
    : 'the node had become ACTIVE on them';
}
