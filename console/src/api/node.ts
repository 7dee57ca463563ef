/** Reads what the API says of one node. */
import type { Connection } from './connection';
import { ApiError } from './errors';
import type { InstanceMetrics, Operation, OperationKind, StateVisit } from './node-types';
import type { LogEntry, Page } from './schemas';

export const pathOf = (id: string): string => `/aws/ec2/managedInstance/${encodeURIComponent(id)}`;

/** @throws ApiError */
export async function readOne<Item>({ read }: Connection, path: string, signal: AbortSignal): Promise<Item> {
  const [item] = (await read<Item>(path, signal)).items;
  if (item === undefined) throw new ApiError(404, [{ message: 'The API responded without an item.' }]);
  return item;
}

export interface OperationQuery {
  readonly kind?: OperationKind | undefined;
  readonly limit: number;
  readonly nextToken?: string | undefined;
}

/** Newest first. @throws ApiError */
export function readOperations(
  { read }: Connection,
  id: string,
  query: OperationQuery,
  signal?: AbortSignal,
): Promise<Page<Operation>> {
  return read<Operation>(`${pathOf(id)}/operations?${queryOf({ ...query })}`, signal);
}

/** The states that the operation went through, newest first; none if they are no longer kept. @throws ApiError */
export async function readStateVisits(
  { read }: Connection,
  id: string,
  { kind, startedAt }: Pick<Operation, 'kind' | 'startedAt'>,
  signal: AbortSignal,
): Promise<readonly StateVisit[]> {
  return (await read<StateVisit>(`${pathOf(id)}/stateVisits?${queryOf({ kind, startedAt })}`, signal)).items;
}

export interface LogQuery {
  /** ISO 8601, inclusive. */
  readonly fromDate?: string | undefined;
  /** ISO 8601, inclusive. */
  readonly toDate?: string | undefined;
  /** The lowest severity. */
  readonly severity?: LogEntry['severity'] | undefined;
}

/** As many as the API returns at once. */
const LOG_PAGE = 1_000;

/** All entries of the query, oldest first. @throws ApiError */
export async function readLog(
  { read }: Connection,
  id: string,
  query: LogQuery,
  signal: AbortSignal,
): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let nextToken: string | undefined; ;) {
    const page: Page<LogEntry> = await read<LogEntry>(
      `${pathOf(id)}/log?${queryOf({ ...query, limit: LOG_PAGE, nextToken })}`,
      signal,
    );
    entries.push(...page.items);
    nextToken = page.nextToken;
    if (nextToken === undefined) return entries;
  }
}

/** Newest instance first. @param since ISO 8601 @throws ApiError */
export async function readMetrics(
  { read }: Connection,
  id: string,
  since: string,
  signal: AbortSignal,
): Promise<readonly InstanceMetrics[]> {
  return (await read<InstanceMetrics>(`${pathOf(id)}/metrics?${queryOf({ since })}`, signal)).items;
}

function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return new URLSearchParams(given).toString();
}
