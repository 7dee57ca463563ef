import type { Time } from '../ports';

/** EC2 has no event for an interface, so its status is polled: often while the address is away, and briefly. */
export const INTERFACE_POLL_INTERVAL_MS = 500;
/** After that the step gives up and is retried by the state machine, whose waiting costs no function time. */
export const INTERFACE_POLLS_A_STEP = 10;

/** Calls `attempt` until it answers something, `INTERFACE_POLLS_A_STEP` times at the most. Undefined where it never does. */
export async function poll<T>(time: Time, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let polls = 1; ; polls += 1) {
    const answer = await attempt();
    if (answer !== undefined || polls >= INTERFACE_POLLS_A_STEP) return answer;
    await time.sleep(INTERFACE_POLL_INTERVAL_MS);
  }
}

/** The same; throws what `otherwise` makes of it where there never is an answer. */
export async function pollInterface<T>(
  time: Time,
  attempt: () => Promise<T | undefined>,
  otherwise: () => Error,
): Promise<T> {
  const answer = await poll(time, attempt);
  if (answer === undefined) throw otherwise();
  return answer;
}
