/** The node log: what happened to a node, in order, for a person. */

export const LOG_SEVERITIES = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export type LogSeverity = (typeof LOG_SEVERITIES)[number];

export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly severity: LogSeverity;
  readonly message: string;
}

export interface LogQuery {
  /** ISO 8601, UTC, inclusive. */
  readonly fromDate?: string | undefined;
  /** ISO 8601, UTC, inclusive. */
  readonly toDate?: string | undefined;
  /** This severity and the more severe ones. */
  readonly severity?: LogSeverity | undefined;
  /** The maximum number of entries in a page. */
  readonly limit: number;
  /** From the previous page. */
  readonly nextToken?: string | undefined;
}

export interface LogPage {
  /** Oldest first. */
  readonly entries: readonly LogEntry[];
  readonly nextToken?: string | undefined;
}

/** How many days an entry is kept. */
export const LOG_KEPT_DAYS = 90;

/** The severity and the more severe ones. */
export function atLeast(severity: LogSeverity): readonly LogSeverity[] {
  return LOG_SEVERITIES.slice(LOG_SEVERITIES.indexOf(severity));
}
