/** An operation in words. */
import type { Operation, OperationKind } from '../../../api/node-types';
import { duration } from '../../../app/time-text';

export const KIND_NAMES: Readonly<Record<OperationKind, string>> = {
  launch: 'Launch',
  replace: 'Replacement',
  pause: 'Pause',
  adjust: 'Adjustment',
  delete: 'Deletion',
};

/** What started it, in the names of the metrics. */
const STARTERS: Readonly<Record<string, string>> = {
  interruption: 'EC2 interrupted the Spot Instance',
  rebalance: 'EC2 recommended a rebalance',
  request: 'requested',
  retry: 'tried again after a failure',
  lost: 'the instance had ended',
  unhealthy: 'the instance failed its status checks',
  drift: 'something had changed from outside',
};

export function starterText(startedBy: string | null): string {
  if (startedBy === null) return 'its cause was not recorded';
  return STARTERS[startedBy] ?? startedBy;
}

/** An operation keeps its start when another execution takes it over. */
export const keyOfOperation = ({ kind, startedAt }: Operation): string => `${kind} ${startedAt}`;

export function newestFirst(operations: readonly Operation[]): readonly Operation[] {
  return [...operations].sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
}

const SECOND_MS = 1_000;

export function lengthOf({ startedAt, endedAt }: Operation, now: Date): string {
  const end = endedAt === null ? now.getTime() : Date.parse(endedAt);
  return duration(Math.max(0, end - Date.parse(startedAt)) / SECOND_MS);
}

export function awayText({ address, outcome }: Operation, now: Date): string {
  const { awayFrom, awayTo, awaySeconds } = address;
  if (awaySeconds !== null) return duration(awaySeconds);
  if (awayFrom === null) return outcome === null ? 'not yet' : 'not at all';
  if (awayTo === null && outcome === null) {
    return `${duration(Math.max(0, Math.round((now.getTime() - Date.parse(awayFrom)) / SECOND_MS)))} so far`;
  }
  return outcome === 'succeeded' ? 'from then on' : 'still away at the end';
}

export function instancesText({ before, after, outcome, instanceStates }: Operation): string {
  const name = (one: Operation['before']): string =>
    one === null ? 'none' : `${one.instanceId} (${one.instanceType})`;
  if (outcome === null) {
    const launched = instanceStates.findLast(({ role }) => role === 'replacement')?.instanceId;
    return launched === undefined ? name(before) : `${name(before)} → ${launched}`;
  }
  if (before?.instanceId === after?.instanceId) return name(before);
  return `${name(before)} → ${name(after)}`;
}
