/** Finds what carries a node's tag and belongs to none, marks it, and removes it after the grace time. */
import { decideOrphan, type OrphanDecision, type Tagged } from '../domain/orphans';
import { UNCLAIMED_SINCE_TAG } from '../domain/stateful-node';
import type { Ports } from './ports';
import type { Survey } from './survey';

/** By id. */
export interface OrphanOutcome {
  readonly marked: readonly string[];
  readonly unmarked: readonly string[];
  readonly removed: readonly string[];
  readonly failures: readonly unknown[];
}

type OrphanPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'tags' | 'log' | 'time'>;

export async function removeOrphans(
  ports: OrphanPorts,
  { nodes, instances, interfaces }: Survey,
): Promise<OrphanOutcome> {
  const now = ports.time.now().toISOString();
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const outcome: Record<Exclude<OrphanDecision, 'nothing'>, string[]> = { mark: [], unmark: [], remove: [] };
  const handle = async (found: Tagged, remove: (id: string) => Promise<void>) => {
    if (decideOrphan(found, nodeOf.get(found.origin.nodeId), now) === 'nothing') return;
    // The record may have changed since the survey: what is about to be removed has to be unclaimed now.
    const decision = decideOrphan(found, await ports.nodes.get(found.origin.nodeId), now);
    if (decision === 'nothing') return;
    await carryOut(ports, found, decision, remove);
    outcome[decision].push(found.id);
  };
  const handled = await Promise.allSettled([
    ...instances.map((found) => handle(found, (id) => ports.instances.terminate(id))),
    ...interfaces.map((found) => handle(found, (id) => ports.interfaces.delete(id))),
  ]);
  const failures = handled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  return { marked: outcome.mark, unmarked: outcome.unmark, removed: outcome.remove, failures };
}

async function carryOut(
  { tags, log, time }: OrphanPorts,
  { id, origin }: Tagged,
  decision: Exclude<OrphanDecision, 'nothing'>,
  remove: (id: string) => Promise<void>,
): Promise<void> {
  const now = time.now().toISOString();
  const tell = (message: string) =>
    log.append(origin.nodeId, { createdAt: now, severity: 'WARN', message: `reconciler: ${id} ${message}` });
  switch (decision) {
    case 'mark':
      await tags.set([id], [{ key: UNCLAIMED_SINCE_TAG, value: now }]);
      return tell('carries the tag of this node, which does not know it');
    case 'unmark':
      return tags.remove([id], [UNCLAIMED_SINCE_TAG]);
    case 'remove':
      // Told before it is done: whatever happens next, nothing vanishes without a word.
      await tell('belongs to nothing and is removed');
      return remove(id);
  }
}
