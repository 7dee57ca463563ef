/** Plays a run twice, to prove that the same seed gives the same run. */
import type { Violation } from './checks/invariants';
import type { Outcome } from './run';

export const SAME_RUN = 'the same seed gives the same run';

/** Returns the first outcome. If the second trace differs from the first, the outcome has a violation more. */
export async function playTwice<T extends Pick<Outcome, 'violations' | 'trace'>>(play: () => Promise<T>): Promise<T> {
  const outcome = await play();
  const { trace } = await play();
  const difference = differenceBetween(outcome.trace, trace);
  return difference === undefined ? outcome : { ...outcome, violations: [...outcome.violations, difference] };
}

/** Returns the first line that differs, as a violation, or undefined. */
export function differenceBetween(one: readonly string[], other: readonly string[]): Violation | undefined {
  const length = Math.max(one.length, other.length);
  const index = Array.from({ length }, (_, line) => line).find((line) => one[line] !== other[line]);
  if (index === undefined) return undefined;
  const [first, second] = [one[index], other[index]];
  const what = `line ${index + 1} of the trace is ${quoted(first)} in the first run and ${quoted(second)} in the second`;
  return { atSeconds: secondsOf(first ?? second), invariant: SAME_RUN, what };
}

function quoted(line: string | undefined): string {
  return line === undefined ? 'missing' : `"${line.trim()}"`;
}

/** A line starts with its time. The stack of an error that was thrown outside of every function has none. */
function secondsOf(line = ''): number {
  const seconds = Number.parseFloat(line);
  return Number.isFinite(seconds) ? seconds : 0;
}
