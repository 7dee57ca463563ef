/** When the stages of one replacement were reached, as the simulated EC2 saw them. Milliseconds since the epoch. */
import { LAUNCHES, type Watch } from './watch';

/** What is replaced, and what carries the interface in the end. */
export interface Replaced {
  readonly interfaceId: string;
  readonly oldInstanceId: string;
  readonly newInstanceId: string;
}

export interface Milestones {
  readonly warnedAt: number;
  /** The old instance is `shutting-down`, and then `terminated`. Undefined until it does. */
  readonly endingAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The interface is being detached from an instance that runs. */
  readonly detachingAt: number | undefined;
  /** The interface is `available`. */
  readonly freeAt: number;
  /** The interface begins to be attached, and is `in-use`. */
  readonly attachingAt: number;
  readonly attachedAt: number;
  /** The new instance is `pending`, and then `running`. */
  readonly launchedAt: number;
  readonly runningAt: number;
  readonly activeAt: number;
  /** How long the calls took that ended the old instance and launched the new one. Undefined if EC2 ended it by itself. */
  readonly terminateMs: number | undefined;
  readonly launchMs: number;
}

/**
 * @param activeAt when Holdfast reported the node as ACTIVE
 * @throws Error if the records do not hold a whole replacement
 */
export function milestonesOf(
  { interfaceId, oldInstanceId, newInstanceId }: Replaced,
  { changes, transitions }: Pick<Watch, 'changes' | 'transitions'>,
  warnedAt: number,
  activeAt: number,
): Milestones {
  const find = (id: string, to: string): number | undefined =>
    transitions.find((each) => each.resourceId === id && each.to === to)?.at;
  const reached = (id: string, to: string): number => {
    const at = find(id, to);
    if (at === undefined) throw new Error(`${id} was never ${to}`);
    return at;
  };
  const launchedAt = reached(newInstanceId, 'pending');
  const launch = changes.find(
    ({ command, at, durationMs }) => LAUNCHES.includes(command) && at + Math.floor(durationMs / 2) === launchedAt,
  );
  if (launch === undefined) throw new Error(`No call launched ${newInstanceId}`);
  const terminate = changes.find(
    ({ command, input }) => command === 'TerminateInstances' && names(input, oldInstanceId),
  );
  return {
    warnedAt,
    endingAt: find(oldInstanceId, 'shutting-down'),
    endedAt: find(oldInstanceId, 'terminated'),
    detachingAt: find(interfaceId, 'detaching'),
    freeAt: reached(interfaceId, 'available'),
    attachingAt: reached(interfaceId, 'attaching'),
    attachedAt: reached(interfaceId, 'in-use'),
    launchedAt,
    runningAt: reached(newInstanceId, 'running'),
    activeAt,
    terminateMs: terminate?.durationMs,
    launchMs: launch.durationMs,
  };
}

function names(input: unknown, instanceId: string): boolean {
  return ((input as { readonly InstanceIds?: readonly string[] }).InstanceIds ?? []).includes(instanceId);
}

/** For how long the address led to no running instance, in milliseconds. */
export function awayMs({ endingAt, detachingAt, attachedAt, runningAt }: Milestones): number {
  const lostAt = Math.min(endingAt ?? Infinity, detachingAt ?? Infinity);
  return Math.max(attachedAt, runningAt) - lostAt;
}
