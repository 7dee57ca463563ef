/** Ends the old instance of an operation. */
import { RequestRejected } from '../../domain/errors';
import { isOriginal, openAdoption } from '../../domain/import/import';
import type { InstanceState } from '../../domain/node/observations';
import type { Operation, OwnedNode } from '../../domain/node/stateful-node';
import { hasEnded } from '../../domain/operation/launch';
import { releasesFirst } from '../../domain/operation/ownership';
import type { Ports } from '../ports';
import { adopt, commit, type AdoptPorts } from './adoption';
import { changeOperation, type OperationInput } from './owned-node';

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
  if (endsByItself(operation, ports.time.now())) return known ?? 'running';
  try {
    return await ports.instances.terminate(instanceId);
  } catch (error) {
    const state = error instanceof RequestRejected ? await endOf(ports, instanceId) : undefined;
    if (state === undefined) throw error;
    return state;
  }
}

/**
 * EC2 may refuse to terminate what has ended already: IAM goes by the tags, and EC2 removes those of an ended instance.
 * Returns the state of an instance that has ended; undefined if it lives.
 */
async function endOf({ instances }: AdoptPorts, instanceId: string): Promise<InstanceState | undefined> {
  const seen = await instances.observe(instanceId);
  if (seen === undefined) return 'terminated';
  return hasEnded(seen) ? seen.state : undefined;
}

/** EC2 ends the instance at the announced time. A call at that time would only use up the rate limit. */
const ENDS_SOON_MS = 1_500;
/** After that the end may have been called off. The next try of a wait comes later. */
const ENDED_LATELY_MS = 10_000;

/** The end of an instance that was lost is not announced: it is over, or nobody ends it. */
function endsByItself({ endsAt, cause }: Operation, now: Date): boolean {
  if (endsAt === undefined || cause !== undefined) return false;
  const leftMs = Date.parse(endsAt) - now.getTime();
  return leftMs <= ENDS_SOON_MS && leftMs >= -ENDED_LATELY_MS;
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
