/**
 * The recorded counts of the small worlds. A change that opens or closes ways changes them, so it is seen even if nothing
 * is violated. `npm run explore -- --baseline` records them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly rests: number;
}

export type Baseline = Readonly<Record<string, Counts>>;

const FILE = join(__dirname, 'baseline.json');

export function readBaseline(): Baseline {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Baseline;
}

export function writeBaseline(baseline: Baseline): void {
  writeFileSync(FILE, `${JSON.stringify(baseline, null, 2)}\n`);
}

export function countsOf({ states, transitions, rests }: Counts): Counts {
  return { states, transitions, rests };
}

/** How the counts differ from what they should be, for a person; undefined if they are the same. */
export function differenceBetween(counts: Counts, recorded: Counts): string | undefined {
  const differences = (['states', 'transitions', 'rests'] as const)
    .filter((each) => recorded[each] !== counts[each])
    .map((each) => `${counts[each]} ${each} instead of ${recorded[each]}`);
  return differences.length === 0 ? undefined : differences.join(', ');
}
