/** How long a confirmed launch or replacement took, and how long the address was away meanwhile. */
import { attachmentOf } from '../config/node-config';
import { goneAt, takenAt } from '../operation/address-away';
import type { Operation } from '../node/stateful-node';
import type { Measurement } from './metrics';

/**
 * The first measurement is of the whole, and only for a replacement, or for a launch that tries again what has failed: a
 * resume takes no address away. The others are of its parts. `now` is ISO 8601, UTC.
 * @param knownSince since when the reconciler has seen the node without its address; ISO 8601, UTC
 */
export function measureRecovery(
  operation: Operation,
  knownSince: string | undefined,
  now: string,
): readonly Measurement[] {
  return [...measureReplacement(operation, knownSince, now), ...measurePhases(operation, now)];
}

/** Another try does not know when the first one has taken the address away. */
export function needsKnownSince({ startedBy }: Operation): boolean {
  return startedBy === 'retry';
}

function measureReplacement(operation: Operation, knownSince: string | undefined, now: string): readonly Measurement[] {
  if (operation.kind !== 'replace' && operation.startedBy !== 'retry') return [];
  const dimensions = {
    Cause: operation.cause ?? operation.startedBy ?? 'unknown',
    Attachment: attachmentOf(operation.config),
  };
  const values = {
    Replacements: 1,
    RecoveryTime: secondsBetween(operation.startedAt, now),
    AddressAway: secondsBetween(earlierOf(knownSince, awaySince(operation)), now),
  };
  return [{ group: 'recovery', dimensions, values }];
}

/**
 * Since when the address has been away. If nothing had to take it from the old instance, that instance had ended: when EC2
 * had announced it, or when its end was noticed.
 */
export function awaySince(operation: Operation): string {
  return goneAt(operation) ?? operation.startedAt;
}

function measurePhases(operation: Operation, now: string): readonly Measurement[] {
  const { startedAt, launch, config } = operation;
  if (launch?.launchedAt === undefined) return [];
  const attachment = attachmentOf(config);
  const taken = takenAt(operation);
  const phases: Readonly<Record<string, readonly [string, string]>> =
    attachment === 'cold'
      ? {
          ...(taken !== undefined && { drain: [startedAt, taken] }),
          release: [taken ?? startedAt, launch.launchedAt],
          boot: [launch.launchedAt, now],
        }
      : { launch: [startedAt, launch.launchedAt], boot: [launch.launchedAt, taken ?? now], move: [taken ?? now, now] };
  return Object.entries(phases).map(([phase, [from, to]]) => ({
    group: 'phase',
    dimensions: { Phase: phase, Attachment: attachment },
    values: { PhaseTime: secondsBetween(from, to) },
  }));
}

function earlierOf(time: string | undefined, other: string): string {
  return time !== undefined && time < other ? time : other;
}

/** Clocks differ: EC2 gives the time of the launch, and our functions the others. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
