/**
 * Waits for an instance's state by task token.
 *
 * It subscribes first and looks at EC2 afterwards, so an event in between finds the subscription. The subscription also
 * returns the state from an earlier event, because EC2 may show that state later. If an event is lost, the state of the
 * state machine times out and runs again.
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

    const announced = await index.subscribe(instanceId, { taskToken, awaited });
    const seen = await instances.observe(instanceId);
    // If EC2 no longer shows the instance, it ended more than an hour ago, and the state from the event is old.
    const isForgotten = awaited === 'terminated' && seen === undefined;
    const state = isForgotten ? undefined : latestState(seen?.state, announced);
    const decision = decideWake(awaited, state);
    if (decision === 'wait') return;
    if (decision === 'reached') return waitingTasks.succeed(taskToken, { instanceId });
    // EC2's reason belongs to the state that EC2 shows.
    const stateReason = seen?.state === state ? seen?.stateReason : undefined;
    return waitingTasks.fail(taskToken, unreachable(decision, { id: instanceId, state, stateReason }));
  };
