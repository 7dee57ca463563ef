/** How slow EC2 is in a world, and what that means for the checks. */
import { DEFAULT_LATENCIES, type Distribution, type Latencies } from '../../simulator/ec2/latencies';
import type { WorldPlan } from '../scenario/scenario';

/** A table call or a clock error of this size shows in the measured downtime, so the limits on it do not apply. */
const SLOW_TABLE_MS = 500;
/** The share of slow latencies with `tails`. The measured share is a few per cent. */
const SHARE_OF_TAILS = 0.25;

export function latenciesOf({ latencies, describeLagMs }: WorldPlan): Partial<Latencies> {
  return latencies === 'quick' && describeLagMs > 0 ? QUICK_AND_LATE : LATENCIES[latencies];
}

/** EC2 shows each change late, by a random time of up to `describeLagMs`. */
export function lagOf({ describeLagMs }: WorldPlan): number | Distribution {
  return describeLagMs === 0 ? 0 : { typicalMs: [0, describeLagMs], tailMs: describeLagMs, tailShare: 0 };
}

/** Whether EC2 and the functions never take much longer than usual. */
export function isSteady(world: WorldPlan): boolean {
  const { latencies, coldStarts, tableLatencyMs, clockErrorMs, describeLagMs } = world;
  if (describeLagMs > 0) return false;
  const isQuick = latencies === 'steady' || latencies === 'quick';
  return isQuick && !coldStarts && tableLatencyMs < SLOW_TABLE_MS && clockErrorMs < SLOW_TABLE_MS;
}

function withTails(tailShare: number): Partial<Latencies> {
  const entries = Object.entries(DEFAULT_LATENCIES).map(([name, latency]) => [name, { ...latency, tailShare }]);
  return Object.fromEntries(entries) as Partial<Latencies>;
}

/** Instances change state at about the time when a step looks at them, to provoke races between event and look. */
const QUICK: Partial<Latencies> = {
  ...withTails(0),
  newResourceVisible: 0,
  instanceRunning: { typicalMs: [400, 1_600], tailMs: 1_600, tailShare: 0 },
  instanceTerminated: { typicalMs: [100, 800], tailMs: 800, tailShare: 0 },
  interfaceAttachedAtLaunch: { typicalMs: [100, 200], tailMs: 200, tailShare: 0 },
};

/** With a describe lag, no instance runs before its launch returns. Its event would be about an unknown instance. */
const QUICK_AND_LATE: Partial<Latencies> = {
  ...QUICK,
  instanceRunning: { typicalMs: [1_200, 3_000], tailMs: 3_000, tailShare: 0 },
};

const LATENCIES: Readonly<Record<WorldPlan['latencies'], Partial<Latencies>>> = {
  measured: {},
  tails: withTails(SHARE_OF_TAILS),
  steady: withTails(0),
  quick: QUICK,
};
