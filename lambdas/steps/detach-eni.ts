/**
 * Detaches the persisted ENI.
 *
 * Hot: from the running old instance. Cold: a primary interface comes free only by its instance's termination,
 * so the step makes sure that it has.
 */
import { InterfaceNotFree } from '../../domain/errors';
import { hasEnded } from '../../domain/launch';
import { decideRelease } from '../../domain/network-interface';
import { ownedNode, type OperationInput } from '../owned-node';
import { pollInterface } from '../poll';
import type { Ports } from '../ports';

export const detachEni =
  (ports: Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'time'>) =>
  async (input: OperationInput): Promise<{ readonly interfaceIds: readonly string[] }> => {
    const { node, operation } = await ownedNode(ports.nodes, input);
    const { interfaceId } = node.identity;
    // A retired interface may still hold the device index on the old instance, and is deleted in the end.
    const interfaceIds = [...(interfaceId === undefined ? [] : [interfaceId]), ...operation.retiredInterfaceIds];
    const replacementId = operation.launch?.instanceId;
    const lost = replacementId !== undefined && hasEnded(await ports.instances.observe(replacementId));
    // An interface on the replacement is where it should be; on a replacement that has ended it is not.
    for (const id of interfaceIds) await release(ports, id, lost ? undefined : replacementId);
    return { interfaceIds };
  };

async function release(
  { interfaces, time }: Pick<Ports, 'interfaces' | 'time'>,
  interfaceId: string,
  replacementId: string | undefined,
): Promise<void> {
  let why = '';
  let asked = false;
  await pollInterface(
    time,
    async () => {
      const decision = decideRelease(await interfaces.observe(interfaceId), replacementId);
      if (decision.kind === 'free') return true;
      if (decision.kind === 'wait') why = decision.because;
      // Once a run: until EC2 shows the detachment, asking again would only spend its rate limit.
      if (decision.kind === 'detach' && !asked) {
        await interfaces.detach(decision.attachmentId);
        asked = true;
        why = `${interfaceId} is being detached`;
      }
      return undefined;
    },
    () => new InterfaceNotFree(why),
  );
}
