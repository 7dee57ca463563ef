/**
 * EC2 sends no event when an interface or a tag changes, so a step polls for the change it asked for. It polls at short
 * intervals, because the address is often detached meanwhile, and for a few seconds only.
 */
import type { Time } from '../ports';

/** After that the step fails and the state machine retries it: waiting there costs no function time. No pause is longer. */
export const STEP_MS = 5_000;
/** About what a look itself takes. */
const LOOK_MS = 100;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 500;
/** The longer the change takes, the less a late look costs in proportion. */
const PAUSE_SHARE = 0.1;

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
       * Whether the change takes minutes. Then the step ends after this look. The state machine waits between the looks, so no
       * function is paid for meanwhile, and few looks use up EC2's rate limit.
       */
      readonly isSlow?: boolean;
    };

export const DONE: Look = { kind: 'done' };

export function waiting(because: string, ask?: () => Promise<unknown>): Look {
  return { kind: 'waiting', because, ask };
}

export interface Polls {
  /** Look only once, and do not wait. */
  readonly once?: boolean;
  /** When most changes show after the request, in milliseconds. There is no look before, and many within. */
  readonly expectedMs?: readonly [from: number, to: number];
  /** When the first look is worth its call, in milliseconds. @default 0 */
  readonly firstMs?: number;
  /** No pause is shorter, in milliseconds: many nodes look at the same time. @default 0 */
  readonly leastPauseMs?: number;
}

/**
 * Looks at EC2, for at most `STEP_MS`, until there is nothing to wait for. It asks for the change only once: until EC2
 * shows the effect, a second call would only conflict with the first and use up the rate limit.
 * @returns why it still waits; undefined if it is done
 * @throws what `look` or `ask` throws, at once
 */
export async function askOnceAndPoll(
  time: Pick<Time, 'sleep'>,
  look: () => Promise<Look>,
  polls: Polls = {},
): Promise<string | undefined> {
  const { once = false, firstMs = 0 } = polls;
  let askedAtMs: number | undefined;
  if (firstMs > 0) await time.sleep(firstMs);
  for (let passedMs = firstMs + LOOK_MS; ;) {
    const seen = await look();
    if (seen.kind === 'done') return undefined;
    if (seen.ask !== undefined && askedAtMs === undefined) {
      askedAtMs = passedMs;
      await seen.ask();
    }
    const pauseMs = pauseAfter(passedMs, askedAtMs, polls);
    if (once || seen.isSlow === true || passedMs + pauseMs > STEP_MS) return seen.because;
    await time.sleep(pauseMs);
    passedMs += pauseMs + LOOK_MS;
  }
}

function pauseAfter(passedMs: number, askedAtMs: number | undefined, { expectedMs, leastPauseMs = 0 }: Polls): number {
  const [from, to] = askedAtMs === undefined || expectedMs === undefined ? [0, 0] : expectedMs;
  const waitedMs = passedMs - (askedAtMs ?? 0);
  if (waitedMs < from) return from - waitedMs;
  // While the change is expected, each look follows the last one.
  if (waitedMs < to) return leastPauseMs;
  const usualMs = Math.round(Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, waitedMs * PAUSE_SHARE)));
  return Math.max(leastPauseMs, usualMs);
}
