/** When does a wait for an instance's state end? */
import type { InstanceState } from './observations';

export type AwaitedState = 'running' | 'terminated';

export type WakeDecision = 'reached' | 'unreachable' | 'wait';

/**
 * An instance that EC2 does not show is one of two things: a new one that is not visible yet, when we wait for it
 * to run; or one that was terminated over an hour ago, when we wait for it to end.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
 */
export function decideWake(awaited: AwaitedState, state: InstanceState | undefined): WakeDecision {
  if (awaited === 'terminated') return state === undefined || state === 'terminated' ? 'reached' : 'wait';
  if (state === 'running') return 'reached';
  return state === 'shutting-down' || state === 'terminated' ? 'unreachable' : 'wait';
}
