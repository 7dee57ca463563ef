/**
 * The reconciler's own budget of EC2 calls, beside the pages of its lists. EC2 refills the buckets of describing actions
 * with 20 calls a second and those of most changing actions with 5 to 10, and steps need them more urgently.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
import type { Ports } from '../ports';

/** Work on a node makes a few calls, of different actions. */
const AT_ONCE = 10;
const PAUSE_MS = 1_000;

/** Does the work for each item, ten a second, and fails for none of them. */
export async function paced<In, Out>(
  { time }: Pick<Ports, 'time'>,
  items: readonly In[],
  work: (item: In) => Promise<Out>,
): Promise<readonly PromiseSettledResult<Out>[]> {
  const results: PromiseSettledResult<Out>[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    if (from > 0) await time.sleep(PAUSE_MS);
    results.push(...(await Promise.allSettled(items.slice(from, from + AT_ONCE).map(work))));
  }
  return results;
}
