/** A drain ends early when its instance ends, when EC2 announces that it will end, or when a person shortens the drain. */
import { drainSeconds } from '../../domain/operation/ownership';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';

/** What the state machine waits for: how long the drain may still take. 0 if it is over. */
export interface DrainLeft {
  readonly seconds: number;
}

/** Wakes the execution that drains the node's old instance, with the time left. Does nothing if no execution drains it. */
export async function endDrain(
  { index, waitingTasks, time }: Pick<Ports, 'index' | 'waitingTasks' | 'time'>,
  node: StatefulNode,
): Promise<void> {
  const { operation } = node;
  if (operation?.oldInstanceId === undefined) return;
  const waiter = await index.waiterOf(operation.oldInstanceId);
  if (waiter?.awaited !== 'drained') return;
  const left: DrainLeft = { seconds: drainSeconds(node, operation, time.now().toISOString()) };
  await waitingTasks.succeed(waiter.taskToken, left);
}
