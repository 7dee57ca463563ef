/**
 * Waits for an instance's state by task token.
 *
 * It subscribes first, and the subscription returns the state from an earlier event, so no event is missed. If an event is
 * lost, the state of the state machine times out and runs again. Only then the step looks at EC2: in a storm, looks that
 * find nothing new would use up the rate limit. An operation that follows a failed or aborted one looks at once,
 * because its instance may have been in that state for minutes, and the event may be lost.
 */
import { decideWake, latestState, mayHaveMissedEvent, unreachable } from '../../domain/operation/await-instance';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import { reached } from '../operation/reached';
import type { Ports } from '../ports';

export interface AwaitInput extends OperationInput {
  readonly which: 'old' | 'replacement';
  readonly awaited: 'running' | 'terminated';
  /** How often the state was tried before. Absent in executions that began before an upgrade. */
  readonly retries?: number;
  readonly taskToken: string;
}

export const awaitInstance =
  ({
    nodes,
    index,
    instances,
    waitingTasks,
    time,
  }: Pick<Ports, 'nodes' | 'index' | 'instances' | 'waitingTasks' | 'time'>) =>
  async ({ which, awaited, retries, taskToken, ...input }: AwaitInput): Promise<void> => {
    const { operation } = await ownedNode(nodes, input);
    const instanceId = which === 'old' ? operation.oldInstanceId : operation.launch?.instanceId;
    if (instanceId === undefined) return waitingTasks.succeed(taskToken, { instanceId: null });

    const announced = await index.subscribe(instanceId, { taskToken, awaited });
    const mayWait = announced === undefined || decideWake(awaited, announced) === 'wait';
    if (mayWait && !mayHaveMissedEvent(operation, retries)) return;
    const seen = await instances.observe(instanceId);
    // If EC2 no longer shows the instance, it ended more than an hour ago, and the state from the event is old.
    const isForgotten = awaited === 'terminated' && seen === undefined;
    const state = isForgotten ? undefined : latestState(seen?.state, announced);
    const decision = decideWake(awaited, state);
    if (decision === 'wait') return;
    if (decision === 'reached') return waitingTasks.succeed(taskToken, reached(instanceId, state, time.now()));
    // EC2's reason belongs to the state that EC2 shows.
    const stateReason = seen?.state === state ? seen?.stateReason : undefined;
    return waitingTasks.fail(taskToken, unreachable(decision, { id: instanceId, state, stateReason }));
  };
