/** The pacer and the memory of dry pools, in memory. Neither is in the journal: only times depend on them. */
import { appliesTo, dryPoolOf, isStillDry, type DryPool } from '../../domain/capacity/dry-pools';
import { PACED_ACTIONS, type PacedActionName } from '../../domain/throttling/paced-actions';
import type { Permit } from '../../domain/node/stateful-node';
import {
  afterRefusal,
  faster,
  IDLE,
  jumpMove,
  levelOf,
  moved,
  permitAtOnce,
  permitOf,
  takeMove,
  turnOfPermit,
  type Level,
  type Turns,
} from '../../domain/throttling/turns';
import type { DryPools, Pacer } from '../../lambdas/ports';

export class InMemoryPacer implements Pacer {
  readonly turns = new Map<PacedActionName, Turns>();
  /** Whether DynamoDB does not answer, or the item is unreadable. */
  isUnavailable = false;

  async level(name: PacedActionName, now: string): Promise<Level> {
    return this.isUnavailable ? IDLE : levelOf(this.turns.get(name), PACED_ACTIONS[name], Date.parse(now));
  }

  async take(name: PacedActionName, now: string): Promise<Permit> {
    return this.join(name, now, takeMove);
  }

  async takeIfSoon(name: PacedActionName, now: string, withinMs: number): Promise<Permit | undefined> {
    const nextTurnMs = this.turns.get(name)?.nextTurnMs ?? 0;
    const isLate = !this.isUnavailable && nextTurnMs > Date.parse(now) + withinMs;
    return isLate ? undefined : this.take(name, now);
  }

  async jump(name: PacedActionName, now: string): Promise<Permit> {
    return this.join(name, now, jumpMove);
  }

  async turnAt(name: PacedActionName, permit: Permit, now: string): Promise<string> {
    if (this.isUnavailable) return now;
    if (permit.ticket !== undefined) this.recover(name, now);
    return new Date(turnOfPermit(this.turns.get(name), permit, Date.parse(now))).toISOString();
  }

  async refused(name: PacedActionName, now: string): Promise<void> {
    const turns = this.turns.get(name);
    if (turns === undefined || this.isUnavailable) return;
    this.turns.set(name, afterRefusal(turns, PACED_ACTIONS[name], Date.parse(now)));
  }

  private join(name: PacedActionName, now: string, choose: typeof takeMove): Permit {
    if (this.isUnavailable) return permitAtOnce(now);
    const nowMs = Date.parse(now);
    const before = this.turns.get(name);
    const move = choose(before, PACED_ACTIONS[name], nowMs);
    if (move === 'too-far') return permitAtOnce(now);
    const after = moved(before, move, PACED_ACTIONS[name], nowMs);
    this.turns.set(name, after);
    if (move === 'reset') this.recover(name, now);
    return permitOf(move, after, nowMs);
  }

  private recover(name: PacedActionName, now: string): void {
    const turns = this.turns.get(name);
    const recovered = turns && faster(turns, PACED_ACTIONS[name], Date.parse(now));
    if (recovered !== undefined) this.turns.set(name, recovered);
  }
}

export class InMemoryDryPools implements DryPools {
  readonly noted: DryPool[] = [];
  isUnavailable = false;

  async note(...[pool, refusal, now]: Parameters<DryPools['note']>): Promise<void> {
    const dry = dryPoolOf(pool, refusal, now);
    if (dry !== undefined && !this.isUnavailable) this.noted.push(dry);
  }

  async read(...[pools, now]: Parameters<DryPools['read']>): Promise<readonly DryPool[]> {
    if (this.isUnavailable) return [];
    const latest = new Map<string, DryPool>();
    for (const dry of this.noted.filter((each) => isStillDry(each, now))) {
      const { refusedAt, ...what } = dry;
      const key = JSON.stringify(what);
      if ((latest.get(key)?.refusedAt ?? '') < refusedAt) latest.set(key, dry);
    }
    return [...latest.values()].filter((dry) => pools.some((pool) => appliesTo(dry, pool)));
  }
}
