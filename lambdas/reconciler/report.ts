/** How the nodes are, for the metrics and the log, whatever the reconciler does about it. */
import {
  describeMissing,
  lacksAddress,
  updateAwaySince,
  type AwaySince,
  type MissingAddress,
} from '../../domain/monitoring/missing-address';
import { waitsForAPerson } from '../../domain/monitoring/needs-a-person';
import type { NodeStatus, StatefulNode } from '../../domain/node/stateful-node';
import { shownStatus } from '../../domain/operation/intents';
import type { Survey } from '../operation/survey';
import type { Ports } from '../ports';

export interface Report {
  /** How many nodes have each status that the API shows. */
  readonly byStatus: Readonly<Record<NodeStatus, number>>;
  /** The ids of the nodes that will not recover before a person has acted. */
  readonly needingAPerson: readonly string[];
  /** The nodes that should be reachable on their address, and are not. */
  readonly missingAddresses: readonly MissingAddress[];
}

const NONE = { ACTIVE: 0, PAUSING: 0, PAUSED: 0, RESUMING: 0, RECYCLING: 0, DEALLOCATING: 0, ERROR: 0 };

/**
 * Never fails, because no repair depends on it: `failures` has what could not be read or written.
 * @param isInDoubt whether the table may be another deployment's, and must not be changed
 */
export async function reportOn(
  ports: Pick<Ports, 'missingAddresses' | 'time'>,
  { nodes, addressOf }: Pick<Survey, 'nodes' | 'addressOf'>,
  isInDoubt: boolean,
): Promise<{ readonly report: Report; readonly failures: readonly unknown[] }> {
  const byStatus = { ...NONE };
  for (const node of nodes) byStatus[shownStatus(node)] += 1;
  const lacking = nodes.filter((node) => lacksAddress(node, addressOf(node)));
  const now = ports.time.now().toISOString();
  const [kept] = await Promise.allSettled([keepTimes(ports, lacking, now, isInDoubt)]);
  const awaySince: AwaySince = kept.status === 'fulfilled' ? kept.value : {};
  return {
    report: {
      byStatus,
      needingAPerson: nodes.filter(waitsForAPerson).map(({ id }) => id),
      missingAddresses: lacking.map((node) => describeMissing(node, awaySince[node.id] ?? now)),
    },
    failures: kept.status === 'rejected' ? [kept.reason] : [],
  };
}

/** Since when each node has been without its address. Written only if it changes. */
async function keepTimes(
  { missingAddresses }: Pick<Ports, 'missingAddresses'>,
  lacking: readonly StatefulNode[],
  now: string,
  isInDoubt: boolean,
): Promise<AwaySince> {
  const before = await missingAddresses.read();
  const after = updateAwaySince(before, lacking, now);
  const isChanged = Object.keys({ ...before, ...after }).some((id) => before[id] !== after[id]);
  if (isChanged && !isInDoubt) await missingAddresses.replace(after);
  return after;
}
