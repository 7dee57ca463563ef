/** What happened, in order: events, steps of the state machine, calls to EC2, and what changed in EC2. */
import type { HistoryEntry } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { TransitionRecord } from '../../simulator/ec2/ec2-state';

export type Happening =
  | {
      readonly kind: 'event';
      /** EventBridge's detail-type. */
      readonly what: string;
      readonly instanceId: string;
      readonly action?: string;
    }
  | {
      readonly kind: 'step';
      /** The name of the state. */
      readonly what: string;
      readonly workflow: string;
      readonly phase: 'entered' | 'failed' | 'retried' | 'caught';
      readonly error?: string;
    }
  | {
      readonly kind: 'call';
      /** The EC2 command. It stands where it was sent. */
      readonly what: string;
      /** The resources that it names. */
      readonly resourceIds: readonly string[];
      /** `ok`, or EC2's error code. */
      readonly outcome: string;
      readonly durationSeconds: number;
    }
  | {
      readonly kind: 'change';
      /** `address`: whether it leads to a running instance, which follows from all the others. */
      readonly what: TransitionRecord['what'] | 'address';
      readonly resourceId: string;
      readonly from: string;
      readonly to: string;
    };

export type Entry = Happening & { readonly atSeconds: number };

/** Ids that a reader of a timeline looks for; a call also names images, groups and subnets. */
const NAMED_RESOURCE = /^(i|eni|eni-attach|eipalloc)-[0-9a-f]+$/;

export class Timeline {
  private readonly recorded: { readonly atMs: number; readonly happening: Happening }[] = [];

  add(atMs: number, happening: Happening): void {
    this.recorded.push({ atMs, happening });
  }

  addCall({ at, durationMs, command, input, outcome }: CallRecord): void {
    const resourceIds = [...new Set(stringsIn(input).filter((text) => NAMED_RESOURCE.test(text)))];
    this.add(at, { kind: 'call', what: command, resourceIds, outcome, durationSeconds: durationMs / 1000 });
  }

  addTransition({ at, what, resourceId, from, to }: TransitionRecord): void {
    this.add(at, { kind: 'change', what, resourceId, from, to });
  }

  addHistory(workflow: string, { at, type, state, error }: HistoryEntry): void {
    if (type === 'exited') return;
    this.add(at, { kind: 'step', what: state, workflow, phase: type, ...(error === undefined ? {} : { error }) });
  }

  /** What happened from one moment up to, not including, another, in seconds after `originMs`. */
  between(fromMs: number, untilMs: number, originMs = fromMs): Entry[] {
    return (
      this.recorded
        .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
        // A call is known when it has ended and stands where it was sent. The sort is stable.
        .sort((one, other) => one.atMs - other.atMs)
        .map(({ atMs, happening }) => ({ atSeconds: (atMs - originMs) / 1000, ...happening }))
    );
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
