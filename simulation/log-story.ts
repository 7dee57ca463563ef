/** Whether the node log tells what has happened to the node: every change that a person would ask about. */
import type { LogEntry } from '../domain/node-log';
import type { StatefulNode } from '../domain/stateful-node';
import type { RecordWrite } from './table-mirror';

/** A line that a change of the record owes its reader, and whose invocation it is to write it. */
export interface OwedLine {
  readonly nodeId: string;
  readonly atMs: number;
  readonly by: RecordWrite['by'];
  readonly what: string;
  readonly tells: (entry: LogEntry) => boolean;
}

/** What the write owes the log; undefined where it changes nothing that a person would ask about. */
export function owedBy({ nodeId, before, after, by }: RecordWrite, atMs: number): OwedLine | undefined {
  const owed = (what: string, tells: OwedLine['tells']): OwedLine => ({ nodeId, atMs, by, what, tells });
  if (after === undefined || hasStatus(before, after.status, after)) return undefined;
  switch (after.status) {
    case 'ACTIVE':
      if (after.instance === undefined || before?.instance?.id === after.instance.id) return undefined;
      return owed(`ACTIVE on ${after.instance.id}`, ({ message }) =>
        message.includes(`ACTIVE on ${after.instance!.id}`),
      );
    case 'PAUSED':
      // A node begins as one without an instance: its first line is that it was created.
      return before === undefined
        ? owed('created', ({ message }) => message.includes('created'))
        : owed('PAUSED', ({ message }) => message.includes('PAUSED'));
    case 'ERROR':
      return owed(
        `the error: ${after.errorReason}`,
        ({ severity, message }) => severity === 'ERROR' && message === after.errorReason,
      );
    default:
      return undefined;
  }
}

function hasStatus(before: StatefulNode | undefined, status: string, after: StatefulNode): boolean {
  return (
    before?.status === status && before.instance?.id === after.instance?.id && before.errorReason === after.errorReason
  );
}

/**
 * The lines that were owed and are not there. A function that a fault has struck may have died, or have been
 * refused, between the record and the log, which are two writes: its lines are not asked for.
 */
export function missingLines(
  owed: readonly OwedLine[],
  logs: ReadonlyMap<string, readonly LogEntry[]>,
): readonly string[] {
  return owed
    .filter(({ by, nodeId, tells }) => !by.isStruck && !(logs.get(nodeId) ?? []).some(tells))
    .map(({ nodeId, what }) => `the log of ${nodeId} does not tell: ${what}`);
}
