/** Checks that the node log holds a line for every change of the node that a person would ask about. */
import type { LogEntry } from '../../domain/node/node-log';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { RecordWrite } from '../facts/table-mirror';

/** A log line that a change of the record requires, and the invocation that must write it. */
export interface RequiredLine {
  readonly nodeId: string;
  readonly atMs: number;
  readonly by: RecordWrite['by'];
  readonly what: string;
  /** Whether the log entry is this line. */
  readonly matches: (entry: LogEntry) => boolean;
}

/** The log line that the write requires; undefined if it changes nothing that a person would ask about. */
export function requiredBy({ nodeId, before, after, by }: RecordWrite, atMs: number): RequiredLine | undefined {
  const line = (what: string, matches: RequiredLine['matches']): RequiredLine => ({ nodeId, atMs, by, what, matches });
  if (after === undefined || isSame(before, after)) return undefined;
  const { status, instance, errorReason } = after;
  if (errorReason !== undefined || status === 'ERROR') {
    if (errorReason === before?.errorReason) return undefined;
    return line(
      `the error: ${errorReason}`,
      ({ severity, message }) => severity === 'ERROR' && message === errorReason,
    );
  }
  // A new node has no instance yet, so no other line is required.
  if (before === undefined)
    return line('created', ({ message }) => /created|^import of|rebuilt|corrected/.test(message));
  if (status === 'PAUSED') return line('PAUSED', ({ message }) => /PAUSED|rebuilt|corrected/.test(message));
  if (status !== 'ACTIVE' || instance === undefined || before.instance?.id === instance.id) return undefined;
  return line(
    `ACTIVE on ${instance.id}`,
    ({ message }) => message.includes(`ACTIVE on ${instance.id}`) || /corrected/.test(message),
  );
}

function isSame(before: StatefulNode | undefined, after: StatefulNode): boolean {
  return (
    before?.status === after.status &&
    before.instance?.id === after.instance?.id &&
    before.errorReason === after.errorReason
  );
}

/**
 * The required lines that are missing, or not in the order of the changes. The record and the log are two writes, and
 * a faulted function may have died or been refused between them, so its lines are not required.
 * @param clocksAgree whether sorting lines by their times gives their real order
 */
export function missingLines(
  required: readonly RequiredLine[],
  logs: ReadonlyMap<string, readonly LogEntry[]>,
  clocksAgree: boolean,
): readonly string[] {
  const checked = required.filter(({ by }) => !by.isFaulted);
  return [...new Set(checked.map(({ nodeId }) => nodeId))].flatMap((nodeId) => {
    const entries = [...(logs.get(nodeId) ?? [])].sort((one, other) => compare(one.createdAt, other.createdAt));
    return violationsIn(
      checked.filter((line) => line.nodeId === nodeId),
      entries,
      clocksAgree,
    );
  });
}

function violationsIn(
  required: readonly RequiredLine[],
  entries: readonly LogEntry[],
  clocksAgree: boolean,
): readonly string[] {
  const violations: string[] = [];
  let next = 0;
  for (const { nodeId, what, matches } of required) {
    const index = entries.findIndex((entry, position) => position >= next && matches(entry));
    if (index >= 0) next = index + 1;
    else if (!entries.some(matches)) violations.push(`the log of ${nodeId} does not have: ${what}`);
    else if (clocksAgree) violations.push(`the log of ${nodeId} has out of order: ${what}`);
  }
  return violations;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
