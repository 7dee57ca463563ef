/** What was made to go wrong in a run, when, and for whom: what happens without any of it has no excuse. */

export type CauseKind =
  /** A call, or the end of its function. */
  | 'call'
  /** An event on its way. */
  | 'event'
  /** An execution that was aborted. */
  | 'abort'
  /** Something that people have done at the console. */
  | 'meddling'
  /** An instance that EC2 took back, or that a person asked to be replaced. */
  | 'instance'
  | 'interface'
  | 'capacity'
  /** Launches that die, or whose guests end them. */
  | 'launch'
  /** The table was another one for a while. */
  | 'table'
  /** What a person asked for with the API. */
  | 'request';

interface Cause {
  readonly kind: CauseKind;
  /** Absent: it may concern every node. */
  readonly nodeId: string | undefined;
  readonly atMs: number;
  /** Until when it goes on; Infinity: until faults cease. */
  untilMs: number;
}

/** What goes wrong between Holdfast's functions and the services. */
export const OF_THE_MACHINERY: readonly CauseKind[] = ['call', 'event', 'abort'];
/** Everything but what a person may ask for at any time. */
export const TROUBLES: readonly CauseKind[] = [
  ...OF_THE_MACHINERY,
  ...(['meddling', 'instance', 'interface', 'capacity', 'launch', 'table'] as const),
];

export class Causes {
  private readonly all: Cause[] = [];

  /** @param untilMs until when it goes on: over at once without it */
  add(kind: CauseKind, nodeId: string | undefined, atMs: number, untilMs = atMs): void {
    this.all.push({ kind, nodeId, atMs, untilMs });
  }

  /** Faults have ceased: what was to go on until then is over at that time. */
  cease(untilMs: number): void {
    for (const cause of this.all) if (cause.untilMs === Infinity) cause.untilMs = untilMs;
  }

  /** How many things have begun that may have touched the node since then. */
  begunSince(nodeId: string, sinceMs: number): number {
    return this.all.filter(
      ({ nodeId: concerned, atMs, untilMs }) =>
        (atMs >= sinceMs || untilMs >= sinceMs) && (concerned === undefined || concerned === nodeId),
    ).length;
  }

  /** How many of the kinds may have touched the node since then. */
  count(kinds: readonly CauseKind[], nodeId: string, sinceMs: number): number {
    return this.all.filter(
      (cause) =>
        kinds.includes(cause.kind) &&
        cause.untilMs >= sinceMs &&
        (cause.nodeId === undefined || cause.nodeId === nodeId),
    ).length;
  }

  excuse(kinds: readonly CauseKind[], nodeId: string, sinceMs: number): boolean {
    return this.count(kinds, nodeId, sinceMs) > 0;
  }
}
