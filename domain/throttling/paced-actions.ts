/**
 * The EC2 actions whose calls take turns, and how fast the turns follow one another.
 *
 * EC2 has a token bucket for each account, Region and action. A call takes a token, and a call that finds none fails with
 * `RequestLimitExceeded`. Buckets and refills: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */

export const PACED_ACTION_NAMES = ['RunInstances', 'CreateFleet', 'TerminateInTime', 'MoveInterface'] as const;

/**
 * `TerminateInTime` is the order in which instances are terminated just in time for the launches of their successors.
 * `MoveInterface` is the order in which the interfaces of hot nodes go from one instance to another: one turn for
 * `DetachNetworkInterface` and the `AttachNetworkInterface` that follows, because both buckets are alike.
 */
export type PacedActionName = (typeof PACED_ACTION_NAMES)[number];

export interface PacedAction {
  readonly name: PacedActionName;
  /** How many tokens EC2 adds to the bucket each second. */
  readonly refillPerSecond: number;
  /** How many tokens EC2's bucket holds. */
  readonly bucket: number;
  /** How many calls may go at once after a pause. */
  readonly burst: number;
  /** Whole milliseconds between turns, until EC2 refuses calls. */
  readonly intervalMs: number;
}

/** However often EC2 refuses, two turns are never further apart. */
export const LONGEST_INTERVAL_MS = 30_000;

/**
 * Seconds between the request to terminate an instance and the launch of its successor. EC2 takes 20 to 31 seconds to
 * terminate an instance, and releases its interface then. With less time, launches would find their interface in use. With
 * more, nodes would wait longer without an instance.
 */
export const TERMINATION_LEAD_SECONDS = 30;

/**
 * One token less than EC2 allows: a person may make a call, and a call may come a moment after its turn. The turns are 1 %
 * slower than the refill, so that the bucket fills up again.
 */
const RUN_INSTANCES: PacedAction = { name: 'RunInstances', refillPerSecond: 2, bucket: 5, burst: 4, intervalMs: 505 };

/** As many terminations go at once as there are launches in the burst and during the lead. */
const TERMINATE_IN_TIME: PacedAction = {
  name: 'TerminateInTime',
  refillPerSecond: 5,
  bucket: 100,
  intervalMs: RUN_INSTANCES.intervalMs,
  burst: RUN_INSTANCES.burst + Math.floor((TERMINATION_LEAD_SECONDS * 1000) / RUN_INSTANCES.intervalMs),
};

/** A fleet launches one instance. The same bucket as that of moves, and a person may make a few fleets. */
const CREATE_FLEET: PacedAction = { name: 'CreateFleet', refillPerSecond: 5, bucket: 50, burst: 45, intervalMs: 202 };

/** Ten tokens are left for detachments and attachments without a turn: those of single nodes, and second tries. */
const MOVE_INTERFACE: PacedAction = {
  name: 'MoveInterface',
  refillPerSecond: 5,
  bucket: 50,
  burst: 40,
  intervalMs: 202,
};

export const PACED_ACTIONS: Readonly<Record<PacedActionName, PacedAction>> = {
  RunInstances: RUN_INSTANCES,
  CreateFleet: CREATE_FLEET,
  TerminateInTime: TERMINATE_IN_TIME,
  MoveInterface: MOVE_INTERFACE,
};
