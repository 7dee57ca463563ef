/** When does a wait for an instance's state end? */
import { endOf } from './end-operation';
import { ReplacementLost, ReplacementStopped } from '../errors';
import { hasEnded, isStopped } from './launch';
import type { InstanceState } from '../node/observations';

/** `drained`: nothing is left to drain, because the instance ends or has stopped. */
export type AwaitedState = 'running' | 'terminated' | 'drained';

/** `lost` and `stopped`: what was to run has ended, or does not run until somebody starts it. */
export type WakeDecision = 'reached' | 'lost' | 'stopped' | 'wait';

/**
 * An instance that EC2 does not show is one of two things: a new one that is not visible yet, when we wait for it
 * to run; or one that was terminated over an hour ago, when we wait for it to end.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
 */
export function decideWake(awaited: AwaitedState, state: InstanceState | undefined): WakeDecision {
  switch (awaited) {
    case 'terminated':
      return state === undefined || state === 'terminated' ? 'reached' : 'wait';
    case 'drained':
      return state === 'pending' || state === 'running' ? 'wait' : 'reached';
    case 'running':
      return decideRunning(state);
  }
}

function decideRunning(state: InstanceState | undefined): WakeDecision {
  if (state === undefined) return 'wait';
  if (hasEnded({ state })) return 'lost';
  if (isStopped({ state })) return 'stopped';
  return state === 'running' ? 'reached' : 'wait';
}

/** What a wait for a replacement to run fails with. */
export function unreachable(
  decision: 'lost' | 'stopped',
  seen: Parameters<typeof endOf>[0],
): ReplacementLost | ReplacementStopped {
  return decision === 'lost' ? new ReplacementLost(endOf(seen)) : new ReplacementStopped(endOf(seen));
}

/**
 * The state to go by, of what EC2 shows and what the latest event has said: EC2 may show a state seconds after its event
 * has come, and an event may come before anybody waits for it. An end is final, whichever of the two tells of it.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export function latestState(
  shown: InstanceState | undefined,
  told: InstanceState | undefined,
): InstanceState | undefined {
  if (shown === undefined) return told;
  return told !== undefined && ORDER[told] > ORDER[shown] ? told : shown;
}

/** A stopped instance may be started again, so `stopping` and `stopped` are no later than `running`. */
const ORDER: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 1,
  stopping: 1,
  stopped: 1,
  'shutting-down': 2,
  terminated: 3,
};
