/**
 * EventBridge's default bus: rules, and delayed delivery to their targets.
 *
 * EC2's events are best effort. A run may therefore decide for every delivery how many copies arrive, and when.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html
 */
import type { Clock } from '../time/clock';
import type { Random } from '../time/random';
import { compilePattern } from './event-pattern';
import { throughJson, type Json } from '../json';
import type { RuleDefinition } from '../cloudformation/template';

/** When the copies of an event arrive. No copy means a lost event, two mean a duplicate. */
export interface Delivery {
  /** Milliseconds from publication, for each copy. */
  readonly copies: readonly number[];
}

/** Decides how one event is delivered to one target (an ARN). Undefined: as usual. */
export type Deliver = (event: Json, targetArn: string) => Delivery | undefined;

export interface EventBusOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** @default - one copy, 100 to 500 ms after publication */
  readonly deliver?: Deliver | undefined;
  /** Passes one copy to a target. Must not reject: the target makes its own retries. */
  readonly send: (targetArn: string, event: Json) => Promise<void>;
}

const LATENCY_MS = { least: 100, most: 500 };

export class EventBus {
  private readonly rules: readonly { matches: (event: unknown) => boolean; targetArns: readonly string[] }[];
  private underWay = 0;

  /** @throws UnsupportedPattern */
  constructor(
    rules: readonly RuleDefinition[],
    private readonly options: EventBusOptions,
  ) {
    this.rules = rules.map(({ pattern, targetArns }) => ({ matches: compilePattern(pattern), targetArns }));
  }

  publish(event: unknown): void {
    const sent = throughJson(event);
    const targets = this.rules.filter((rule) => rule.matches(sent)).flatMap((rule) => rule.targetArns);
    for (const targetArn of targets) {
      const { copies } = this.options.deliver?.(sent, targetArn) ?? this.deliverOnce();
      for (const delayMs of copies) this.deliverLater(targetArn, sent, delayMs);
    }
  }

  /** Whether an event has yet to arrive, or its target is still handling it. */
  isBusy(): boolean {
    return this.underWay > 0;
  }

  private deliverOnce(): Delivery {
    return { copies: [Math.round(this.options.random.between(LATENCY_MS.least, LATENCY_MS.most))] };
  }

  private deliverLater(targetArn: string, event: Json, delayMs: number): void {
    this.underWay += 1;
    this.options.clock.setTimeout(() => {
      void this.options.send(targetArn, throughJson(event)).finally(() => (this.underWay -= 1));
    }, delayMs);
  }
}
