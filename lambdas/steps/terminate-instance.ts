/** Terminates the old instance, to release its interface (cold) or because another instance carries it (hot). */
import { isOriginal, openAdoption } from '../../domain/import/import';
import { hasEnded } from '../../domain/operation/launch';
import { adopt, commit, type AdoptPorts } from '../operation/adoption';
import { releasesFirst } from '../../domain/operation/ownership';
import type { OwnedNode } from '../../domain/node/stateful-node';
import { changeOperation, ownedNode, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface Terminated {
  /** Null if there is nothing to terminate. */
  readonly instanceId: string | null;
}

export const terminateInstance =
  (ports: AdoptPorts) =>
  async (input: OperationInput): Promise<Terminated> => {
    const { node, operation } = await ownedNode(ports.nodes, input);
    // A deletion undoes a cancelled import. Any other operation fails here if the import is cancelled.
    if (operation.kind !== 'delete') openAdoption(node);
    const instanceId = operation.oldInstanceId;
    if (instanceId === undefined) return { instanceId: null };
    if (operation.kind !== 'delete' && isOriginal(node, instanceId)) {
      // We adopt it once more: if the interface were deleted with the original, the identity would be lost.
      await adopt(ports, input);
      await commit(ports, input);
    }
    const seen = await ports.instances.observe(instanceId);
    if (seen !== undefined && !hasEnded(seen)) {
      await noteTaken(ports, input, { node, operation });
      await ports.instances.terminate(instanceId);
    }
    return { instanceId };
  };

/** A primary interface leaves with its instance, so the address is away from now on. A repeat of the step keeps the first time. */
async function noteTaken(
  { nodes, time }: Pick<Ports, 'nodes' | 'time'>,
  input: OperationInput,
  { node, operation }: OwnedNode,
): Promise<void> {
  const isReplaced = operation.kind === 'replace' || operation.kind === 'launch';
  if (!isReplaced || operation.addressTakenAt !== undefined || !releasesFirst({ node, operation })) return;
  const addressTakenAt = time.now().toISOString();
  await changeOperation(nodes, input, (current) => ({ ...current, addressTakenAt }));
}

export function describeTerminated({ instanceId }: Terminated): LogLine | undefined {
  return instanceId === null ? undefined : info(`terminating ${instanceId}`);
}
