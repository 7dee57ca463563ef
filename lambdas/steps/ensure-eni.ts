/** Makes sure that the node's interface exists, where the operation needs it: the same one, unless it is gone. */
import { NotYetVisible } from '../../domain/errors';
import { decideExistence, identityOn } from '../../domain/network-interface';
import type { SeenInterface } from '../../domain/observations';
import type { OwnedNode, StatefulNode } from '../../domain/stateful-node';
import { observeInterfaces } from '../observe-node';
import { changeOperation, changeOwned, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';

export const ensureEni =
  ({ nodes, interfaces, time }: Pick<Ports, 'nodes' | 'interfaces' | 'time'>) =>
  async (input: OperationInput): Promise<{ readonly interfaceId: string }> => {
    const { node, operation } = await ownedNode(nodes, input);
    const seen = await observeInterfaces({ interfaces }, { node, operation });
    const now = time.now().toISOString();
    const decision = decideExistence(node, operation, seen, now);
    switch (decision.kind) {
      case 'wait':
        throw new NotYetVisible(decision.because);
      case 'nothing': {
        const { interfaceId, setSecurityGroupIds } = decision;
        if (setSecurityGroupIds) await interfaces.setSecurityGroups(interfaceId, setSecurityGroupIds);
        return { interfaceId };
      }
      case 'reuse':
        await changeOwned(nodes, input, (current) => withInterface(current, decision.interface, decision.retire, now));
        // It may have other security groups by now.
        return ensureEni({ nodes, interfaces, time })(input);
      case 'create': {
        await changeOperation(nodes, input, (current) => ({ ...current, interfaceRequest: decision.request }));
        const made = await interfaces.create(decision.request);
        await changeOwned(nodes, input, (current) => withInterface(counted(current), made, decision.retire, now));
        return { interfaceId: made.id };
      }
    }
  };

function counted({ node, operation }: OwnedNode): OwnedNode {
  return { node, operation: { ...operation, interfacesMade: (operation.interfacesMade ?? 0) + 1 } };
}

function withInterface(
  { node, operation }: OwnedNode,
  eni: SeenInterface,
  retire: string | undefined,
  now: string,
): StatefulNode {
  const { interfaceRequest: _answered, ...rest } = operation;
  const retired = new Set([...operation.retiredInterfaceIds, ...(retire === undefined ? [] : [retire])]);
  retired.delete(eni.id);
  return {
    ...node,
    identity: { ...identityOn(eni, node.identity), madeAt: now },
    operation: { ...rest, retiredInterfaceIds: [...retired] },
  };
}
