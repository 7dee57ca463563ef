/** Deletes the volumes of a node that is being deleted, or tags them as left. It may stop at any point and run again. */
import { NotReady } from '../../domain/errors';
import type { SeenVolume } from '../../domain/node/observations';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { tagsOfLeft } from '../../domain/operation/left-resources';
import { hasEnded } from '../../domain/operation/launch';
import { decideVolumeRelease, type VolumeRelease } from '../../domain/operation/release-volumes';
import type { Ports } from '../ports';

type VolumePorts = Pick<Ports, 'volumes' | 'instances' | 'tags' | 'log' | 'time'>;

/** EC2 allows about five deletions a second, and a step has 60 s. The step is retried for the others. */
export const DELETIONS_MAX = 100;
/** A request of this size is far below EC2's limit of 1,000 resources. */
const TAGGED_AT_ONCE = 200;

/**
 * Returns the ids of the volumes that continue to exist.
 * @param leftInstanceId the instance that the deletion leaves running; EC2 may not show it yet
 * @throws NotReady if a volume that must be deleted still exists
 */
export async function releaseVolumes(
  ports: VolumePorts,
  node: Pick<StatefulNode, 'id' | 'deletion'>,
  leftInstanceId: string | undefined,
): Promise<readonly string[]> {
  const { shouldDeleteVolumes = false } = node.deletion ?? {};
  const seen = await ports.volumes.ofNode(node.id);
  const living = await livingHolders(ports, seen, leftInstanceId);
  const decided = seen.map((volume) => ({ volume, ...decideVolumeRelease(volume, shouldDeleteVolumes, living) }));
  const of = (kind: VolumeRelease['kind']) => decided.filter((each) => each.kind === kind).map(({ volume }) => volume);
  const due = of('delete').map(({ id }) => id);
  for (const id of due.slice(0, DELETIONS_MAX)) await deleteVolume(ports, node.id, id);
  const left = of('leave');
  await tagAsLeft(ports, node, left);
  const remaining = [...due.slice(DELETIONS_MAX), ...of('wait').map(({ id }) => id)];
  const [first] = remaining;
  if (first !== undefined) throw new NotReady(`${remaining.length} volumes are not deleted yet: ${first} is one`);
  return left.map(({ id }) => id);
}

async function livingHolders(
  { instances }: VolumePorts,
  seen: readonly SeenVolume[],
  leftInstanceId: string | undefined,
): Promise<ReadonlySet<string>> {
  const living = new Set(leftInstanceId === undefined ? [] : [leftInstanceId]);
  for (const id of new Set(seen.flatMap(({ instanceIds }) => instanceIds))) {
    if (living.has(id)) continue;
    const holder = await instances.observe(id);
    if (holder !== undefined && !hasEnded(holder)) living.add(id);
  }
  return living;
}

/** Logged before the call, so that no volume disappears without an entry. */
async function deleteVolume({ volumes, log, time }: VolumePorts, nodeId: string, volumeId: string): Promise<void> {
  const message = `${volumeId} is deleted, as the deletion asks`;
  await log.append(nodeId, { createdAt: time.now().toISOString(), severity: 'INFO', message });
  await volumes.delete(volumeId);
}

async function tagAsLeft(
  { tags, time }: VolumePorts,
  { id: nodeId, deletion }: Pick<StatefulNode, 'id' | 'deletion'>,
  left: readonly SeenVolume[],
): Promise<void> {
  // What is tagged already keeps its expiry: a repeat does not postpone it.
  const untagged = left.filter(({ leftBy }) => leftBy !== nodeId).map(({ id }) => id);
  const marks = tagsOfLeft(nodeId, deletion?.volumesTtlHours, time.now().toISOString());
  for (let from = 0; from < untagged.length; from += TAGGED_AT_ONCE) {
    await tags.set(untagged.slice(from, from + TAGGED_AT_ONCE), marks);
  }
}
