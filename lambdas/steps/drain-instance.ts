/**
 * Drains the old instance: the execution waits by task token for as long as the drain may take, and is woken when the
 * drain has become shorter. It subscribes first and looks afterwards, so that nothing comes between the two unseen.
 */
import { drainSeconds } from '../../domain/operation/ownership';
import { decideWake, latestState } from '../../domain/operation/await-instance';
import type { DrainLeft } from '../operation/draining';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';

export interface DrainInput extends OperationInput {
  /** How long the state waits, in seconds. */
  readonly seconds: number;
  readonly taskToken: string;
}

export const drainInstance =
  (ports: Pick<Ports, 'nodes' | 'index' | 'instances' | 'waitingTasks' | 'time'>) =>
  async ({ seconds, taskToken, ...input }: DrainInput): Promise<void> => {
    const { operation } = await ownedNode(ports.nodes, input);
    const { oldInstanceId } = operation;
    const end = (left: DrainLeft): Promise<void> => ports.waitingTasks.succeed(taskToken, left);
    if (oldInstanceId === undefined) return end({ seconds: 0 });

    const told = await ports.index.subscribe(oldInstanceId, { taskToken, awaited: 'drained' });
    const seen = await ports.instances.observe(oldInstanceId);
    if (decideWake('drained', latestState(seen?.state, told)) === 'reached') return end({ seconds: 0 });
    // What has shortened the drain before the subscription has woken nothing.
    const owned = await ownedNode(ports.nodes, input);
    const left = drainSeconds(owned.node, owned.operation, ports.time.now().toISOString());
    if (left < seconds - PRECISION_SECONDS) return end({ seconds: left });
  };

/** The state began to count a little earlier than this step looks. */
const PRECISION_SECONDS = 2;
