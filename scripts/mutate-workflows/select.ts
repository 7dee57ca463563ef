/** Which of the mutants are run. */
import { Random } from '../../simulator/time/random';
import type { Mutant } from './mutants';
import type { Selection } from './options';

export function selected(
  mutants: readonly Mutant[],
  { only, sample, seed, from, count }: Selection,
): readonly Mutant[] {
  const named = mutants.filter(({ id, text }) => only === undefined || id === only || text.includes(only));
  const drawn = sample === undefined ? named : draw(named, sample, new Random(String(seed)));
  return drawn.slice(from - 1, from - 1 + count);
}

/** So many of them, in their order. */
function draw(mutants: readonly Mutant[], sample: number, random: Random): readonly Mutant[] {
  const places = new Map(mutants.map((mutant) => [mutant, random.next()]));
  const drawn = new Set([...mutants].sort((a, b) => places.get(a)! - places.get(b)!).slice(0, sample));
  return mutants.filter((mutant) => drawn.has(mutant));
}
