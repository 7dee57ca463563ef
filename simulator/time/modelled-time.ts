/**
 * How long the services other than EC2 take. AWS documents none of these times: they are third-party measurements and our own
 * rounding of them. The simulator leaves them out unless a run asks for them, so that other tests see EC2's times alone.
 */
import type { Random } from './random';

/** Draws are uniform in the range. Milliseconds. */
type RangeMs = readonly [number, number];

export const MODELLED_TIMES = {
  /** A transition of a Standard workflow. */
  stateTransition: [25, 50],
  /** A warm invocation, beyond its calls. */
  warmInvocation: [10, 30],
  /** A request to DynamoDB, with the answer. */
  tableCall: [3, 8],
  /** A request to Step Functions, EventBridge, Secrets Manager or the price list, with the answer. */
  otherCall: [30, 30],
} as const satisfies Record<string, RangeMs>;

/** Draws a modelled time, in whole milliseconds. */
export type DrawTime = (name: keyof typeof MODELLED_TIMES) => number;

export function modelledTimes(random: Random): DrawTime {
  const streams = new Map<string, Random>();
  return (name) => {
    const stream = streams.get(name) ?? random.fork(name);
    streams.set(name, stream);
    const [leastMs, mostMs] = MODELLED_TIMES[name];
    return Math.round(stream.between(leastMs, mostMs));
  };
}
