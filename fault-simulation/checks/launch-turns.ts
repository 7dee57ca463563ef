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
/** A launch reads its turn, sleeps for a second at most, and makes other calls before the request. */
export const READ_WITHIN_MS = 5_000;
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
  /** Whether EC2 has refused a look before the request since the turn was read. */
  readonly isDelayed: boolean;
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
  /** What the turns were until recently. */
  private former: readonly { readonly turns: Turns; readonly untilMs: number }[] = [];
  /** By node, oldest first. A launch that met a throttle may have taken one ahead of the others, and still has its first. */
  private readonly permits = new Map<string, readonly Permit[]>();
  private isComplete = true;

  constructor(private readonly action: PacedAction = PACED_ACTIONS.RunInstances) {}

  /**
   * A function has written the pacer's item.
   * @param turns after the write
   * @param nodeId whose launch took a turn with the write; undefined if the turns only became slower or faster
   */
  wrote(turns: Turns, nodeId: string | undefined, nowMs: number): void {
    const isTicket = turns.issued !== this.turns?.issued;
    const recent = this.former.filter(({ untilMs }) => nowMs - untilMs <= READ_WITHIN_MS);
    this.former = this.turns === undefined ? recent : [...recent, { turns: this.turns, untilMs: nowMs }];
    this.turns = turns;
    if (nodeId === undefined) return;
    const turnMs = isTicket ? turns.nextTurnMs - turns.intervalMs : turns.nextFrontMs - turns.intervalMs;
    const permit = { ticket: isTicket ? turns.issued : undefined, turnMs };
    this.permits.set(nodeId, [...(this.permits.get(nodeId) ?? []), permit]);
  }

  /** The item is lost or unreadable: launches go without turns, and earlier turns are unknown. */
  forget(): void {
    this.used = 0;
    this.turns = undefined;
    this.former = [];
    this.permits.clear();
    this.isComplete = false;
  }

  /** A step sends a launch to EC2. Returns the violations. */
  requested(nodeId: string, by: Invocation, circumstances: RequestCircumstances): readonly string[] {
    const permits = this.permits.get(nodeId) ?? [];
    // The launch has its turn from before the item was lost, or none.
    const isUnknown = permits.length === 0 && !this.isComplete;
    const violations = [
      // Launches that were all delayed by the same throttle go together when it ends.
      ...(isUnknown || circumstances.isDelayed ? [] : this.tooMany(circumstances)),
      ...this.untimely(nodeId, permits, circumstances),
    ];
    const used = this.fitting(permits, circumstances) ?? permits.at(-1);
    if (used !== undefined) used.usedBy ??= by;
    return violations;
  }

  /** EC2 has refused the launch because it does not show yet what the launch names: it may be repeated in its turn. */
  notShownYet(nodeId: string): void {
    for (const permit of this.permits.get(nodeId) ?? []) permit.usedBy = undefined;
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

  private untimely(nodeId: string, permits: readonly Permit[], circumstances: RequestCircumstances): readonly string[] {
    const { nowMs, isWithoutPacer, isTakenOver } = circumstances;
    if (isWithoutPacer) return [];
    const last = permits.at(-1);
    if (last === undefined) return this.isComplete ? [`a launch of ${nodeId} was requested without a turn`] : [];
    const isOpen = ({ usedBy }: Permit): boolean => usedBy === undefined || usedBy.isFaulted || isTakenOver;
    if (!permits.some(isOpen)) return [`two launches of ${nodeId} were requested in one turn`];
    if (this.fitting(permits.filter(isOpen), circumstances) !== undefined) return [];
    const lateMs = nowMs - (this.turnsOf(last, nowMs)[0] ?? nowMs);
    return [`a launch of ${nodeId} was requested ${(lateMs / 1_000).toFixed(1)} s after its turn`];
  }

  /** The permit in whose turn the request comes. */
  private fitting(permits: readonly Permit[], { nowMs, clockErrorMs }: RequestCircumstances): Permit | undefined {
    return permits.find((permit) => {
      const turns = this.turnsOf(permit, nowMs);
      const [present] = turns;
      if (present === undefined) return true;
      const isEarly = nowMs < Math.min(...turns) - 2 * clockErrorMs;
      return !isEarly && nowMs <= present + LATE_MS + 2 * clockErrorMs;
    });
  }

  /** The permit's turn as it is now, and as it was when the launch may have read it. Empty if it is unknown. */
  private turnsOf({ ticket, turnMs }: Permit, nowMs: number): readonly number[] {
    if (ticket === undefined) return [turnMs];
    const recent = this.former.filter(({ untilMs }) => nowMs - untilMs <= READ_WITHIN_MS).map(({ turns }) => turns);
    const known = this.turns === undefined ? [] : [this.turns, ...recent];
    return known.map((turns) => turnOf(turns, ticket)).filter((turn) => turn !== undefined);
  }
}
