/**
 * Reads an event from a file, in the form in which EventBridge delivers it.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 */
import { REBALANCE_DETAIL_TYPE, WARNING_DETAIL_TYPE } from '../../domain/operation/trigger';
import type { InterruptionAction } from '../../simulator/events';

/** The instance id of AWS's examples. In a file it means the node's instance, whose id is not known in advance. */
export const PLACEHOLDER_INSTANCE_ID = 'i-1234567890abcdef0';

export interface EventFile {
  readonly detailType: string;
  readonly instanceId: string;
  /** What EC2 will do to the instance. Only a warning has it. */
  readonly action?: InterruptionAction;
  /** The whole event. */
  readonly document: Readonly<Record<string, unknown>>;
}

export type EventReading =
  | { readonly kind: 'event'; readonly event: EventFile }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const ACTIONS: readonly InterruptionAction[] = ['terminate', 'stop', 'hibernate'];
const INSTANCE_ID = /^i-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** Parses a file's text. Every problem names its field and the values that it must have. */
export function parseEvent(text: string): EventReading {
  let document: unknown;
  try {
    // Some editors put a byte order mark first, which JSON does not allow.
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return invalid(`the file is not JSON (${(error as Error).message}): it must hold one JSON object, the event`);
  }
  if (!isObject(document)) {
    return invalid(`the file holds ${kindOf(document)}: it must hold one JSON object, the event`);
  }
  const problems = [...envelopeProblems(document), ...detailProblems(document)];
  if (problems.length > 0) return invalid(...problems);
  const detail = document.detail as Record<string, unknown>;
  return {
    kind: 'event',
    event: {
      detailType: document['detail-type'] as string,
      instanceId: detail['instance-id'] as string,
      ...(isWarning(document) ? { action: detail['instance-action'] as InterruptionAction } : {}),
      document,
    },
  };
}

/** Replaces `i-1234567890abcdef0` everywhere in the event by the node's instance, including the resources. */
export function addressTo(event: EventFile, instanceId: string): EventFile {
  const text = JSON.stringify(event).replaceAll(PLACEHOLDER_INSTANCE_ID, instanceId);
  return JSON.parse(text) as EventFile;
}

function envelopeProblems(document: Record<string, unknown>): string[] {
  const problems: string[] = [];
  if (document.source !== 'aws.ec2') problems.push(problem('source', document.source, '"aws.ec2"'));
  const detailType = document['detail-type'];
  if (detailType !== WARNING_DETAIL_TYPE && detailType !== REBALANCE_DETAIL_TYPE) {
    problems.push(problem('detail-type', detailType, `"${WARNING_DETAIL_TYPE}" or "${REBALANCE_DETAIL_TYPE}"`));
  }
  return problems;
}

function detailProblems(document: Record<string, unknown>): string[] {
  const { detail } = document;
  if (!isObject(detail)) {
    const fields = isRebalance(document) ? 'instance-id' : 'instance-id and instance-action';
    return [problem('detail', detail, `an object with ${fields}`)];
  }
  const problems: string[] = [];
  const instanceId = detail['instance-id'];
  if (typeof instanceId !== 'string' || !INSTANCE_ID.test(instanceId)) {
    problems.push(
      problem('detail.instance-id', instanceId, `an instance's id, or ${PLACEHOLDER_INSTANCE_ID} for the node's`),
    );
  }
  const action = detail['instance-action'];
  // With an unknown detail-type an action may be missing, but a present one must be valid.
  const isNeeded = isWarning(document) || (action !== undefined && !isRebalance(document));
  if (isNeeded && !ACTIONS.some((each) => each === action)) {
    problems.push(problem('detail.instance-action', action, '"terminate", "stop" or "hibernate"'));
  }
  return problems;
}

function problem(field: string, value: unknown, must: string): string {
  const is = value === undefined ? 'is missing' : `is ${shorten(JSON.stringify(value))}`;
  return `${field} ${is}: it must be ${must}`;
}

const SHOWN_CHARACTERS = 60;

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}

function isWarning(document: Record<string, unknown>): boolean {
  return document['detail-type'] === WARNING_DETAIL_TYPE;
}

function isRebalance(document: Record<string, unknown>): boolean {
  return document['detail-type'] === REBALANCE_DETAIL_TYPE;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `a ${typeof value}`;
}

function invalid(...problems: string[]): EventReading {
  return { kind: 'invalid', problems };
}
