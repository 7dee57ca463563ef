/** What started an execution: an EventBridge event, or a request for a node by its id. */
import type { Cause, OperationKind } from '../node/stateful-node';

export type Trigger =
  | { readonly kind: 'warning'; readonly instanceId: string; readonly reason: string; readonly endsAt: string }
  | { readonly kind: 'rebalance'; readonly instanceId: string; readonly reason: string }
  | ({ readonly kind: 'request' } & NodeRequest);

/** The input of an execution that is started for a node rather than by an event. */
export interface NodeRequest {
  readonly nodeId: string;
  readonly reason: string;
  /** For a request that follows an event: the instance that the event is about. */
  readonly instanceId?: string | undefined;
  /** For a request that follows a warning or an end: when the instance ends, or no longer runs; ISO 8601, UTC. */
  readonly endsAt?: string | undefined;
  /** For a user intent in the record: when it was made. If it was withdrawn or replaced, it is not carried out. */
  readonly requestedAt?: string | undefined;
  /** For a request to try again what has failed: the `nextTryAt` of that failure. */
  readonly retries?: string | undefined;
  /** For a request to finish an operation whose execution has ended: its generation. */
  readonly takesOver?: number | undefined;
  /** For a request that neither a person nor an event made. */
  readonly cause?: Cause | undefined;
}

export interface TakeRequest {
  readonly operation: OperationKind;
  readonly executionId: string;
  readonly trigger: Trigger;
}

/**
 * Milliseconds between the warning and the end of the instance.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
export const WARNING_LEAD_MS = 120_000;

export const WARNING_DETAIL_TYPE = 'EC2 Spot Instance Interruption Warning';
export const REBALANCE_DETAIL_TYPE = 'EC2 Instance Rebalance Recommendation';
export const STATE_CHANGE_DETAIL_TYPE = 'EC2 Instance State-change Notification';

/** Reads an execution's input. Returns undefined if it is neither a request nor an event that we handle. */
export function parseTrigger(input: unknown): Trigger | undefined {
  if (!isRecord(input)) return undefined;
  if (typeof input.nodeId === 'string') return nodeRequest(input.nodeId, input);
  const detail = isRecord(input.detail) ? input.detail : {};
  const instanceId = detail['instance-id'];
  if (input.source !== 'aws.ec2' || typeof instanceId !== 'string') return undefined;
  switch (input['detail-type']) {
    case WARNING_DETAIL_TYPE:
      return {
        kind: 'warning',
        instanceId,
        reason: `spot interruption warning (${textOr(detail['instance-action'], 'terminate')})`,
        endsAt: endOfWarned(textOr(input.time, '')),
      };
    case REBALANCE_DETAIL_TYPE:
      return { kind: 'rebalance', instanceId, reason: 'rebalance recommendation' };
    default:
      return undefined;
  }
}

function nodeRequest(nodeId: string, input: Record<string, unknown>): Trigger {
  const reason = textOr(input.reason, 'requested');
  const instanceId = typeof input.instanceId === 'string' ? input.instanceId : undefined;
  const requestedAt = typeof input.requestedAt === 'string' ? input.requestedAt : undefined;
  const endsAt = typeof input.endsAt === 'string' ? input.endsAt : undefined;
  const retries = typeof input.retries === 'string' ? input.retries : undefined;
  const takesOver = typeof input.takesOver === 'number' ? input.takesOver : undefined;
  const cause = (['lost', 'unhealthy', 'drift'] as const).find((each) => each === input.cause);
  return { kind: 'request', nodeId, reason, instanceId, requestedAt, endsAt, retries, takesOver, cause };
}

/** If the time of a warning cannot be read, we assume that no time is left and act at once. */
function endOfWarned(warnedAt: string): string {
  const end = new Date(Date.parse(warnedAt) + WARNING_LEAD_MS);
  return Number.isNaN(end.getTime()) ? new Date(0).toISOString() : end.toISOString();
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
