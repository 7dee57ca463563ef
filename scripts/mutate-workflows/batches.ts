/** Mutants of different states, together. */
import type { Mutant } from './mutants';

/** As few batches as there can be: each has at most one mutant of a state. */
export function batchesOf(mutants: readonly Mutant[]): readonly (readonly Mutant[])[] {
  const batches: Mutant[][] = [];
  const counts = new Map<string, number>();
  for (const mutant of mutants) {
    const key = `${mutant.kind}: ${mutant.state}`;
    const place = counts.get(key) ?? 0;
    counts.set(key, place + 1);
    (batches[place] ??= []).push(mutant);
  }
  return batches;
}
