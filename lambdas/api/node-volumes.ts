/** Deletes a volume of a node on the ports. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import { decideVolumeDeletion } from '../../domain/node/volumes';
import type { Ports } from '../ports';
import { InvalidRequest } from './node-service';

/** @throws InvalidRequest if the volume is not the node's or is in use */
export async function deleteVolume(
  { volumes, log }: Pick<Ports, 'volumes' | 'log'>,
  node: Pick<StatefulNode, 'id'>,
  volumeId: string,
  now: string,
): Promise<void> {
  const decision = decideVolumeDeletion(node, volumeId, await volumes.observe(volumeId));
  if (decision.kind === 'refused') throw new InvalidRequest([{ field: 'volumeId', message: decision.because }]);
  if (decision.kind === 'nothing') return;
  await volumes.delete(volumeId);
  await log.append(node.id, { createdAt: now, severity: 'INFO', message: `volume ${volumeId} deleted` });
}
