/**
 * What the charts show. A part of it is kept in a file, because a full run takes hours on a small machine: each run replaces
 * what it has measured, and leaves the rest. Everything here is in modelled time, so it is the same on every machine.
 */
import * as z from 'zod';
import type { Measured } from '../measure';
import { stormName } from '../storm/storm';

const curve = z.array(z.number());

const stormFigures = z.object({
  name: z.string(),
  nodes: z.number(),
  carried: z.enum(['cold', 'hot', 'mixed']),
  /** Whether nothing is out of the ordinary: no Elastic IPs, spot has capacity, and nothing else uses EC2's rates. */
  isUsual: z.boolean(),
  /** When the nodes were ACTIVE, in order, in seconds from the first warning. */
  active: curve,
  ideal: curve,
  idealJustInTime: curve,
  callsANode: z.number(),
  /** A share of the calls, from 0 to 1. */
  throttled: z.number(),
});

const windowFigures = z.object({
  attachment: z.enum(['cold', 'hot']),
  window: z.string(),
  seeds: z.number(),
  /** Seconds beyond the floor. */
  median: z.number(),
  p99: z.number(),
});

export const figures = z.object({ storms: z.array(stormFigures), windows: z.array(windowFigures) });

export type Figures = z.infer<typeof figures>;
export type StormFigures = Figures['storms'][number];

export const NO_FIGURES: Figures = { storms: [], windows: [] };

export function figuresOf({ storms = [], replacements = [] }: Measured): Figures {
  return {
    storms: storms.map(({ curves, ...storm }) => ({
      name: stormName(storm),
      nodes: storm.nodes,
      carried: storm.carried,
      isUsual: !storm.hasElasticIps && !storm.isSpotDry && storm.rateShare === 1,
      active: [...curves.active],
      ideal: [...curves.ideal],
      idealJustInTime: [...curves.idealJustInTime],
      callsANode: storm.callsANode,
      throttled: storm.throttled,
    })),
    windows: replacements.flatMap(({ attachment, seeds, excessSeconds }) =>
      Object.entries(excessSeconds).map(([window, { median, p99 }]) => ({ attachment, window, seeds, median, p99 })),
    ),
  };
}

/** What was measured anew replaces what has the same name. The order does not depend on the order of the runs. */
export function merged(before: Figures, measured: Figures): Figures {
  const names = new Set(measured.storms.map(({ name }) => name));
  const attachments = new Set(measured.windows.map(({ attachment }) => attachment));
  const storms = [...before.storms.filter(({ name }) => !names.has(name)), ...measured.storms];
  const windows = [...before.windows.filter(({ attachment }) => !attachments.has(attachment)), ...measured.windows];
  return {
    storms: storms.sort((one, other) => one.nodes - other.nodes || one.name.localeCompare(other.name)),
    // The sort is stable, so the windows of one replacement stay in the order in which they pass.
    windows: windows.sort((one, other) => one.attachment.localeCompare(other.attachment)),
  };
}
