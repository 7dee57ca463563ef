/** Makes sure that the node's interface exists, where the operation needs it: the same one, unless it is gone. */
import { NotYetVisible } from '../../domain/errors';
import { decideExistence, identityOn } from '../../domain/network-interface';
import type { SeenInterface } from '../../domain/observations';
import type { OwnedNode, StatefulNode } from '../../domain/stateful-node';
import { changeOperation, changeOwned, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';

export const ensureEni =
  ({ nodes, interfaces, time }: Pick<Ports, 'nodes' | 'interfaces' | 'time'>) =>
  async (input: OperationInput): Promise<{ readonly interfaceId: string }> => {
    const { node, operation } = await ownedNode(nodes, input);
    const { interfaceId } = node.identity;
    const seen = interfaceId === undefined ? undefined : await interfaces.observe(interfaceId);
    const now = time.now().toISOString();
    const decision = decideExistence(node, operation, seen, now);
    if (decision.kind === 'wait') throw new NotYetVisible(decision.because);
    if (decision.kind === 'nothing') {
      const { setSecurityGroupIds } = decision;
      if (setSecurityGroupIds) await interfaces.setSecurityGroups(decision.interfaceId, setSecurityGroupIds);
      return { interfaceId: decision.interfaceId };
    }
    await changeOperation(nodes, input, (current) => ({ ...current, interfaceRequest: decision.request }));
    const made = await interfaces.create(decision.request);
    await changeOwned(nodes, input, (current) => recordInterface(current, made, decision.retire, now));
    return { interfaceId: made.id };
  };

function recordInterface(
  { node, operation }: OwnedNode,
  made: SeenInterface,
  retire: string | undefined,
  now: string,
): StatefulNode {
  const { interfaceRequest: _answered, ...rest } = operation;
  // Capacity may come back where an interface was retired a moment ago: that one is then in use again.
  const retired = new Set([...operation.retiredInterfaceIds, ...(retire === undefined ? [] : [retire])]);
  retired.delete(made.id);
  return {
    ...node,
    identity: { ...identityOn(made, node.identity), madeAt: now },
    operation: { ...rest, retiredInterfaceIds: [...retired] },
  };
}
