/**
 * EC2 promises no order of the elements of its answers, "including those within nested structures".
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
import type { Random } from '../../time/random';

/** The answer with every list in it in any order. Pages are cut before, so each still holds what it held. */
export function shuffleLists<T>(answer: T, random: Random): T {
  if (Array.isArray(answer)) return shuffled(answer, random).map((item) => shuffleLists<unknown>(item, random)) as T;
  if (typeof answer !== 'object' || answer === null || answer instanceof Date) return answer;
  const members = Object.entries(answer).map(([name, value]) => [name, shuffleLists<unknown>(value, random)]);
  return Object.fromEntries(members) as T;
}

/** By Fisher and Yates: every order is equally likely. */
function shuffled(list: readonly unknown[], random: Random): unknown[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
