/** Finds what a misspelt word may mean. */

/** The most letters to change. More would suggest words that have nothing to do with what was typed. */
const MOST_CHANGES = 2;

export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((each) => ({ each, distance: distanceOf(word, each) }))
    .filter(({ distance }) => distance <= MOST_CHANGES)
    .sort((one, other) => one.distance - other.distance);
  return best?.each;
}

/** Levenshtein's distance: how many letters must be inserted, removed or replaced. */
function distanceOf(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of Array.from(one).entries()) {
    const current = [row + 1];
    for (const [column, otherLetter] of Array.from(other).entries()) {
      const replaced = above[column]! + (letter === otherLetter ? 0 : 1);
      current.push(Math.min(replaced, above[column + 1]! + 1, current[column]! + 1));
    }
    above = current;
  }
  return above.at(-1)!;
}
