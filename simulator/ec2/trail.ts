/**
 * The events that CloudTrail sends to EventBridge. Here only successful calls that take away or move an interface or an
 * address have one, and only if a trail is on.
 *
 * Sources: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html,
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
import type { Occurrence } from '../events';

/** Who calls: a person as an IAM user, or code with an assumed role. */
export type Caller =
  { readonly kind: 'person'; readonly userName: string } | { readonly kind: 'role'; readonly roleArn: string };

/** The calls with events, by EC2's name. Their parameters are flat, so CloudTrail shows them as they were sent. */
const RECORDED_CALLS = [
  'AssociateAddress',
  'DeleteNetworkInterface',
  'DetachNetworkInterface',
  'DisassociateAddress',
  'ReleaseAddress',
];

export interface TrailedCall {
  readonly operation: string;
  readonly input: object;
  readonly caller: Caller;
  readonly requestId: string;
  readonly eventId: string;
  readonly region: string;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** Returns the event of a call, or undefined if it has none. */
export function trailEvent(call: TrailedCall): Occurrence | undefined {
  if (!RECORDED_CALLS.includes(call.operation)) return undefined;
  return {
    detailType: 'AWS API Call via CloudTrail',
    detail: {
      eventVersion: '1.11',
      userIdentity: userIdentity(call),
      eventTime: wholeSeconds(call.atMs),
      eventSource: 'ec2.amazonaws.com',
      eventName: call.operation,
      awsRegion: call.region,
      sourceIPAddress: call.caller.kind === 'person' ? '203.0.113.7' : 'lambda.amazonaws.com',
      userAgent: call.caller.kind === 'person' ? 'console.amazonaws.com' : 'aws-sdk-js/3',
      requestParameters: requestParameters(call.input),
      responseElements: { requestId: call.requestId, _return: true },
      requestID: call.requestId,
      eventID: call.eventId,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: call.accountId,
      eventCategory: 'Management',
    },
  };
}

function userIdentity({ caller, accountId, atMs }: TrailedCall): object {
  if (caller.kind === 'person') {
    return {
      type: 'IAMUser',
      principalId: 'AIDAJQABLZS4A3QDU576Q',
      arn: `arn:aws:iam::${accountId}:user/${caller.userName}`,
      accountId,
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      userName: caller.userName,
    };
  }
  const roleName = caller.roleArn.slice(caller.roleArn.lastIndexOf('/') + 1);
  return {
    type: 'AssumedRole',
    principalId: `AROAJQABLZS4A3QDU576Q:${roleName}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${roleName}`,
    accountId,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAJQABLZS4A3QDU576Q',
        arn: caller.roleArn,
        accountId,
        userName: roleName,
      },
      attributes: { creationDate: wholeSeconds(atMs), mfaAuthenticated: 'false' },
    },
  };
}

/** CloudTrail writes parameter names with a lower-case first letter. */
function requestParameters(input: object): object {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]));
}

function wholeSeconds(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
