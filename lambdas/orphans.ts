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
}

type OrphanPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'tags' | 'log' | 'time'>;

export async function removeOrphans(
  ports: OrphanPorts,
  { nodes, instances, interfaces }: Survey,
): Promise<OrphanOutcome> {
  const now = ports.time.now().toISOString();
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const outcome: Record<Exclude<OrphanDecision, 'nothing'>, string[]> = { mark: [], unmark: [], remove: [] };
  const handle = async (found: readonly Tagged[], remove: (id: string) => Promise<void>) => {
    for (const each of found) {
      if (decideOrphan(each, nodeOf.get(each.origin.nodeId), now) === 'nothing') continue;
      // The record may have changed since the survey: what is about to be removed has to be unclaimed now.
      const decision = decideOrphan(each, await ports.nodes.get(each.origin.nodeId), now);
      if (decision === 'nothing') continue;
      await carryOut(ports, each, decision, remove);
      outcome[decision].push(each.id);
    }
  };
  await handle(instances, (id) => ports.instances.terminate(id));
  await handle(interfaces, (id) => ports.interfaces.delete(id));
  return { marked: outcome.mark, unmarked: outcome.unmark, removed: outcome.remove };
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
