/** The `aws.ec2` events that EventBridge delivers, in AWS's own format. */

export interface EventBridgeEvent<Detail = Record<string, unknown>> {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Detail;
}

export type InterruptionAction = 'terminate' | 'stop' | 'hibernate';

/**
 * How long before the interruption its warning is sent.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
export const INTERRUPTION_NOTICE_MS = 120_000;

/** An event's content, before EventBridge adds its envelope. */
export interface Occurrence {
  readonly detailType: string;
  /** Absent if the event names none. */
  readonly resource?: string;
  readonly detail: Record<string, unknown>;
}

interface Subject {
  readonly instanceId: string;
  readonly availabilityZone: string;
  readonly region: string;
  readonly accountId: string;
}

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html */
export function stateChange(subject: Subject, state: string): Occurrence {
  return {
    detailType: 'EC2 Instance State-change Notification',
    resource: `arn:aws:ec2:${subject.region}:${subject.accountId}:instance/${subject.instanceId}`,
    detail: { 'instance-id': subject.instanceId, state },
  };
}

/** The ARN has the zone in place of the Region, and no account. Match on `detail`, not on `resources`. */
export function interruptionWarning(subject: Subject, action: InterruptionAction): Occurrence {
  return {
    detailType: 'EC2 Spot Instance Interruption Warning',
    resource: `arn:aws:ec2:${subject.availabilityZone}:instance/${subject.instanceId}`,
    detail: { 'instance-id': subject.instanceId, 'instance-action': action },
  };
}

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html */
export function rebalanceRecommendation(subject: Subject): Occurrence {
  return {
    detailType: 'EC2 Instance Rebalance Recommendation',
    resource: `arn:aws:ec2:${subject.availabilityZone}:instance/${subject.instanceId}`,
    detail: { 'instance-id': subject.instanceId },
  };
}

/** Adds EventBridge's envelope to an occurrence. */
export function envelope(
  occurrence: Occurrence,
  from: { readonly id: string; readonly accountId: string; readonly region: string; readonly atMs: number },
): EventBridgeEvent {
  return {
    version: '0',
    id: from.id,
    'detail-type': occurrence.detailType,
    source: 'aws.ec2',
    account: from.accountId,
    time: new Date(from.atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: from.region,
    resources: occurrence.resource === undefined ? [] : [occurrence.resource],
    detail: occurrence.detail,
  };
}
