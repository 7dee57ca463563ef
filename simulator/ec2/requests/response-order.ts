/**
 * EC2 guarantees no order for the elements of its responses, "including those within nested structures".
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
import type { Random } from '../../time/random';

/** Shuffles every list in a response. Pages are already cut, so each keeps its entities. */
export function shuffleLists<T>(response: T, random: Random): T {
  if (Array.isArray(response))
    return shuffled(response, random).map((item) => shuffleLists<unknown>(item, random)) as T;
  if (typeof response !== 'object' || response === null || response instanceof Date) return response;
  // Most of a large response passes here, so it is copied without lists of its members.
  const result = { ...response };
  for (const name in result) {
    const value = result[name];
    if (typeof value === 'object') result[name] = shuffleLists(value, random);
  }
  return result;
}

/** Fisher-Yates: every order is equally likely. */
function shuffled(list: readonly unknown[], random: Random): unknown[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
