/**
 * Attaches the ENI to the replacement.
 *
 * Hot: as its secondary interface. Cold: the launch has attached it as the primary, and the step makes sure.
 */
import { NotReady, ReplacementLost } from '../../domain/errors';
import { hasEnded } from '../../domain/launch';
import { decideAttach } from '../../domain/network-interface';
import { deviceIndexOf } from '../../domain/node-config';
import { carriers, type OperationInput } from '../owned-node';
import { pollInterface } from '../poll';
import type { Ports } from '../ports';

export const attachEni =
  ({ nodes, instances, interfaces, time }: Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'time'>) =>
  async (input: OperationInput): Promise<{ readonly interfaceId: string; readonly instanceId: string }> => {
    const { operation, interfaceId, instanceId } = await carriers(nodes, input);
    if (hasEnded(await instances.observe(instanceId))) throw new ReplacementLost(`${instanceId} has ended`);
    let why = '';
    let asked = false;
    await pollInterface(
      time,
      async () => {
        const decision = decideAttach(
          await interfaces.observe(interfaceId),
          instanceId,
          deviceIndexOf(operation.config),
        );
        switch (decision.kind) {
          case 'nothing':
            return true;
          case 'attach':
            // Once a run: until EC2 shows the attachment, asking again would find the device index taken.
            if (!asked) await interfaces.attach(interfaceId, instanceId, decision.deviceIndex);
            asked = true;
            why = `${interfaceId} is being attached to ${instanceId}`;
            return undefined;
          case 'protect':
            await interfaces.keepOnTermination(interfaceId, decision.attachmentId);
            why = `${interfaceId} would still be deleted with ${instanceId}`;
            return undefined;
          case 'wait':
            why = decision.because;
            return undefined;
        }
      },
      () => new NotReady(why),
    );
    return { interfaceId, instanceId };
  };
