/**
 * How long EC2 takes. The defaults are times that people measured and published, as a typical range and a
 * tail; AWS documents none of them. A run may fix any of them.
 */
import type { Random } from './random';

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
