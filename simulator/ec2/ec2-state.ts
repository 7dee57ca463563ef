/**
 * What every part of the simulated EC2 shares: the world, the time, the randomness, the transitions that will
 * happen by themselves, and those who want to hear of what happens.
 */
import type { Clock } from '../time/clock';
import { envelope, type EventBridgeEvent, type Occurrence } from '../events';
import { drawLatencyMs, type Lateness, type Latencies, type LatencyName } from './latencies';
import type { Random } from '../time/random';
import type { TagSet, Transition, World } from './world';

/** One thing that changed, for timelines and traces. */
export interface TransitionRecord {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly resourceId: string;
  readonly what: 'instance' | 'interface' | 'attachment' | 'association';
  readonly from: string;
  readonly to: string;
}

export interface SimulationOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly random: Random;
  readonly latencies: Latencies;
  readonly lateness: Lateness;
  /** Of the pages under a filter, the share that is shorter than asked for: from 0 to 1. */
  readonly shortPageShare: number;
  readonly emit: (event: EventBridgeEvent) => void;
  readonly onTransition: (record: TransitionRecord) => void;
}

export class Simulation {
  readonly world: World;
  private carryOut: (transition: Transition) => void = () => undefined;

  constructor(private readonly options: SimulationOptions) {
    this.world = options.world;
  }

  /** Arms the transitions that the world already holds, and says who carries transitions out from now on. */
  start(carryOut: (transition: Transition) => void): void {
    this.carryOut = carryOut;
    for (const key of this.world.pending.keys()) this.arm(key);
  }

  get shortPageShare(): number {
    return this.options.shortPageShare;
  }

  get lateness(): Lateness {
    return this.options.lateness;
  }

  now(): number {
    return this.options.clock.now();
  }

  /** Milliseconds, drawn for one occasion. */
  latencyMs(name: LatencyName): number {
    return drawLatencyMs(this.options.latencies[name], this.drawn(`latency/${name}`));
  }

  /** Milliseconds, drawn for one occasion. */
  lateMs(name: 'describeLagMs' | 'quotaLagMs'): number {
    return drawLatencyMs(this.lateness[name], this.drawn(`latency/${name}`));
  }

  /** A stream for one occasion, which depends on the seed, the purpose and how often it was asked for. */
  drawn(purpose: string): Random {
    return this.options.random.fork(`${purpose}/${this.count(purpose)}`);
  }

  /** An id in EC2's long format: the prefix, 0 and 16 hexadecimal digits. */
  newId(prefix: string): string {
    return `${prefix}-0${this.drawn(`id/${prefix}`).hex(16)}`;
  }

  newUuid(purpose: string): string {
    const draw = this.drawn(purpose);
    return [8, 4, 4, 4, 12].map((digits) => draw.hex(digits)).join('-');
  }

  nextOrdinal(): number {
    return this.count('ordinal');
  }

  /** Tags of something new: seen after a while, like every tag. */
  newTags(tags: Readonly<Record<string, string>>): TagSet {
    const lag = Object.keys(tags).length > 0 ? this.latencyMs('tagsVisible') : 0;
    return { current: { ...tags }, previous: {}, visibleAt: this.now() + lag, areFromMaking: true };
  }

  after(delayMs: number, transition: Transition): void {
    const key = this.count('transition');
    this.world.pending.set(key, { dueAt: this.now() + delayMs, transition });
    this.arm(key);
  }

  changed(resourceId: string, what: TransitionRecord['what'], from: string, to: string): void {
    this.options.onTransition({ at: this.now(), resourceId, what, from, to });
  }

  emit(occurrence: Occurrence): void {
    const id = this.newUuid('id/event');
    const { accountId, region } = this.world;
    this.options.emit(envelope(occurrence, { id, accountId, region, atMs: this.now() }));
  }

  private arm(key: number): void {
    const pending = this.world.pending.get(key);
    if (pending === undefined) return;
    this.options.clock.setTimeout(
      () => {
        this.world.pending.delete(key);
        this.carryOut(pending.transition);
      },
      Math.max(0, pending.dueAt - this.now()),
    );
  }

  private count(what: string): number {
    const number = (this.world.draws.get(what) ?? 0) + 1;
    this.world.draws.set(what, number);
    return number;
  }
}
