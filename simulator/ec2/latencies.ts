/**
 * How long EC2 takes. The defaults are times that people measured and published, as a typical range and a
 * tail; AWS documents none of them. A run may fix any of them.
 */
import type { Random } from '../time/random';

/** Milliseconds: always the same, or drawn. */
export type Latency = number | Distribution;

export interface Distribution {
  /** Most draws fall evenly in this range, in milliseconds. */
  readonly typicalMs: readonly [number, number];
  /** The others fall evenly between the typical range and this, in milliseconds. */
  readonly tailMs: number;
  /** Share of the draws in the tail, from 0 to 1. */
  readonly tailShare: number;
}

const distribution = (low: number, high: number, tailMs: number, tailShare = 0.02): Distribution => ({
  typicalMs: [low, high],
  tailMs,
  tailShare,
});

/** How far answers lag what happened, beyond the latencies. Off by default. */
export interface Lateness {
  /**
   * From a change of an instance's state, or of an interface's status or attachment, to DescribeInstances,
   * DescribeInstanceStatus and DescribeNetworkInterfaces showing it. The event of the change does not wait for it.
   * Milliseconds. A new interface is `pending` for as long.
   * Source: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
   * @default 0
   */
  readonly describeLagMs: Latency;
  /**
   * Where answers lag: of the interfaces that become free, the share that shows its last attachment for one lag more,
   * as `detached`; from 0 to 1.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAttachment.html
   * @default 0.5
   */
  readonly detachedShownShare: number;
  /**
   * Whether lists in answers come in any order. Pages still hold what they would hold.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
   * @default false
   */
  readonly shuffleAnswers: boolean;
  /**
   * How long a terminated instance still counts towards the vCPU quota, in milliseconds.
   * Source: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
   * @default 0
   */
  readonly quotaLagMs: Latency;
}

export function latenessOf({
  describeLagMs = 0,
  detachedShownShare = 0.5,
  shuffleAnswers = false,
  quotaLagMs = 0,
}: Partial<Lateness>): Lateness {
  return { describeLagMs, detachedShownShare, shuffleAnswers, quotaLagMs };
}

export const DEFAULT_LATENCIES = {
  /** Any call but `RunInstances`: from sending to the answer. */
  call: distribution(60, 200, 1_000),
  /** `RunInstances`: from sending to the answer. */
  runInstances: distribution(1_000, 2_000, 5_000),
  /** pending to running. */
  instanceRunning: distribution(5_000, 18_000, 40_000),
  /** running to the guest answering, which is when the status checks turn `ok`. */
  instanceReachable: distribution(5_000, 23_000, 60_000),
  /** stopping to stopped. */
  instanceStopped: distribution(20_000, 40_000, 120_000),
  /** shutting-down to terminated. */
  instanceTerminated: distribution(20_000, 31_000, 132_000),
  /** The same, where `SkipOsShutdown` spares the guest's own shutdown. */
  instanceTerminatedAbruptly: distribution(3_000, 8_000, 30_000),
  /** Attaching to attached, at launch. Never later than running. */
  interfaceAttachedAtLaunch: distribution(500, 2_000, 5_000),
  /** Attaching to attached, on an instance that exists. */
  interfaceAttached: distribution(1_000, 5_000, 150_000),
  /** Detaching to available. */
  interfaceDetached: distribution(2_000, 3_000, 210_000),
  /** The same, with `Force`. */
  interfaceForcedOff: distribution(1_000, 2_000, 5_000),
  /** A retained interface: from its instance being terminated to available. */
  interfaceFreedAfterTermination: distribution(1_000, 4_000, 210_000),
  /** A change of an Elastic IP's association: from the call's effect to being seen. */
  associationVisible: distribution(300, 1_000, 6_000),
  /** A new instance or interface: from being made to being found by its id. */
  newResourceVisible: distribution(0, 1_500, 8_000, 0.05),
  /** Tags: from being set to being seen and filtered on. */
  tagsVisible: distribution(0, 1_500, 8_000, 0.05),
  /** An instance's tags: from its being terminated to their vanishing from it. */
  tagsGone: distribution(300_000, 900_000, 1_800_000),
} as const satisfies Record<string, Latency>;

export type LatencyName = keyof typeof DEFAULT_LATENCIES;
export type Latencies = Readonly<Record<LatencyName, Latency>>;

/** Everything at once: for tests of what the simulator answers rather than when. */
export const NO_LATENCY = Object.fromEntries(
  Object.keys(DEFAULT_LATENCIES).map((name) => [name, 0]),
) as unknown as Latencies;

/** Whole milliseconds. */
export function drawLatencyMs(latency: Latency, random: Random): number {
  if (typeof latency === 'number') return latency;
  const [low, high] = latency.typicalMs;
  const inTail = random.next() < latency.tailShare;
  return Math.round(inTail ? random.between(high, latency.tailMs) : random.between(low, high));
}
