/**
 * Waits for an instance's state by task token.
 *
 * It subscribes first and looks afterwards: an event that comes between the two finds the subscription, and what one that
 * came before has said stands beside it, for EC2 may show it later. A lost event costs the state's timeout, after which
 * it is run again.
 */
import { decideWake, latestState, unreachable } from '../../domain/operation/await-instance';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';

export interface AwaitInput extends OperationInput {
  readonly which: 'old' | 'replacement';
  readonly awaited: 'running' | 'terminated';
  readonly taskToken: string;
}

export const awaitInstance =
  ({ nodes, index, instances, waitingTasks }: Pick<Ports, 'nodes' | 'index' | 'instances' | 'waitingTasks'>) =>
  async ({ which, awaited, taskToken, ...input }: AwaitInput): Promise<void> => {
    const { operation } = await ownedNode(nodes, input);
    const instanceId = which === 'old' ? operation.oldInstanceId : operation.launch?.instanceId;
    if (instanceId === undefined) return waitingTasks.succeed(taskToken, { instanceId: null });

    const told = await index.subscribe(instanceId, { taskToken, awaited });
    const seen = await instances.observe(instanceId);
    // What is told of an instance that EC2 does not show any more is old: it has ended more than an hour ago.
    const isForgotten = awaited === 'terminated' && seen === undefined;
    const state = isForgotten ? undefined : latestState(seen?.state, told);
    const decision = decideWake(awaited, state);
    if (decision === 'wait') return;
    if (decision === 'reached') return waitingTasks.succeed(taskToken, { instanceId });
    // EC2's reason belongs to the state that EC2 shows.
    const stateReason = seen?.state === state ? seen?.stateReason : undefined;
    return waitingTasks.fail(taskToken, unreachable(decision, { id: instanceId, state, stateReason }));
  };
