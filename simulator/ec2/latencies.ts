/**
 * How long EC2 takes. The defaults are published measurements by third parties, each as a typical range and a tail. AWS
 * documents none of them. A run may set any of them to a fixed time.
 */
import type { Random } from '../time/random';

/** Milliseconds: a fixed number, or drawn from a distribution. */
export type Latency = number | Distribution;

export interface Distribution {
  /** Most draws are uniform in this range, in milliseconds. */
  readonly typicalMs: readonly [number, number];
  /** The others are uniform between the typical range and this, in milliseconds. */
  readonly tailMs: number;
  /** The share of draws in the tail, from 0 to 1. */
  readonly tailShare: number;
}

const distribution = (low: number, high: number, tailMs: number, tailShare = 0.02): Distribution => ({
  typicalMs: [low, high],
  tailMs,
  tailShare,
});

/** How far responses lag the real state, beyond the latencies. Off by default. */
export interface Lateness {
  /**
   * How long DescribeInstances, DescribeInstanceStatus and DescribeNetworkInterfaces still show the old state of an
   * instance, or the old status or attachment of an interface, in milliseconds. The event of the change is not delayed.
   * A new interface is `pending` for as long.
   * Source: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
   * @default 0
   */
  readonly describeLagMs: Latency;
  /**
   * The share of released interfaces that show their last attachment for one more lag, as `detached`, from 0 to 1. It
   * has no effect without a lag.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAttachment.html
   * @default 0.5
   */
  readonly detachedShownShare: number;
  /**
   * Whether lists in responses are shuffled. Each page keeps its entities.
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
  /** Any call that launches no instance: from request to response. */
  call: distribution(60, 200, 1_000),
  /** `RunInstances` and `CreateFleet`: from request to response. */
  runInstances: distribution(1_000, 2_000, 5_000),
  /** From pending to running. */
  instanceRunning: distribution(5_000, 18_000, 40_000),
  /** From running to the guest being reachable, when the status checks become `ok`. */
  instanceReachable: distribution(5_000, 23_000, 60_000),
  /** From stopping to stopped. */
  instanceStopped: distribution(20_000, 40_000, 120_000),
  /** From shutting-down to terminated. */
  instanceTerminated: distribution(20_000, 31_000, 132_000),
  /** The same with `SkipOsShutdown`, which skips the guest's own shutdown. */
  instanceTerminatedAbruptly: distribution(3_000, 8_000, 30_000),
  /** From attaching to attached, at launch. Never later than running. */
  interfaceAttachedAtLaunch: distribution(500, 2_000, 5_000),
  /** From attaching to attached, on an existing instance. */
  interfaceAttached: distribution(1_000, 5_000, 150_000),
  /** From detaching to available. */
  interfaceDetached: distribution(2_000, 3_000, 210_000),
  /** The same, with `Force`. */
  interfaceForcedOff: distribution(1_000, 2_000, 5_000),
  /** A retained interface: from its instance's termination to available. */
  interfaceFreedAfterTermination: distribution(1_000, 4_000, 210_000),
  /** A change of an Elastic IP's association: from its effect until describe calls show it. */
  associationVisible: distribution(300, 1_000, 6_000),
  /** A new instance or interface: from creation until its id is found. */
  newResourceVisible: distribution(0, 1_500, 8_000, 0.05),
  /** Tags: from being set until describe calls show and filter on them. */
  tagsVisible: distribution(0, 1_500, 8_000, 0.05),
  /** An instance's tags: from its termination until they vanish. */
  tagsGone: distribution(300_000, 900_000, 1_800_000),
} as const satisfies Record<string, Latency>;

export type LatencyName = keyof typeof DEFAULT_LATENCIES;
export type Latencies = Readonly<Record<LatencyName, Latency>>;

/** No latencies at all: for tests of the simulator's responses rather than their times. */
export const NO_LATENCY = Object.fromEntries(
  Object.keys(DEFAULT_LATENCIES).map((name) => [name, 0]),
) as unknown as Latencies;

/** Returns whole milliseconds. */
export function drawLatencyMs(latency: Latency, random: Random): number {
  if (typeof latency === 'number') return latency;
  const [low, high] = latency.typicalMs;
  const inTail = random.next() < latency.tailShare;
  return Math.round(inTail ? random.between(high, latency.tailMs) : random.between(low, high));
}
