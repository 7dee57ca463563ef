/**
 * The strict floor of a replacement: what EC2 itself took in that very run, with nothing in between. No control plane is faster
 * in this order of calls.
 */
import type { EniAttachment } from '../../../domain/config/node-config';
import { awayMs, type Milestones } from './milestones';

/** Milliseconds. */
export interface Floor {
  /** From the warning until the node is ACTIVE. */
  readonly active: number;
  /** The time in which the address leads to no running instance. */
  readonly away: number;
}

export function floorOf(attachment: EniAttachment, milestones: Milestones): Floor {
  return attachment === 'cold' ? coldFloor(milestones) : hotFloor(milestones);
}

/** One after another: the end of the old instance, the interface is freed, the launch. */
function coldFloor(each: Milestones): Floor {
  const {
    warnedAt,
    endingAt = warnedAt,
    endedAt = endingAt,
    freeAt,
    launchMs,
    launchedAt,
    runningAt,
    terminateMs,
  } = each;
  const away = endedAt - endingAt + (freeAt - endedAt) + launchMs / 2 + (runningAt - launchedAt);
  // If EC2 ends the instance by itself, nobody can do anything before.
  return { active: away + (terminateMs === undefined ? endingAt - warnedAt : terminateMs / 2), away };
}

/** The new instance runs before the interface moves. */
function hotFloor({
  launchMs,
  launchedAt,
  runningAt,
  detachingAt = 0,
  freeAt,
  attachingAt,
  attachedAt,
}: Milestones): Floor {
  const away = freeAt - detachingAt + (attachedAt - attachingAt);
  return { active: launchMs / 2 + (runningAt - launchedAt) + away, away };
}

/** What a replacement took beyond its floor, in milliseconds, by the window in which it went. */
export type Excess = Readonly<Record<string, number>>;

export function excessOf(attachment: EniAttachment, each: Milestones): Excess {
  const { warnedAt, endingAt = warnedAt, terminateMs = 0, freeAt, launchMs, launchedAt, runningAt, attachingAt } = each;
  const { attachedAt, activeAt, detachingAt = runningAt } = each;
  return attachment === 'cold'
    ? {
        'warning to Terminate': endingAt - terminateMs / 2 - warnedAt,
        'free to launch': launchedAt - launchMs / 2 - freeAt,
        'running to ACTIVE': activeAt - runningAt,
      }
    : {
        'warning to launch': launchedAt - launchMs / 2 - warnedAt,
        'running to detach': detachingAt - runningAt,
        'free to attach': attachingAt - freeAt,
        'attached to ACTIVE': activeAt - attachedAt,
      };
}

export function awayBeyondFloor(attachment: EniAttachment, milestones: Milestones): number {
  return awayMs(milestones) - floorOf(attachment, milestones).away;
}
