/**
 * Places things on a line as near as possible to where each wants to be, in their order and without overlap.
 *
 * It is the least-squares solution (isotonic regression by pooling of adjacent violators), so that a row looks balanced.
 */
export interface Placed {
  readonly wanted: number;
  readonly weight: number;
  /** Half of the room that it takes. */
  readonly half: number;
}

export function spread(row: readonly Placed[], from: number, to: number): readonly number[] {
  // With the room of everything before it taken off, no overlap means: in ascending order.
  const offsets: number[] = [];
  let room = 0;
  for (const { half } of row) {
    offsets.push(room + half);
    room += 2 * half;
  }
  const pools: { sum: number; weight: number; count: number }[] = [];
  row.forEach(({ wanted, weight }, index) => {
    pools.push({ sum: (wanted - (offsets[index] ?? 0)) * weight, weight, count: 1 });
    for (let last = pools.at(-1), before = pools.at(-2); last && before; last = pools.at(-1), before = pools.at(-2)) {
      if (before.sum / before.weight <= last.sum / last.weight) break;
      pools.splice(-2, 2, {
        sum: before.sum + last.sum,
        weight: before.weight + last.weight,
        count: before.count + last.count,
      });
    }
  });
  const positions = pools.flatMap(({ sum, weight, count }) => Array.from({ length: count }, () => sum / weight));
  const highest = Math.max(from, to - room);
  return positions.map((position, index) => Math.min(Math.max(position, from), highest) + (offsets[index] ?? 0));
}
