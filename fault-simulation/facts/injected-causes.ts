/**
 * The causes that a run injects: faults, manual changes and requests, with the node and the time that each concerns. A
 * cause excuses a deviation if it may have led to it. A deviation without an excuse is a violation.
 */

export type CauseKind =
  /** A faulted call, or a crashed function. */
  | 'call'
  /** A faulted event delivery. */
  | 'event'
  /** An execution that was aborted, or whose operation another one took over while it ran. */
  | 'abort'
  /** A change by a console user. */
  | 'manual-change'
  /** An instance that EC2 reclaimed or impaired, or that a user protected from termination. */
  | 'instance'
  | 'interface'
  | 'capacity'
  /** Launches that fail while they are pending, or whose guests shut them down. */
  | 'launch'
  /** A table that was lost and replaced. */
  | 'table'
  /** A request by a user of the API. */
  | 'request';

interface Cause {
  readonly kind: CauseKind;
  /** Undefined if it may concern every node. */
  readonly nodeId: string | undefined;
  readonly atMs: number;
  /** When it ends; Infinity until the faults stop. */
  untilMs: number;
}

/** Faults between Holdfast's functions and the services. */
export const CONTROL_PLANE_FAULTS: readonly CauseKind[] = ['call', 'event', 'abort'];
/** Every cause except requests, which a user may make at any time. */
export const ALL_FAULTS: readonly CauseKind[] = [
  ...CONTROL_PLANE_FAULTS,
  'manual-change',
  'instance',
  'interface',
  'capacity',
  'launch',
  'table',
];

export class Causes {
  private readonly all: Cause[] = [];

  /** @param untilMs when the cause ends. @default - at once */
  add(kind: CauseKind, nodeId: string | undefined, atMs: number, untilMs = atMs): void {
    this.all.push({ kind, nodeId, atMs, untilMs });
  }

  /** The faults have stopped: causes that last until then end at this time. */
  endLasting(untilMs: number): void {
    for (const cause of this.all) if (cause.untilMs === Infinity) cause.untilMs = untilMs;
  }

  /** How many causes may have affected the node since then. */
  countSince(nodeId: string, sinceMs: number): number {
    return this.all.filter(
      ({ nodeId: concerned, atMs, untilMs }) =>
        (atMs >= sinceMs || untilMs >= sinceMs) && (concerned === undefined || concerned === nodeId),
    ).length;
  }

  /** How many causes of these kinds may have affected the node since then. */
  count(kinds: readonly CauseKind[], nodeId: string, sinceMs: number): number {
    return this.all.filter(
      (cause) =>
        kinds.includes(cause.kind) &&
        cause.untilMs >= sinceMs &&
        (cause.nodeId === undefined || cause.nodeId === nodeId),
    ).length;
  }

  /** Whether a cause of these kinds may have affected the node since then. */
  excuse(kinds: readonly CauseKind[], nodeId: string, sinceMs: number): boolean {
    return this.count(kinds, nodeId, sinceMs) > 0;
  }
}
