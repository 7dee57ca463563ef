/**
 * Terminates the old instance, and waits by task token until it is terminated.
 *
 * It subscribes before it asks EC2, so that no event is missed. If an event is lost, the state of the state machine times
 * out and runs again.
 */
import { decideWake, latestState, mayHaveMissedEvent } from '../../domain/operation/await-instance';
import type { Ending } from '../../domain/operation/end-instance';
import type { InstanceState } from '../../domain/node/observations';
import { endInstance, refuseCancelled } from '../operation/ending';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import type { AdoptPorts } from '../operation/adoption';
import { reached } from '../operation/reached';
import type { Ports } from '../ports';

export interface AwaitTerminationInput extends OperationInput {
  /** How often the state was tried before. */
  readonly retries: number;
  readonly taskToken: string;
}

export interface Awaited {
  /** The instance that is terminated; null if there is none. */
  readonly instanceId: string | null;
  /** Its state as far as it is known. Absent if there is no instance, or EC2 knows none. */
  readonly state?: InstanceState | undefined;
  /** Absent unless the configuration skips the OS shutdown. */
  readonly ending?: Ending | undefined;
}

type AwaitPorts = AdoptPorts & Pick<Ports, 'index' | 'waitingTasks'>;

export const awaitTermination =
  (ports: AwaitPorts) =>
  async ({ retries, taskToken, ...input }: AwaitTerminationInput): Promise<Awaited> => {
    const { index, instances, waitingTasks } = ports;
    const owned = await ownedNode(ports.nodes, input);
    refuseCancelled(owned);
    const instanceId = owned.operation.oldInstanceId;
    if (instanceId === undefined) {
      await waitingTasks.succeed(taskToken, { instanceId: null });
      return { instanceId: null };
    }
    const announced = await index.subscribe(instanceId, { taskToken, awaited: 'terminated' });
    // The first try needs no look: EC2's answer to the call tells the state. An instance that is ending, or ends by itself, gets
    // no call, and its last event may be lost, or in a table that was restored to an earlier time.
    const isAsked = announced !== 'shutting-down' && !mayHaveMissedEvent(owned.operation, retries);
    const known = isAsked ? announced : await stateNow(instances, instanceId, announced);
    const { state, ending } = await endInstance(ports, owned, known);
    if (decideWake('terminated', state) === 'reached') {
      await waitingTasks.succeed(taskToken, reached(instanceId, state, ports.time.now()));
    }
    return { instanceId, state, ending };
  };

/** If EC2 no longer shows the instance, it ended more than an hour ago, and the state from the event is old. */
async function stateNow(
  instances: Ports['instances'],
  instanceId: string,
  announced: InstanceState | undefined,
): Promise<InstanceState> {
  const seen = await instances.observe(instanceId);
  return seen === undefined ? 'terminated' : (latestState(seen.state, announced) ?? seen.state);
}
