/** Which failures go away by themselves: the runbook says "wait" for them. For all others a person must do something. */
import type { StatefulNode } from '../node/stateful-node';

/** The names are written out, because bundling renames classes. */
const GOES_AWAY: readonly string[] = [
  // The deletion that cancelled the import follows.
  'ImportCancelled',
  'InterfaceNotFree',
  'NoCapacity',
  'NotReady',
  'RecordContended',
  // The next try launches another instance.
  'ReplacementLost',
  'ReplacementStopped',
  'ServiceUnavailable',
  'Throttled',
];

/** Whether the node has failed and will not recover before a person has acted. */
export function waitsForAPerson({ failure }: StatefulNode): boolean {
  return failure?.errorName !== undefined && !GOES_AWAY.includes(failure.errorName);
}
