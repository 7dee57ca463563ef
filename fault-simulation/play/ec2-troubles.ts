/** Actions that EC2 refuses or throttles for as long as it lasts: what the simulated EC2 is told before every call. */
import type { Fault, FaultSchedule } from '../../simulator/ec2/injected-faults';
import type { ActionTrouble, Ec2Action } from '../scenario/scenario';

/** What EC2 says where a policy stands in the way. */
export function refusalOf(action: string): string {
  return `You are not authorized to perform this operation: ec2:${action}. A policy of the organization denies it.`;
}

type Actions = Extract<ActionTrouble, { kind: 'throttled' }>['actions'];

export class Ec2Troubles {
  private readonly refused = new Set<string>();
  private readonly throttledUntilMs = new Map<Actions, number>();

  constructor(private readonly nowMs: () => number) {}

  /** From now on EC2 refuses the action. */
  refuse(action: Ec2Action): void {
    this.refused.add(action);
  }

  /** From now on EC2 throttles the actions. */
  throttle(actions: Actions, durationMs: number): void {
    const until = Math.max(this.nowMs() + durationMs, this.throttledUntilMs.get(actions) ?? 0);
    this.throttledUntilMs.set(actions, until);
  }

  cease(): void {
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
