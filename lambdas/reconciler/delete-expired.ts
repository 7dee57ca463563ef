/**
 * Deletes what deletions have left for a limited time, once that time is over. The reason to delete a thing is written
 * on the thing itself: the tag with its expiry. If anything about it is in doubt, it stays until the next run.
 */
import { InterfaceNotFree, NotReady } from '../../domain/errors';
import { decideExpiry, resourcesIn, type NodeResource } from '../../domain/operation/left-resources';
import type { Survey } from '../operation/survey';
import type { Ports } from '../ports';
import { paced } from './paced';

type ExpiryPorts = Pick<Ports, 'nodes' | 'fleet' | 'interfaces' | 'volumes' | 'ownership' | 'log' | 'time'>;

export interface Expired {
  /** The ids of what was deleted. */
  readonly deleted: readonly string[];
  readonly failures: readonly unknown[];
}

/** The next run comes in a minute. */
const DELETIONS_MAX = 50;

export const NOTHING_EXPIRED: Expired = { deleted: [], failures: [] };

export async function deleteExpired(ports: ExpiryPorts, survey: Survey): Promise<Expired> {
  const { leftInterfaces, leftVolumes } = survey;
  const volumes = leftVolumes.status === 'fulfilled' ? leftVolumes.value : [];
  const unlisted = leftVolumes.status === 'fulfilled' ? [] : [leftVolumes.reason as unknown];
  const listed = resourcesIn({ instances: [], interfaces: leftInterfaces, volumes, elasticIps: [] });
  const now = ports.time.now().toISOString();
  const due = listed.filter((each) => !survey.hasRecord(each.nodeId) && decideExpiry(each, now) === 'delete');
  // A table without any node is not necessarily new: its records may be lost.
  const isWaiting = due.length === 0 || (await ports.ownership.doubt()) !== undefined;
  if (isWaiting) return { ...NOTHING_EXPIRED, failures: unlisted };
  const looks = await paced(ports, due.slice(0, DELETIONS_MAX), (each) => deleteIfExpired(ports, each));
  return {
    deleted: looks.flatMap((look) => (look.status === 'fulfilled' && look.value !== undefined ? [look.value] : [])),
    failures: [...unlisted, ...looks.flatMap((look) => (look.status === 'rejected' ? [look.reason as unknown] : []))],
  };
}

/** Looks again before it deletes: the listing is a moment old. Returns the id if it was deleted. */
async function deleteIfExpired(ports: ExpiryPorts, { kind, id, nodeId }: NodeResource): Promise<string | undefined> {
  const [node, seen] = await Promise.all([ports.nodes.get(nodeId), lookAgain(ports, kind, id, nodeId)]);
  const createdAt = ports.time.now().toISOString();
  if (node !== undefined || seen === undefined || decideExpiry(seen, createdAt) !== 'delete') return undefined;
  const message = `${id} was left by the deletion until ${seen.expiresAt}, and is deleted`;
  // Before the call, so that nothing disappears without an entry.
  await ports.log.append(nodeId, { createdAt, severity: 'INFO', message });
  try {
    await ports[kind === 'volume' ? 'volumes' : 'interfaces'].delete(id);
    return id;
  } catch (error) {
    // It was attached after the look.
    if (error instanceof InterfaceNotFree || error instanceof NotReady) return undefined;
    throw error;
  }
}

async function lookAgain(
  { fleet, volumes }: ExpiryPorts,
  kind: NodeResource['kind'],
  id: string,
  nodeId: string,
): Promise<NodeResource | undefined> {
  const volume = kind === 'volume' ? await volumes.observe(id) : undefined;
  const interfaces = kind === 'interface' ? await fleet.interfaces(nodeId) : [];
  const seen = { instances: [], interfaces, volumes: volume === undefined ? [] : [volume], elasticIps: [] };
  return resourcesIn(seen).find((each) => each.id === id && each.nodeId === nodeId);
}
