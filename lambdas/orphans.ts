/** Finds what carries a node's tag and belongs to none, marks it, and removes it after the grace time. */
import { decideOrphan, type OrphanDecision, type Tagged } from '../domain/orphans';
import { UNCLAIMED_SINCE_TAG } from '../domain/stateful-node';
import type { Ports } from './ports';
import { taggedInstances, taggedInterfaces, type Survey } from './survey';

/** By id. */
export interface OrphanOutcome {
  readonly marked: readonly string[];
  readonly unmarked: readonly string[];
  readonly removed: readonly string[];
  readonly failures: readonly unknown[];
}

type OrphanPorts = Pick<Ports, 'nodes' | 'fleet' | 'instances' | 'interfaces' | 'tags' | 'log' | 'time'>;

/** What can be done about one kind of thing. */
interface Kind {
  /** At most one. */
  readonly look: (id: string) => Promise<readonly Tagged[]>;
  readonly remove: (id: string) => Promise<void>;
}

export async function removeOrphans(
  ports: OrphanPorts,
  { nodes, instances, interfaces }: Survey,
): Promise<OrphanOutcome> {
  const now = ports.time.now().toISOString();
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const handle = async (listed: Tagged, { look, remove }: Kind): Promise<OrphanDecision> => {
    if (decideOrphan(listed, nodeOf.get(listed.origin.nodeId), now) === 'nothing') return 'nothing';
    // Both may have changed since the survey. The record first: a deletion tags what it leaves before the record goes.
    const node = await ports.nodes.get(listed.origin.nodeId);
    const [found] = await look(listed.id);
    if (found === undefined) return 'nothing';
    const decision = decideOrphan(found, node, now);
    if (decision !== 'nothing') await carryOut(ports, found, decision, remove);
    return decision;
  };
  const { fleet } = ports;
  const instanceKind: Kind = {
    look: async (id) => taggedInstances(await fleet.instances(id)),
    remove: (id) => ports.instances.terminate(id),
  };
  const interfaceKind: Kind = {
    look: async (id) => taggedInterfaces(await fleet.interfaces(id)),
    remove: (id) => ports.interfaces.delete(id),
  };
  const handled = await Promise.allSettled([
    ...instances.map((listed) => handle(listed, instanceKind)),
    ...interfaces.map((listed) => handle(listed, interfaceKind)),
  ]);
  const listed = [...instances, ...interfaces];
  const those = (decision: OrphanDecision): readonly string[] =>
    listed.flatMap(({ id }, index) => {
      const each = handled[index];
      return each?.status === 'fulfilled' && each.value === decision ? [id] : [];
    });
  const failures = handled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  return { marked: those('mark'), unmarked: those('unmark'), removed: those('remove'), failures };
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
