/** Decides when a wait for an instance's state ends. */
import { endOf } from './seen-node';
import { ReplacementLost, ReplacementStopped } from '../errors';
import { hasEnded, isStopped } from './launch';
import type { InstanceState } from '../node/observations';
import type { Operation } from '../node/stateful-node';

/** `drained`: there is nothing to drain any more, because the instance is ending or has stopped. */
export type AwaitedState = 'running' | 'terminated' | 'drained';

/** `lost`: the replacement has ended. `stopped`: it does not run until a person starts it. */
export type WakeDecision = 'reached' | 'lost' | 'stopped' | 'wait';

/**
 * Whether the awaited state may be minutes old, and its event lost: a try, an execution or an operation before this one was
 * under way with the instance. Otherwise the state has just been asked for.
 * @param retries of the waiting state; undefined in executions that began before an upgrade
 */
export function mayHaveMissedEvent(
  { continues, takeovers, startedBy }: Operation,
  retries: number | undefined,
): boolean {
  return retries !== 0 || continues === true || takeovers !== undefined || startedBy === 'retry';
}

/**
 * What it means that EC2 does not show the instance depends on the wait. If we wait for it to run, it is new and not
 * visible yet. If we wait for it to end, it was terminated more than an hour ago.
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

/** The error of a wait for a replacement that will not run. */
export function unreachable(
  decision: 'lost' | 'stopped',
  seen: Parameters<typeof endOf>[0],
): ReplacementLost | ReplacementStopped {
  return decision === 'lost' ? new ReplacementLost(endOf(seen)) : new ReplacementStopped(endOf(seen));
}

/**
 * The later of two states: the one that EC2 shows and the one of the latest event. EC2 may show a state seconds after
 * its event, and an event may arrive before an execution waits for it. An end is final, whichever source reports it.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export function latestState(
  shown: InstanceState | undefined,
  reported: InstanceState | undefined,
): InstanceState | undefined {
  if (shown === undefined) return reported;
  return reported !== undefined && ORDER[reported] > ORDER[shown] ? reported : shown;
}

/** A stopped instance may be started again, so `stopping` and `stopped` are not later than `running`. */
const ORDER: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 1,
  stopping: 1,
  stopped: 1,
  'shutting-down': 2,
  terminated: 3,
};
