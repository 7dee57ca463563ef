/** What the operations of a node did: their records, with the steps from the node's log. */
import {
  describeOperation,
  NOTHING_OBSERVED,
  recordSoFar,
  type HistoryQuery,
  type OperationRecord,
} from '../../domain/operation/operation-record';
import type { StateVisit } from '../../domain/operation/state-visit';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { LogEntry } from '../../domain/node/node-log';
import type { ApiPorts, Ports } from '../ports';
import { InvalidRequest, type OperationPage, type VisitsQuery } from './node-service';

/** The last step of an operation writes its line after the record. */
const LAST_LINE_MS = 5 * 60_000;
const LINES_AT_ONCE = 1000;

/** @param now ISO 8601, UTC */
export async function nodeOperations(
  { history, log }: Pick<Ports, 'history' | 'log'>,
  node: StatefulNode,
  query: HistoryQuery,
  now: string,
): Promise<OperationPage> {
  const current = underWay(node, query, now);
  const { records: ended, nextToken } = await history.list(node.id, query);
  const others = ended.filter((each) => current === undefined || placeOf(each) !== placeOf(current));
  // One more than asked for does not matter, and it is not in any later page.
  const records = [...(current === undefined ? [] : [current]), ...others];
  const lines = await linesOf(log, node.id, records, now);
  return { operations: records.map((record) => describeOperation(record, lines)), nextToken };
}

/**
 * The states that the operation's execution has been in, newest first; none if Step Functions has forgotten it, or if the node
 * has had no operation yet.
 * @param now ISO 8601, UTC
 * @throws InvalidRequest if the node has no operation that started at the time that was asked for
 */
export async function stateVisits(
  { history, executionHistory }: Pick<ApiPorts, 'history' | 'executionHistory'>,
  node: StatefulNode,
  { kind, startedAt, limit }: VisitsQuery,
  now: string,
): Promise<readonly StateVisit[]> {
  const only: HistoryQuery = { kind, since: startedAt, until: startedAt, limit: 1 };
  const record = underWay(node, only, now) ?? (await history.list(node.id, only)).records[0];
  if (record !== undefined) return (await executionHistory.visits(record.executionId, limit)) ?? [];
  if (startedAt === undefined) return [];
  const message = `${node.id} has no ${kind ?? 'operation'} that started then: take it from the list of operations`;
  throw new InvalidRequest([{ field: 'startedAt', message }]);
}

/** Where a record is in the order of the list. */
export function placeOf({ startedAt, kind }: Pick<OperationRecord, 'startedAt' | 'kind'>): string {
  return `${startedAt}#${kind}`;
}

/** On the first page only, if the query asks for it. */
function underWay(
  node: StatefulNode,
  { since = '', until, kind, nextToken }: HistoryQuery,
  now: string,
): OperationRecord | undefined {
  const { operation } = node;
  if (operation === undefined || nextToken !== undefined) return undefined;
  const isInRange = operation.startedAt >= since && (until === undefined || operation.startedAt <= until);
  const isWanted = kind === undefined || kind === operation.kind;
  return isInRange && isWanted ? recordSoFar({ node, operation }, NOTHING_OBSERVED, now) : undefined;
}

async function linesOf(
  log: Ports['log'],
  nodeId: string,
  records: readonly OperationRecord[],
  now: string,
): Promise<readonly LogEntry[]> {
  const [newest, oldest] = [records[0], records.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const toDate = new Date(Date.parse(newest.endedAt ?? now) + LAST_LINE_MS).toISOString();
  const lines: LogEntry[] = [];
  let nextToken: string | undefined;
  do {
    const page = await log.read(nodeId, { fromDate: oldest.startedAt, toDate, limit: LINES_AT_ONCE, nextToken });
    lines.push(...page.entries.filter(({ step }) => step !== undefined));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return lines;
}
