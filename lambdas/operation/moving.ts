/**
 * How the interfaces of many hot nodes move at the same time. EC2 allows five detachments, five attachments and twenty looks
 * a second. So the moves take turns, and each looks only when its change is usually done: three looks in all.
 */
import { InterfaceNotFree, Throttled } from '../../domain/errors';
import type { Operation, OwnedNode, Permit } from '../../domain/node/stateful-node';
import { changeOperation, type OperationInput } from './owned-node';
import type { Ports } from '../ports';

type MovePorts = Pick<Ports, 'nodes' | 'pacer' | 'time'>;

/** A longer wait is the state machine's. */
const LONGEST_SLEEP_MS = 5_000;

/** Whether the interfaces of many nodes move at the moment. The launches know it, so a node alone pays nothing to find out. */
export function areManyMoving({ launch }: Operation): boolean {
  return launch?.isInStorm === true;
}

/**
 * Waits for the operation's turn to move its interface. A turn that the state machine waits for is kept in the record, and
 * lasts for all calls of the move.
 * @throws InterfaceNotFree if the turn is further away than a step should sleep
 */
export async function awaitMoveTurn(ports: MovePorts, { node, operation }: OwnedNode): Promise<void> {
  const now = ports.time.now();
  const { movePermit: kept } = operation;
  const turnAt = kept && (await ports.pacer.turnAt('MoveInterface', kept, now.toISOString()));
  const permit = kept ?? (await ports.pacer.take('MoveInterface', now.toISOString()));
  const leftMs = Date.parse(turnAt ?? permit.turnAt) - now.getTime();
  if (leftMs > LONGEST_SLEEP_MS) {
    if (kept === undefined) await keep(ports, { nodeId: node.id, generation: operation.generation }, permit);
    throw new InterfaceNotFree(`others move their interfaces first, for ${Math.ceil(leftMs / 1_000)} s`);
  }
  if (leftMs > 0) await ports.time.sleep(leftMs);
}

/**
 * Gives up the operation's turn for a later one, after those that wait. For an interface that cannot be moved yet: many repeats
 * outside of the turns would use up the rate limit of those whose turn it is.
 */
export async function takeLaterMoveTurn(ports: MovePorts, { node, operation }: OwnedNode): Promise<void> {
  const permit = await ports.pacer.take('MoveInterface', ports.time.now().toISOString());
  await keep(ports, { nodeId: node.id, generation: operation.generation }, permit);
}

async function keep({ nodes }: MovePorts, input: OperationInput, movePermit: Permit): Promise<void> {
  await changeOperation(nodes, input, (current): Operation => ({ ...current, movePermit }));
}

/** Makes a call that detaches or attaches an interface. If EC2 refuses it for its rate, the turns slow down. */
export async function moveCall<T>(
  { pacer, time }: Pick<MovePorts, 'pacer' | 'time'>,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Throttled) await pacer.refused('MoveInterface', time.now().toISOString());
    throw error;
  }
}
