import type { Time } from './ports';

/** EC2 has no event for an interface, so its status is polled: often while the address is away, and briefly. */
export const INTERFACE_POLL_INTERVAL_MS = 500;
/** After that the step gives up and is retried by the state machine, whose waiting costs no function time. */
export const INTERFACE_POLLS_A_STEP = 10;

/**
 * Calls `attempt` until it answers something, `INTERFACE_POLLS_A_STEP` times at the most; then throws what
 * `otherwise` makes of it.
 */
export async function pollInterface<T>(
  time: Time,
  attempt: () => Promise<T | undefined>,
  otherwise: () => Error,
): Promise<T> {
  for (let poll = 1; ; poll += 1) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    if (poll >= INTERFACE_POLLS_A_STEP) throw otherwise();
    await time.sleep(INTERFACE_POLL_INTERVAL_MS);
  }
}
