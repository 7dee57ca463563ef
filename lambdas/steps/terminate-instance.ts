/** Terminates the old instance, to release its interface (cold) or because another instance carries it (hot). */
import { isOriginal, openAdoption } from '../../domain/import/import';
import { hasEnded } from '../../domain/operation/launch';
import { adopt, commit, type AdoptPorts } from '../operation/adoption';
import { releasesFirst } from '../../domain/operation/ownership';
import type { InstanceState } from '../../domain/node/observations';
import type { Operation, OwnedNode } from '../../domain/node/stateful-node';
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
    const owned = await ownedNode(ports.nodes, input);
    refuseCancelled(owned);
    const instanceId = owned.operation.oldInstanceId;
    const seen = instanceId === undefined ? undefined : await ports.instances.observe(instanceId);
    if (instanceId !== undefined) await endInstance(ports, owned, seen === undefined ? 'terminated' : seen.state);
    return { instanceId: instanceId ?? null };
  };

/** A deletion undoes a cancelled import. Any other operation fails here. @throws ImportCancelled */
export function refuseCancelled({ node, operation }: OwnedNode): void {
  if (operation.kind !== 'delete') openAdoption(node);
}

/**
 * Terminates the operation's old instance unless it is known to have ended.
 * @param known the instance's state as far as it is known
 * @returns its state afterwards; undefined if EC2 does not know the instance
 * @throws ImportCancelled if the import is cancelled meanwhile
 */
export async function endInstance(
  ports: AdoptPorts,
  { node, operation }: OwnedNode,
  known: InstanceState | undefined,
): Promise<InstanceState | undefined> {
  const { oldInstanceId: instanceId, generation } = operation;
  if (instanceId === undefined) return undefined;
  const input = { nodeId: node.id, generation };
  if (operation.kind !== 'delete' && isOriginal(node, instanceId)) {
    // We adopt it once more: if the interface were deleted with the original, the identity would be lost.
    await adopt(ports, input);
    await commit(ports, input);
  }
  if (known !== undefined && hasEnded({ state: known })) return known;
  await noteTaken(ports, input, { node, operation });
  if (endsByItself(operation, ports.time.now())) return known;
  return ports.instances.terminate(instanceId);
}

/** EC2 ends the instance at the announced time. A call just before it would only use up the rate limit. */
const ENDS_SOON_MS = 1_500;

function endsByItself({ endsAt }: Operation, now: Date): boolean {
  if (endsAt === undefined) return false;
  const leftMs = Date.parse(endsAt) - now.getTime();
  // If the time has passed, the end may have been called off.
  return leftMs > 0 && leftMs <= ENDS_SOON_MS;
}

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
