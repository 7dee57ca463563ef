/** Events that are lost, doubled, delayed or overtaken, because EC2 delivers events on a best-effort basis. */
import type { Delivery } from '../../simulator/event-bridge/event-bus';
import type { Json } from '../../simulator/json';
import type { Random } from '../../simulator/time/random';
import type { EventFault } from '../scenario/scenario';

const ORDINARY_MS = { least: 100, most: 500 };
const PROMPT_MS = { least: 1, most: 30 };
const DOUBLE_AFTER_MS = [1_000, 20_000, 200_000];
const DELAYS_MS = [5_000, 60_000, 180_000];
/** Long enough for the next event to arrive first. */
const OVERTAKEN_MS = 3_000;

const DETAIL_TYPES = {
  'state-change': 'EC2 Instance State-change Notification',
  warning: 'EC2 Spot Instance Interruption Warning',
} as const;

export class EventFaults {
  private readonly armed: (EventFault & { left: number })[] = [];

  constructor(
    private readonly isPrompt: boolean,
    private readonly random: Random,
    private readonly onInject: (fault: EventFault, event: Json) => void,
  ) {}

  arm(fault: EventFault): void {
    this.armed.push({ ...fault, left: fault.count });
  }

  disarm(): void {
    this.armed.splice(0);
  }

  readonly deliver = (event: Json): Delivery => {
    const { least, most } = this.isPrompt ? PROMPT_MS : ORDINARY_MS;
    const ordinaryMs = Math.round(this.random.between(least, most));
    const fault = this.take(event);
    if (fault === undefined) return { copies: [ordinaryMs] };
    this.onInject(fault, event);
    switch (fault.fault) {
      case 'lost':
        return { copies: [] };
      case 'doubled':
        return { copies: [ordinaryMs, ordinaryMs + this.one(DOUBLE_AFTER_MS)] };
      case 'delayed':
        return { copies: [this.one(DELAYS_MS)] };
      case 'reordered':
        return { copies: [OVERTAKEN_MS] };
    }
  };

  private take(event: Json): EventFault | undefined {
    const type = (event as Record<string, unknown>)['detail-type'];
    const index = this.armed.findIndex((fault) => DETAIL_TYPES[fault.of] === type);
    const fault = this.armed[index];
    if (fault === undefined) return undefined;
    fault.left -= 1;
    if (fault.left === 0) this.armed.splice(index, 1);
    return fault;
  }

  private one(values: readonly number[]): number {
    return values[this.random.below(values.length)]!;
  }
}
