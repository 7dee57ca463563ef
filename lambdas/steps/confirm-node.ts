/**
 * Ends an operation: the replacement runs and carries exactly the node's addresses, or the step says what is
 * missing.
 */
import { confirmed, decideConfirm } from '../../domain/ending';
import { ElasticIpMissing, NotReady, ReplacementLost } from '../../domain/errors';
import { changeOwned, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';
import { observeNode } from '../observe-node';

export const confirmNode =
  (ports: Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'time'>) =>
  async (input: OperationInput): Promise<{ readonly instanceId: string }> => {
    const owned = await ownedNode(ports.nodes, input);
    const seen = await observeNode(ports, owned);
    const decision = decideConfirm(owned.node, owned.operation, seen);
    if (decision.kind === 'lost') throw new ReplacementLost(decision.because);
    if (decision.kind === 'not-yet') throw new NotReady(decision.because);
    if (decision.kind === 'address-missing') throw ElasticIpMissing.of(decision.allocationId);
    if (decision.kind === 'associate') {
      await ports.elasticIps.associate(decision.allocationId, decision.interfaceId);
      throw new NotReady(`${decision.allocationId} had to be put back`);
    }

    const { replacement } = decision;
    for (const interfaceId of owned.operation.retiredInterfaceIds) await ports.interfaces.delete(interfaceId);
    const now = ports.time.now().toISOString();
    await changeOwned(ports.nodes, input, (latest) => confirmed(latest, replacement, seen, now));
    return { instanceId: replacement.id };
  };
