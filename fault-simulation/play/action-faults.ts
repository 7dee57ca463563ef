/** Actions that EC2 refuses or throttles for a while. The simulated EC2 consults this schedule before every call. */
import type { Fault, FaultSchedule } from '../../simulator/ec2/injected-faults';
import type { ActionFault, Ec2Action } from '../scenario/scenario';

/** EC2's message if a policy denies the action. */
export function refusalOf(action: string): string {
  return `You are not authorized to perform this operation: ec2:${action}. A policy of the organization denies it.`;
}

type Actions = Extract<ActionFault, { kind: 'throttled' }>['actions'];

export class ActionFaults {
  private readonly refused = new Set<string>();
  private readonly throttledUntilMs = new Map<Actions, number>();

  constructor(private readonly nowMs: () => number) {}

  /** Makes EC2 refuse the action until `clear`. */
  refuse(action: Ec2Action): void {
    this.refused.add(action);
  }

  /** Makes EC2 throttle the actions. Overlapping throttles last until the later end. */
  throttle(actions: Actions, durationMs: number): void {
    const until = Math.max(this.nowMs() + durationMs, this.throttledUntilMs.get(actions) ?? 0);
    this.throttledUntilMs.set(actions, until);
  }

  clear(): void {
    this.refused.clear();
    this.throttledUntilMs.clear();
  }

  readonly faults: FaultSchedule = ({ command }): Fault | undefined => {
    if (this.refused.has(command)) {
      return { kind: 'refuse', code: 'UnauthorizedOperation', message: refusalOf(command) };
    }
    const actions = command.startsWith('Describe') ? 'looks' : 'changes';
    return this.nowMs() < (this.throttledUntilMs.get(actions) ?? 0) ? { kind: 'throttle' } : undefined;
  };
}
