/** Statistics of samples. */

/** The smallest value that this share of all values (in percent) does not exceed. @throws RangeError without values */
export function percentile(values: readonly number[], percent: number): number {
  const inOrder = [...values].sort((one, other) => one - other);
  const value = inOrder[Math.max(0, Math.ceil((percent / 100) * inOrder.length) - 1)];
  if (value === undefined) throw new RangeError('there is nothing to take a percentile of');
  return value;
}

/** @throws RangeError without values */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is nothing to take a mean of');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
