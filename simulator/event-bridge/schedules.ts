/**
 * Rules with a schedule. Each fires first one interval after the start, like a rule that was just deployed. Times that
 * pass while the process does not run are skipped.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
import type { Clock, Timer } from '../time/clock';
import type { EventBridgeEvent } from '../events';
import type { Random } from '../time/random';
import type { ScheduleDefinition } from '../cloudformation/template';
import { ACCOUNT_ID, REGION } from '../cloudformation/template-values';

export interface SchedulesOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Passes the event to a target. Must not reject: the target makes its own retries. */
  readonly send: (targetArn: string, event: EventBridgeEvent) => Promise<void>;
}

export class Schedules {
  private readonly timers = new Map<string, Timer>();
  private underWay = 0;

  constructor(
    private readonly definitions: readonly ScheduleDefinition[],
    private readonly options: SchedulesOptions,
  ) {}

  start(): void {
    for (const definition of this.definitions) this.wait(definition);
  }

  /** Stops all schedules. Events already sent are still handled. */
  stop(): void {
    for (const timer of this.timers.values()) this.options.clock.clearTimeout(timer);
    this.timers.clear();
  }

  /** Whether a target is still handling a scheduled event. Waiting for the next time does not count. */
  isBusy(): boolean {
    return this.underWay > 0;
  }

  /** The event that a schedule would send now. */
  eventOf({ ruleArn }: ScheduleDefinition): EventBridgeEvent {
    const { clock, random } = this.options;
    return {
      version: '0',
      id: [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-'),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: ACCOUNT_ID,
      time: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: REGION,
      resources: [ruleArn],
      detail: {},
    };
  }

  private wait(definition: ScheduleDefinition): void {
    const timer = this.options.clock.setTimeout(() => {
      this.wait(definition);
      const event = this.eventOf(definition);
      for (const targetArn of definition.targetArns) this.send(targetArn, event);
    }, definition.everyMs);
    this.timers.set(definition.logicalId, timer);
  }

  private send(targetArn: string, event: EventBridgeEvent): void {
    this.underWay += 1;
    void this.options.send(targetArn, event).finally(() => (this.underWay -= 1));
  }
}
