/** Summarises the replacements of one node over many seeds. */
import type { EniAttachment } from '../../../domain/config/node-config';
import { replacementBill, usdOf, type Inventory } from '../../costs/bill';
import { percentile } from '../statistics';
import { awayBeyondFloor, excessOf, floorOf } from './floor';
import { replaceOne, type Replacement } from './one-node';

export interface Spread {
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
}

export interface ReplacementSummary {
  readonly attachment: EniAttachment;
  readonly seeds: number;
  /** From the warning to ACTIVE, in seconds, and over the strict floor of the same run. */
  readonly activeSeconds: Spread;
  readonly activeRatio: Spread;
  /** How much longer the address was away than EC2 takes, in seconds. */
  readonly awayBeyondSeconds: Spread;
  /** By window, what went beyond the floor, in seconds. */
  readonly excessSeconds: Readonly<Record<string, Spread>>;
  readonly transitions: Spread;
  readonly calls: Spread;
  /** In US dollars, without metrics: those are paid for by the hour, however many replacements it has. */
  readonly usd: Spread;
}

export async function measureReplacements(
  attachment: EniAttachment,
  seeds: number,
  template: unknown,
  inventory: Inventory,
): Promise<ReplacementSummary> {
  const all: Replacement[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) all.push(await replaceOne(attachment, seed, template));
  const spread = (value: (each: Replacement) => number): Spread => spreadOf(all.map(value));
  const seconds = ({ milestones: { activeAt, warnedAt } }: Replacement) => (activeAt - warnedAt) / 1_000;
  const windows = Object.keys(excessOf(attachment, all[0]!.milestones));
  return {
    attachment,
    seeds,
    activeSeconds: spread(seconds),
    activeRatio: spread((each) => (seconds(each) * 1_000) / floorOf(attachment, each.milestones).active),
    awayBeyondSeconds: spread(({ milestones }) => awayBeyondFloor(attachment, milestones) / 1_000),
    excessSeconds: Object.fromEntries(
      windows.map((window) => [window, spread(({ milestones }) => excessOf(attachment, milestones)[window]! / 1_000)]),
    ),
    transitions: spread(({ transitions }) => transitions),
    calls: spread(({ calls }) => calls),
    usd: spread(({ usage }) =>
      replacementBill({ ...usage, metrics: 0 }, inventory, 1).reduce((sum, line) => sum + usdOf(line), 0),
    ),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: percentile(values, 50), p90: percentile(values, 90), p99: percentile(values, 99) };
}
