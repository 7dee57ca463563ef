/** Whether the node log tells what has happened to the node: every change that a person would ask about. */
import type { LogEntry } from '../../domain/node/node-log';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { RecordWrite } from '../play/table-mirror';

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
  if (after === undefined || isSame(before, after)) return undefined;
  const { status, instance, errorReason } = after;
  if (errorReason !== undefined || status === 'ERROR') {
    if (errorReason === before?.errorReason) return undefined;
    return owed(
      `the error: ${errorReason}`,
      ({ severity, message }) => severity === 'ERROR' && message === errorReason,
    );
  }
  // A node begins as one without an instance.
  if (before === undefined)
    return owed('created', ({ message }) => /created|^import of|rebuilt|corrected/.test(message));
  if (status === 'PAUSED') return owed('PAUSED', ({ message }) => /PAUSED|rebuilt|corrected/.test(message));
  if (status !== 'ACTIVE' || instance === undefined || before.instance?.id === instance.id) return undefined;
  return owed(
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
 * The lines that were owed and are not there, or not in the order in which things happened. A function that a fault
 * has struck may have died, or have been refused, between the record and the log, which are two writes: its lines are
 * not asked for.
 * @param clocksAgree whether lines that are sorted by their times are in order at all
 */
export function missingLines(
  owed: readonly OwedLine[],
  logs: ReadonlyMap<string, readonly LogEntry[]>,
  clocksAgree: boolean,
): readonly string[] {
  const asked = owed.filter(({ by }) => !by.isStruck);
  return [...new Set(asked.map(({ nodeId }) => nodeId))].flatMap((nodeId) => {
    const entries = [...(logs.get(nodeId) ?? [])].sort((one, other) => compare(one.createdAt, other.createdAt));
    return faultsIn(
      asked.filter((line) => line.nodeId === nodeId),
      entries,
      clocksAgree,
    );
  });
}

function faultsIn(owed: readonly OwedLine[], entries: readonly LogEntry[], clocksAgree: boolean): readonly string[] {
  const faults: string[] = [];
  let next = 0;
  for (const { nodeId, what, tells } of owed) {
    const index = entries.findIndex((entry, position) => position >= next && tells(entry));
    if (index >= 0) next = index + 1;
    else if (!entries.some(tells)) faults.push(`the log of ${nodeId} does not tell: ${what}`);
    else if (clocksAgree) faults.push(`the log of ${nodeId} tells out of order: ${what}`);
  }
  return faults;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
