/**
 * What all parts of the simulated EC2 share: the world, the time, the randomness, the pending transitions, and the
 * listeners for events and changes.
 */
import type { Clock } from '../time/clock';
import { envelope, type EventBridgeEvent, type Occurrence } from '../events';
import { drawLatencyMs, type Lateness, type Latencies, type LatencyName } from './latencies';
import type { Random } from '../time/random';
import type { TagSet, Transition, World } from './world';

/** One change of state, for timelines and traces. */
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
  /** The share of filtered pages that hold fewer entities than requested, from 0 to 1. */
  readonly shortPageShare: number;
  readonly emit: (event: EventBridgeEvent) => void;
  readonly onTransition: (record: TransitionRecord) => void;
}

export class Simulation {
  readonly world: World;
  private perform: (transition: Transition) => void = () => undefined;

  constructor(private readonly options: SimulationOptions) {
    this.world = options.world;
  }

  /** Schedules the pending transitions of the world. `perform` runs each transition when it is due. */
  start(perform: (transition: Transition) => void): void {
    this.perform = perform;
    for (const key of this.world.pending.keys()) this.schedule(key);
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

  /** A newly drawn latency, in milliseconds. */
  latencyMs(name: LatencyName): number {
    return drawLatencyMs(this.options.latencies[name], this.drawn(`latency/${name}`));
  }

  /** A newly drawn latency, in milliseconds. */
  lateMs(name: 'describeLagMs' | 'quotaLagMs'): number {
    return drawLatencyMs(this.lateness[name], this.drawn(`latency/${name}`));
  }

  /** A new random stream. It depends only on the seed, the purpose and how often this purpose was drawn for. */
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

  /** The tags of a new entity. Like all tags, describe calls show them after a delay. */
  newTags(tags: Readonly<Record<string, string>>): TagSet {
    const lag = Object.keys(tags).length > 0 ? this.latencyMs('tagsVisible') : 0;
    return { current: { ...tags }, previous: {}, visibleAt: this.now() + lag, areFromCreation: true };
  }

  after(delayMs: number, transition: Transition): void {
    const key = this.count('transition');
    this.world.pending.set(key, { dueAt: this.now() + delayMs, transition });
    this.schedule(key);
  }

  changed(resourceId: string, what: TransitionRecord['what'], from: string, to: string): void {
    this.options.onTransition({ at: this.now(), resourceId, what, from, to });
  }

  emit(occurrence: Occurrence): void {
    const id = this.newUuid('id/event');
    const { accountId, region } = this.world;
    this.options.emit(envelope(occurrence, { id, accountId, region, atMs: this.now() }));
  }

  private schedule(key: number): void {
    const pending = this.world.pending.get(key);
    if (pending === undefined) return;
    this.options.clock.setTimeout(
      () => {
        this.world.pending.delete(key);
        this.perform(pending.transition);
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
