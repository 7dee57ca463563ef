/** How often a step may look at an interface, if the interfaces of many nodes move at the same time. */
import type { Pacer } from '../ports';

/** Up to so many launches a moment ago, each node looks as often as it likes. */
const FEW = 2;
/** EC2 allows 20 looks a second, and two launches. A node's interface moves for a few seconds. */
const PAUSE_MS = 500;

/** The shortest pause between two looks, in milliseconds. `now` is ISO 8601, UTC. */
export async function leastPauseMs(pacer: Pacer, now: string): Promise<number> {
  const { used } = await pacer.level('RunInstances', now);
  return used > FEW ? PAUSE_MS : 0;
}
