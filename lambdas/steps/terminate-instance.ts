/** Terminates the old instance, because another instance carries the interface by now. */
import type { InstanceState } from '../../domain/node/observations';
import type { Ending } from '../../domain/operation/end-instance';
import { endInstance, refuseCancelled } from '../operation/ending';
import type { AdoptPorts } from '../operation/adoption';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import { info, type LogLine } from './log-lines';

export interface Terminated {
  /** Null if there is nothing to terminate. */
  readonly instanceId: string | null;
  /** Its state as EC2 has answered. Absent if EC2 shows no such instance. */
  readonly state?: InstanceState | undefined;
}

export const terminateInstance =
  (ports: AdoptPorts) =>
  async (input: OperationInput): Promise<Terminated> => {
    const owned = await ownedNode(ports.nodes, input);
    refuseCancelled(owned);
    const instanceId = owned.operation.oldInstanceId;
    const seen = instanceId === undefined ? undefined : await ports.instances.observe(instanceId);
    if (instanceId === undefined) return { instanceId: null };
    const { state } = await endInstance(ports, owned, seen === undefined ? 'terminated' : seen.state);
    return { instanceId, ...(seen !== undefined && { state }) };
  };

export function describeTerminated({
  instanceId,
  state,
  ending,
}: Terminated & { readonly ending?: Ending | undefined }): LogLine | undefined {
  if (instanceId === null) return undefined;
  const message = `terminating ${instanceId}${describeEnding(ending)}`;
  return state === undefined ? info(message) : info(message, { instanceId, role: 'old', state });
}

function describeEnding(ending: Ending | undefined): string {
  if (ending === undefined) return '';
  if (ending.kind === 'abrupt') return ' without its OS shutdown';
  const kept = ending.keptVolumeIds;
  return ` with its OS shutdown${kept.length === 0 ? '' : `, because of volumes that outlive it: ${kept.join(', ')}`}`;
}
