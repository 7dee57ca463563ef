/** Reads and follows a node's log. */
import { answerOf, type Api, type LogEntry } from '../api/client';
import { paintSeverity, type Style } from '../output/style';
import { printable, shortTime } from '../output/text';

export interface LogQuery {
  /** A time or a day, as the API takes them. */
  readonly fromDate?: string | undefined;
  readonly toDate?: string | undefined;
  readonly severity?: LogEntry['severity'] | undefined;
}

const PAGE = 1000;

/** Oldest first. */
export async function readLog({ client }: Api, id: string, query: LogQuery): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  let nextToken: string | undefined;
  do {
    const page = await answerOf(
      client.GET('/aws/ec2/managedInstance/{id}/log', {
        params: { path: { id }, query: { ...given, limit: PAGE, ...(nextToken !== undefined && { nextToken }) } },
      }),
    );
    entries.push(...page.items);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return entries;
}

/**
 * How far back each reading begins, in milliseconds. Functions that run at the same time write with clocks of their own,
 * so an entry may be older than one that was read before it.
 */
const OVERLAP_MS = 10_000;

/** Reads the new entries of a log, each of them once. */
export class LogFollower {
  /** The entries within the overlap that were returned already. */
  private seen: readonly LogEntry[] = [];

  constructor(
    private readonly api: Api,
    private readonly id: string,
    private query: LogQuery,
  ) {}

  async next(): Promise<readonly LogEntry[]> {
    const entries = await readLog(this.api, this.id, this.query);
    const unseen = without(entries, this.seen);
    const latest = Math.max(...entries.map(({ createdAt }) => Date.parse(createdAt)));
    if (entries.length > 0) {
      const from = new Date(latest - OVERLAP_MS).toISOString();
      if (this.query.fromDate === undefined || from > this.query.fromDate)
        this.query = { ...this.query, fromDate: from };
      this.seen = entries.filter(({ createdAt }) => createdAt >= from);
    }
    return unseen;
  }
}

/** The entries that are not among the others. Of equal entries, as many as there are more. */
export function without(entries: readonly LogEntry[], others: readonly LogEntry[]): readonly LogEntry[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(keyOf(other), (counts.get(keyOf(other)) ?? 0) + 1);
  return entries.filter((entry) => {
    const count = counts.get(keyOf(entry)) ?? 0;
    counts.set(keyOf(entry), count - 1);
    return count <= 0;
  });
}

function keyOf({ createdAt, severity, message }: LogEntry): string {
  return `${createdAt} ${severity} ${message}`;
}

export function logLine({ createdAt, severity, message }: LogEntry, style: Style): string {
  return `${style.paint('gray', shortTime(createdAt))}  ${paintSeverity(style, severity)}  ${printable(message)}\n`;
}
