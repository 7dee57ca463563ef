/** Checks that launches keep to the turns that the pacer gives: by the pacer's writes, and by the requests to EC2. */
import { PACED_ACTIONS, type PacedAction } from '../../domain/throttling/paced-actions';
import { turnOf, type Turns } from '../../domain/throttling/turns';
import type { Invocation } from '../facts/invocation';

/**
 * How many requests may come beside those of the burst and the rate. A request may be made two seconds after its turn, so the
 * turns of as many seconds more may come together. And a front-runner goes at once, while the next ticket has read its turn
 * already.
 */
export const LATE_REQUESTS = 4;
/** A launch sleeps for the last second of its wait, and front-runners may move its turn meanwhile. */
export const EARLY_MS = 3_000;
/** A turn that passed 1.5 seconds ago has gone to another launch. Looks, writes and the Elastic IP come before the request. */
export const LATE_MS = 12_000;

/** A turn that a node's launch has. */
interface Permit {
  /** Undefined for a front-runner. */
  readonly ticket: number | undefined;
  readonly turnMs: number;
  /** The invocation that made the first request with it. */
  usedBy?: Invocation;
}

export interface RequestCircumstances {
  readonly nowMs: number;
  /** How far the clocks of functions may be off, in milliseconds. */
  readonly clockErrorMs: number;
  /** How many requests faults may have caused beside the turns. */
  readonly faults: number;
  /** Whether the pacer's own calls for the node were faulted, so that the launch goes without a turn. */
  readonly isWithoutPacer: boolean;
  /** Whether two executions of the operation may run. */
  readonly isTakenOver: boolean;
}

export class LaunchTurns {
  /** How much of the burst was used up at the last request. */
  private used = 0;
  private lastMs = -Infinity;
  private turns: Turns | undefined;
  /** By node. */
  private readonly permits = new Map<string, Permit>();
  private isComplete = true;

  constructor(private readonly action: PacedAction = PACED_ACTIONS.RunInstances) {}

  /**
   * A function has written the pacer's item.
   * @param turns after the write
   * @param nodeId whose launch took a turn with the write; undefined if the turns only became slower or faster
   */
  wrote(turns: Turns, nodeId: string | undefined): void {
    const isTicket = turns.issued !== this.turns?.issued;
    this.turns = turns;
    if (nodeId === undefined) return;
    const turnMs = isTicket ? turns.nextTurnMs - turns.intervalMs : turns.nextFrontMs - turns.intervalMs;
    this.permits.set(nodeId, { ticket: isTicket ? turns.issued : undefined, turnMs });
  }

  /** The item is lost or unreadable: launches go without turns, and earlier turns are unknown. */
  forget(): void {
    this.used = 0;
    this.turns = undefined;
    this.permits.clear();
    this.isComplete = false;
  }

  /** A step sends a launch to EC2. Returns the violations. */
  requested(nodeId: string, by: Invocation, circumstances: RequestCircumstances): readonly string[] {
    const permit = this.permits.get(nodeId);
    // The launch has its turn from before the item was lost, or none.
    const isUnknown = permit === undefined && !this.isComplete;
    const violations = [
      ...(isUnknown ? [] : this.tooMany(circumstances)),
      ...this.untimely(nodeId, permit, circumstances),
    ];
    if (permit !== undefined) permit.usedBy ??= by;
    return violations;
  }

  /** EC2 has refused the launch because it does not show yet what the launch names: it may be repeated in its turn. */
  notShownYet(nodeId: string): void {
    const permit = this.permits.get(nodeId);
    if (permit !== undefined) permit.usedBy = undefined;
  }

  /** In any t seconds there may be as many requests as the burst and t times the rate. */
  private tooMany({ nowMs, clockErrorMs, faults }: RequestCircumstances): readonly string[] {
    const { burst, intervalMs } = this.action;
    this.used = Math.max(0, this.used - (nowMs - this.lastMs) / intervalMs) + 1;
    this.lastMs = nowMs;
    // Clocks may differ by twice their error.
    const most = burst + LATE_REQUESTS + Math.ceil((2 * clockErrorMs) / intervalMs) + faults;
    return this.used <= most ? [] : [`more than ${most} launches were requested before their turns`];
  }

  private untimely(
    nodeId: string,
    permit: Permit | undefined,
    { nowMs, clockErrorMs, isWithoutPacer, isTakenOver }: RequestCircumstances,
  ): readonly string[] {
    if (isWithoutPacer) return [];
    if (permit === undefined) return this.isComplete ? [`a launch of ${nodeId} was requested without a turn`] : [];
    const { ticket, usedBy } = permit;
    if (usedBy !== undefined && !usedBy.isFaulted && !isTakenOver) {
      return [`two launches of ${nodeId} were requested in one turn`];
    }
    const turnMs = ticket === undefined ? permit.turnMs : this.turns && turnOf(this.turns, ticket);
    const lateMs = turnMs === undefined ? 0 : nowMs - turnMs;
    const isInTime = lateMs >= -EARLY_MS - 2 * clockErrorMs && lateMs <= LATE_MS + 2 * clockErrorMs;
    return isInTime ? [] : [`a launch of ${nodeId} was requested ${(lateMs / 1_000).toFixed(1)} s after its turn`];
  }
}
