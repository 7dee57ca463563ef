/**
 * EC2 has no event for an interface or a tag, so what a step asks for is polled: often while the address is away, and
 * briefly.
 */
import type { Time } from '../ports';

export const POLL_INTERVAL_MS = 500;
/** After that the step fails and the state machine retries it: its waiting costs no function time. */
export const POLLS_A_STEP = 10;

/** What one look at EC2 has found. */
export type Look =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'waiting';
      /** For a person. */
      readonly because: string;
      /** Asks EC2 for the change that is waited for. */
      readonly ask?: () => Promise<unknown>;
    };

export const DONE: Look = { kind: 'done' };

export function waiting(because: string, ask?: () => Promise<unknown>): Look {
  return ask === undefined ? { kind: 'waiting', because } : { kind: 'waiting', because, ask };
}

/**
 * Looks until there is nothing to wait for, `polls` times at most. It asks once: until EC2 shows the effect, a second call
 * would meet the first one, and spend its rate limit.
 * @returns why it still waits; undefined if it is done
 * @throws what a look or the asking throws, at once
 */
export async function askOnceAndPoll(
  time: Pick<Time, 'sleep'>,
  look: () => Promise<Look>,
  polls = POLLS_A_STEP,
): Promise<string | undefined> {
  let hasAsked = false;
  for (let count = 1; ; count += 1) {
    const seen = await look();
    if (seen.kind === 'done') return undefined;
    if (seen.ask !== undefined && !hasAsked) {
      hasAsked = true;
      await seen.ask();
    }
    if (count >= polls) return seen.because;
    await time.sleep(POLL_INTERVAL_MS);
  }
}
