/**
 * Drains the old instance: the execution waits by task token for as long as the drain may take. It is woken early if the
 * drain becomes shorter. The step subscribes first and looks afterwards, so that it misses nothing in between.
 */
import { drainSeconds } from '../../domain/operation/ownership';
import { decideWake, latestState } from '../../domain/operation/await-instance';
import type { DrainLeft } from '../operation/draining';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface DrainInput extends OperationInput {
  /** How long the state waits, in seconds. */
  readonly seconds: number;
  readonly taskToken: string;
}

export const drainInstance =
  (ports: Pick<Ports, 'nodes' | 'index' | 'instances' | 'waitingTasks' | 'time'>) =>
  async ({ seconds, taskToken, ...input }: DrainInput): Promise<void> => {
    const begunAt = ports.time.now();
    const { operation } = await ownedNode(ports.nodes, input);
    const { oldInstanceId } = operation;
    const end = (left: DrainLeft): Promise<void> => ports.waitingTasks.succeed(taskToken, left);
    if (oldInstanceId === undefined) return end({ seconds: 0 });

    const announced = await ports.index.subscribe(oldInstanceId, { taskToken, awaited: 'drained' });
    // A drain that ends within the two minutes of a warning needs no look: many nodes drain at the same time then.
    const shown = operation.endsAt === undefined ? (await ports.instances.observe(oldInstanceId))?.state : 'running';
    if (decideWake('drained', latestState(shown, announced)) === 'reached') return end({ seconds: 0 });
    // A change that shortened the drain before we subscribed has woken nothing, so we read the record again.
    const owned = await ownedNode(ports.nodes, input);
    const now = ports.time.now();
    const left = drainSeconds(owned.node, owned.operation, now.toISOString());
    // A slow table must not make the drain look shortened, or the state would begin anew again and again.
    const passedSeconds = (now.getTime() - begunAt.getTime()) / 1000;
    if (left < seconds - passedSeconds - PRECISION_SECONDS) return end({ seconds: left });
  };

/** The state started its timer a little before this step looks. */
const PRECISION_SECONDS = 2;

/** The state may end sooner: see above. */
export function describeDrain({ seconds }: Pick<DrainInput, 'seconds'>): LogLine {
  return info(`the instance serves for up to ${seconds} s until it is terminated`);
}
