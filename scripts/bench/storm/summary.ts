/** Summarises a storm, and compares it with the ideal on the same draws. */
import { mean, percentile } from '../statistics';
import type { Storm, StormRequest } from './storm';

export interface StormSummary extends StormRequest {
  /** Nodes that were not ACTIVE again when the measurement was given up, and those that passed through ERROR. */
  readonly notActive: number;
  readonly failed: number;
  readonly launchedANode: number;
  readonly refusedLaunchesANode: number;
  readonly callsANode: number;
  /** The share of the calls that EC2 refused for its rate limits. */
  readonly throttled: number;
  readonly transitionsANode: number;
  readonly waitsANode: number;
  /** Seconds from the first warning. Undefined if no node was ACTIVE again. */
  readonly active: StormTimes | undefined;
  readonly ideal: StormTimes | undefined;
  /** The same, if cold instances are ended only half a minute before the turn of their launch. */
  readonly idealJustInTime: StormTimes | undefined;
  /**
   * The largest quotient, over all k, of the time until k nodes are ACTIVE and that time in the just-in-time ideal. Nodes are
   * not compared one by one. The ideal knows whose instance will end first, and launches in that order. Holdfast launches in
   * the order in which the instances have ended, so two nodes may change places while no place is later.
   */
  readonly worstOverIdeal: number | undefined;
  /** When the nodes were ACTIVE, in order, in seconds from the first warning. */
  readonly curves: StormCurves;
}

export interface StormCurves {
  readonly active: readonly number[];
  readonly ideal: readonly number[];
  readonly idealJustInTime: readonly number[];
}

export interface StormTimes {
  readonly median: number;
  readonly p99: number;
  readonly last: number;
  /** How long an address was away, on average. */
  readonly awayMean: number;
}

export function summarizeStorm(storm: Storm): StormSummary {
  const { request, replaced, failed, launched, refusedLaunches, calls, throttled, transitions, waits } = storm;
  const { nodes } = request;
  const startedAt = Math.min(...replaced.map(({ milestones }) => milestones.warnedAt));
  const active = replaced.map(({ milestones: { activeAt }, awayMs }) => ({ activeAt: activeAt - startedAt, awayMs }));
  const curves: StormCurves = {
    active: curveOf(active),
    ideal: curveOf(replaced.map(({ ideal }) => ideal)),
    idealJustInTime: curveOf(replaced.map(({ idealJustInTime }) => idealJustInTime)),
  };
  return {
    ...request,
    notActive: nodes - replaced.length,
    failed,
    launchedANode: launched / nodes,
    refusedLaunchesANode: refusedLaunches / nodes,
    callsANode: calls / nodes,
    throttled: throttled / calls,
    transitionsANode: transitions / nodes,
    waitsANode: waits / nodes,
    active: timesOf(active),
    ideal: timesOf(replaced.map(({ ideal }) => ideal)),
    idealJustInTime: timesOf(replaced.map(({ idealJustInTime }) => idealJustInTime)),
    worstOverIdeal: worstOver(curves.active, curves.idealJustInTime),
    curves,
  };
}

/** In seconds, to hundredths. */
function curveOf(nodes: readonly { readonly activeAt: number }[]): readonly number[] {
  return nodes.map(({ activeAt }) => Math.round(activeAt / 10) / 100).sort((one, other) => one - other);
}

/** Of two lists of the same length, in order. */
function worstOver(times: readonly number[], references: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.max(...times.map((time, place) => time / references[place]!));
}

function timesOf(nodes: readonly { readonly activeAt: number; readonly awayMs: number }[]): StormTimes | undefined {
  if (nodes.length === 0) return undefined;
  const seconds = nodes.map(({ activeAt }) => activeAt / 1_000);
  return {
    median: percentile(seconds, 50),
    p99: percentile(seconds, 99),
    last: Math.max(...seconds),
    awayMean: mean(nodes.map(({ awayMs }) => awayMs / 1_000)),
  };
}
