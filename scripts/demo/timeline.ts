/** Records what happened, in order: events, states of the workflows, calls to EC2, and changes in EC2. */
import type { HistoryEntry } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { TransitionRecord } from '../../simulator/ec2/ec2-state';

export type Observation =
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
      /** The EC2 command. Its time is that of the request. */
      readonly what: string;
      /** The ids of the resources that it names. */
      readonly resourceIds: readonly string[];
      /** `ok`, or EC2's error code. */
      readonly outcome: string;
      readonly durationSeconds: number;
    }
  | {
      readonly kind: 'change';
      /** `address`: whether it leads to a running instance. This follows from the other changes. */
      readonly what: TransitionRecord['what'] | 'address';
      readonly resourceId: string;
      readonly from: string;
      readonly to: string;
    };

export type Entry = Observation & { readonly atSeconds: number };

/** The ids that matter to a reader. Calls also name images, security groups and subnets. */
const NAMED_RESOURCE = /^(i|eni|eni-attach|eipalloc)-[0-9a-f]+$/;

export class Timeline {
  private readonly recorded: { readonly atMs: number; readonly observation: Observation }[] = [];

  add(atMs: number, observation: Observation): void {
    this.recorded.push({ atMs, observation });
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

  /** The entries from `fromMs` up to but not including `untilMs`, in seconds after `originMs`. */
  between(fromMs: number, untilMs: number, originMs = fromMs): Entry[] {
    return (
      this.recorded
        .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
        // A call is recorded when it ends, but has the time of its request. The sort is stable.
        .sort((one, other) => one.atMs - other.atMs)
        .map(({ atMs, observation }) => ({ atSeconds: (atMs - originMs) / 1000, ...observation }))
    );
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
