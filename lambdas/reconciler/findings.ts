/** What a survey finds of the nodes, without their records: they do not all fit into memory at the same time. */
import { lacksAddress, missingOf, type Missing, type SeenAddress } from '../../domain/monitoring/missing-address';
import { waitsForAPerson } from '../../domain/monitoring/needs-a-person';
import type { NodeStatus, StatefulNode } from '../../domain/node/stateful-node';
import { shownStatus } from '../../domain/operation/intents';
import { decideRepair, type Repair, type SeenAtRest } from '../../domain/reconciliation/reconciliation';
import type { Surveyor } from '../operation/survey';

const NONE = { ACTIVE: 0, PAUSING: 0, PAUSED: 0, RESUMING: 0, RECYCLING: 0, DEALLOCATING: 0, ERROR: 0 };

export class Findings implements Surveyor {
  /** How many nodes have each status that the API shows. */
  readonly byStatus: Record<NodeStatus, number> = { ...NONE };
  /** The ids of the nodes that will not recover before a person has acted. */
  readonly needingAPerson: string[] = [];
  /** The nodes that should be reachable on their address, and are not. */
  readonly missing: Missing[] = [];
  /** The operations that the nodes seem to be missing. */
  readonly repairs: Repair[] = [];
  /** The ids of the nodes that have given something up. */
  readonly givingUp: string[] = [];
  /** How many nodes are being replaced because their checks failed. */
  beingHealed = 0;

  /** @param now ISO 8601, UTC */
  constructor(private readonly now: () => string) {}

  atRest(status: 'ACTIVE' | 'PAUSED'): void {
    this.byStatus[status] += 1;
  }

  inspect(node: StatefulNode, seen: SeenAtRest, address: SeenAddress): void {
    this.byStatus[shownStatus(node)] += 1;
    if (waitsForAPerson(node)) this.needingAPerson.push(node.id);
    if (lacksAddress(node, address)) this.missing.push(missingOf(node));
    if ((node.givenUp ?? []).length > 0) this.givingUp.push(node.id);
    if (node.operation?.cause === 'unhealthy') this.beingHealed += 1;
    const repair = decideRepair(node, seen, this.now());
    if (repair !== undefined) this.repairs.push(repair);
  }
}
