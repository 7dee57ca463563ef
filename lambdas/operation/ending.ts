/** Ends the old instance of an operation. */
import { RequestRejected } from '../../domain/errors';
import { isOriginal, openAdoption } from '../../domain/import/import';
import type { InstanceState } from '../../domain/node/observations';
import type { Operation, OwnedNode } from '../../domain/node/stateful-node';
import { hasEnded, isStopped } from '../../domain/operation/launch';
import { decideEnding, skipsOsShutdown, takesAddress, type Ending } from '../../domain/operation/end-instance';
import type { Ports } from '../ports';
import { adopt, commit, type AdoptPorts } from './adoption';
import { changeOperation, type OperationInput } from './owned-node';

/** A deletion undoes a cancelled import. Any other operation fails here. @throws ImportCancelled */
export function refuseCancelled({ node, operation }: OwnedNode): void {
  if (operation.kind !== 'delete') openAdoption(node);
}

export interface Ended {
  /** Undefined if EC2 does not know the instance. */
  readonly state: InstanceState | undefined;
  /** Absent unless the configuration skips the OS shutdown. */
  readonly ending?: Ending | undefined;
}

/**
 * Terminates the operation's old instance unless it is known to have ended.
 * @param known the instance's state as far as it is known
 * @returns its state afterwards
 * @throws ImportCancelled if the import is cancelled meanwhile
 */
export async function endInstance(
  ports: AdoptPorts,
  { node, operation }: OwnedNode,
  known: InstanceState | undefined,
): Promise<Ended> {
  const { oldInstanceId: instanceId, generation } = operation;
  if (instanceId === undefined) return { state: undefined };
  const input = { nodeId: node.id, generation };
  if (operation.kind !== 'delete' && isOriginal(node, instanceId)) {
    // We adopt it once more: if the interface were deleted with the original, the identity would be lost.
    await adopt(ports, input);
    await commit(ports, input);
  }
  if (known !== undefined && hasEnded({ state: known })) return { state: known };
  // A stopped instance has no end of its own: its operation only says that there is nothing to drain.
  const isAtWork = known === undefined || !isStopped({ state: known });
  if (isAtWork && endsByItself(operation, ports.time.now())) {
    await noteTaken(ports, input, { node, operation });
    return { state: known ?? 'running' };
  }
  // The look comes first, so that the address is not away for longer.
  const ending = await endingOf(ports, { node, operation }, instanceId);
  await noteTaken(ports, input, { node, operation });
  return { state: await terminate(ports, instanceId, ending?.kind === 'abrupt'), ending };
}

/**
 * EC2 may refuse to terminate what has ended already: IAM goes by the tags, and EC2 removes those of an ended instance.
 * Returns the state afterwards. @throws RequestRejected if the instance lives
 */
async function terminate(
  { instances }: Pick<Ports, 'instances'>,
  instanceId: string,
  skipOsShutdown: boolean,
): Promise<InstanceState | undefined> {
  try {
    return await instances.terminate(instanceId, { skipOsShutdown });
  } catch (error) {
    const seen = error instanceof RequestRejected ? await instances.observe(instanceId) : undefined;
    if (!(error instanceof RequestRejected) || (seen !== undefined && !hasEnded(seen))) throw error;
    return seen?.state;
  }
}

/** The original of an import was not launched for the node's configuration, so it gets its shutdown. */
async function endingOf(
  { instances }: Pick<Ports, 'instances'>,
  { node, operation }: OwnedNode,
  instanceId: string,
): Promise<Ending | undefined> {
  if (!skipsOsShutdown({ node, operation }) || isOriginal(node, instanceId)) return undefined;
  return decideEnding(await instances.observe(instanceId));
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
  if (operation.addressTakenAt !== undefined || !takesAddress({ node, operation })) return;
  const addressTakenAt = time.now().toISOString();
  await changeOperation(nodes, input, (current) => ({ ...current, addressTakenAt }));
}
