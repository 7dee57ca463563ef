/**
 * The node log: what happened to a node, in order, for a person. A line that a step has written also says, for programs,
 * which step it was: the record of an operation is put together from these lines (`domain/operation/operation-record.ts`).
 */
import type { InstanceState } from './observations';

export const LOG_SEVERITIES = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export type LogSeverity = (typeof LOG_SEVERITIES)[number];

export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly severity: LogSeverity;
  readonly message: string;
  /** The step that wrote the line. Absent if it was none, and in lines of earlier versions. */
  readonly step?: LoggedStep | undefined;
}

/**
 * - `done`: the step has returned.
 * - `waits`: it has subscribed. Its state of the state machine ends when something wakes it.
 * - `retried`: it has failed, and the same state tries it again.
 * - `failed`: it has failed, and the state machine continues elsewhere.
 */
export const LOGGED_OUTCOMES = ['done', 'waits', 'retried', 'failed'] as const;

export interface LoggedStep {
  /** Like `detach-eni`. */
  readonly name: string;
  /** The number of the operation. */
  readonly generation: number;
  /** The state of the state machine. Absent if its execution began before an upgrade. */
  readonly stateName?: string | undefined;
  /** When the execution entered the state; ISO 8601, UTC. Absent with the name of the state. */
  readonly enteredAt?: string | undefined;
  readonly outcome: (typeof LOGGED_OUTCOMES)[number];
  /** The name of the error, if the step has failed. */
  readonly errorName?: string | undefined;
  /** What the step learned about instances. Absent: nothing. */
  readonly seen?: readonly InstanceSighting[] | undefined;
}

/** In an operation an instance is the one that the identity leaves, or the one that it gets. */
export const INSTANCE_ROLES = ['old', 'replacement'] as const;

export interface InstanceSighting {
  readonly instanceId: string;
  readonly role: (typeof INSTANCE_ROLES)[number];
  readonly state: InstanceState;
  /** When EC2's event says that it began, to the second, or when a step saw it; ISO 8601, UTC. */
  readonly at: string;
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
