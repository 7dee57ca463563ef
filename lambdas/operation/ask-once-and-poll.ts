/**
 * EC2 sends no event when an interface or a tag changes, so a step polls for the change it asked for. It polls at short
 * intervals, because the address is often detached meanwhile, and for a few seconds only.
 */
import type { Time } from '../ports';

export const POLL_INTERVAL_MS = 500;
/** After that the step fails and the state machine retries it: waiting there costs no function time. */
export const POLLS_A_STEP = 10;
/** The longest pause between two looks: a slow wait takes the time of all its polls in one pause. */
export const LONGEST_POLL_INTERVAL_MS = (POLLS_A_STEP - 1) * POLL_INTERVAL_MS;

/** The result of one look at EC2. */
export type Look =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'waiting';
      /** For a person to read. */
      readonly because: string;
      /** Asks EC2 for the change that we wait for. */
      readonly ask?: (() => Promise<unknown>) | undefined;
      /**
       * Whether the change takes minutes. Then there is only one more look, at the end of the same time: frequent looks
       * would use up EC2's rate limit.
       */
      readonly isSlow?: boolean;
    };

export const DONE: Look = { kind: 'done' };

export function waiting(because: string, ask?: () => Promise<unknown>): Look {
  return { kind: 'waiting', because, ask };
}

/**
 * Looks at EC2, at most `polls` times, until there is nothing to wait for. It asks for the change only once: until EC2
 * shows the effect, a second call would only conflict with the first and use up the rate limit.
 * @returns why it still waits; undefined if it is done
 * @throws what `look` or `ask` throws, at once
 */
export async function askOnceAndPoll(
  time: Pick<Time, 'sleep'>,
  look: () => Promise<Look>,
  polls = POLLS_A_STEP,
): Promise<string | undefined> {
  let hasAsked = false;
  for (let count = 1; ;) {
    const seen = await look();
    if (seen.kind === 'done') return undefined;
    if (seen.ask !== undefined && !hasAsked) {
      hasAsked = true;
      await seen.ask();
    }
    if (count >= polls) return seen.because;
    const pauses = seen.isSlow === true ? polls - count : 1;
    await time.sleep(pauses * POLL_INTERVAL_MS);
    count += pauses;
  }
}
