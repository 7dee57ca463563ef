/** How the nodes are, for the metrics and the log, whatever the reconciler does about it. */
import {
  describeMissing,
  updateAwaySince,
  type AwaySince,
  type Missing,
  type MissingAddress,
} from '../../domain/monitoring/missing-address';
import type { NodeStatus } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';
import type { Findings } from './findings';

export interface Report {
  /** How many nodes have each status that the API shows. */
  readonly byStatus: Readonly<Record<NodeStatus, number>>;
  /** The ids of the nodes that will not recover before a person has acted. */
  readonly needingAPerson: readonly string[];
  /** The nodes that should be reachable on their address, and are not. */
  readonly missingAddresses: readonly MissingAddress[];
}

/**
 * Never fails, because no repair depends on it: `failures` has what could not be read or written.
 * @param isInDoubt whether the table may be another deployment's, and must not be changed
 */
export async function reportOn(
  ports: Pick<Ports, 'missingAddresses' | 'time'>,
  { byStatus, needingAPerson, missing }: Pick<Findings, 'byStatus' | 'needingAPerson' | 'missing'>,
  isInDoubt: boolean,
): Promise<{ readonly report: Report; readonly failures: readonly unknown[] }> {
  const now = ports.time.now().toISOString();
  const [kept] = await Promise.allSettled([keepTimes(ports, missing, now, isInDoubt)]);
  const awaySince: AwaySince = kept.status === 'fulfilled' ? kept.value : {};
  const missingAddresses = missing.map((each) => describeMissing(each, awaySince[each.nodeId] ?? now));
  return {
    report: { byStatus, needingAPerson, missingAddresses },
    failures: kept.status === 'rejected' ? [kept.reason] : [],
  };
}

/** Since when each node has been without its address. Written only if it changes. */
async function keepTimes(
  { missingAddresses }: Pick<Ports, 'missingAddresses'>,
  lacking: readonly Missing[],
  now: string,
  isInDoubt: boolean,
): Promise<AwaySince> {
  const before = await missingAddresses.read();
  const after = updateAwaySince(before, lacking, now);
  const isChanged = Object.keys({ ...before, ...after }).some((id) => before[id] !== after[id]);
  if (isChanged && !isInDoubt) await missingAddresses.replace(after);
  return after;
}
