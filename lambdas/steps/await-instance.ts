/**
 * Waits for an instance's state by task token.
 *
 * It subscribes first and looks afterwards: an event that comes between the two finds the subscription, and one
 * that came before is seen by the look. A lost event costs the state's timeout, after which it is run again.
 */
import { ReplacementLost } from '../../domain/errors';
import { decideWake } from '../../domain/waiting';
import { ownedNode, type OperationInput } from '../owned-node';
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

    await index.subscribe(instanceId, { taskToken, awaited });
    const seen = await instances.observe(instanceId);
    switch (decideWake(awaited, seen?.state)) {
      case 'reached':
        return waitingTasks.succeed(taskToken, { instanceId });
      case 'unreachable':
        return waitingTasks.fail(taskToken, new ReplacementLost(`${instanceId} is ${seen?.state}`));
      case 'wait':
        return;
    }
  };
