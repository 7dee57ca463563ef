/** The story of a way through a world: what happened, one line an action. */
import type { Explorer } from './explore';
import { nowIn, type State } from './state';

export interface Story {
  readonly lines: readonly string[];
  /** What is wrong at the end of it, or on the way. */
  readonly violations: readonly string[];
  /** What may happen next, each with its place among the actions. */
  readonly next: readonly string[];
}

/** @throws RangeError if the path leaves the world: one of its numbers is that of no action */
export async function tell(explorer: Explorer, path: readonly number[]): Promise<Story> {
  let state = await explorer.start();
  const lines: string[] = [];
  const violations: string[] = [];
  for (const [step, index] of path.entries()) {
    const action = explorer.actionsOf(state)[index];
    if (action === undefined) throw new RangeError(`step ${step + 1} of the path: there is no action ${index}`);
    const taken = await explorer.take(state, action);
    lines.push(`${clock(state)}  ${action.text}${taken.said === '' ? '' : `: ${taken.said}`}`);
    violations.push(...taken.violations);
    state = taken.state;
  }
  return { lines, violations, next: explorer.actionsOf(state).map(({ text }, index) => `${index}: ${text}`) };
}

function clock(state: State): string {
  return nowIn(state).slice('2026-11-03T'.length, '2026-11-03T10:00'.length);
}
