/**
 * Ends an operation that cannot go on: the node is in ERROR with a reason, and keeps its interface and addresses.
 */
import { decideAddress } from '../../domain/elastic-ip';
import { decideFailure, failed } from '../../domain/ending';
import { changeOwned, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';
import { observeNode } from '../observe-node';

/** What Step Functions says of an error: the name, and a JSON document of the function's own. */
export interface FailInput extends OperationInput {
  readonly error: { readonly Error: string; readonly Cause?: string | undefined };
}

export const failOperation =
  (ports: Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'time'>) =>
  async ({ error, ...input }: FailInput): Promise<{ readonly errorReason: string | undefined }> => {
    const owned = await ownedNode(ports.nodes, input);
    const seen = await observeNode(ports, owned);
    const now = ports.time.now().toISOString();
    const decision = decideFailure(owned, seen, now);
    for (const id of decision.terminateInstanceIds) await ports.instances.terminate(id);
    const { elasticIp } = seen;
    const { interfaceId } = decision.identity;
    if (
      elasticIp !== undefined &&
      interfaceId !== undefined &&
      decideAddress(elasticIp, interfaceId).kind === 'associate'
    ) {
      await ports.elasticIps.associate(elasticIp.allocationId, interfaceId);
    }
    for (const id of decision.deleteInterfaceIds) await ports.interfaces.delete(id);

    const reason = `${owned.operation.kind} failed: ${describe(error)}`;
    const { errorReason } = await changeOwned(ports.nodes, input, ({ node }) => failed(node, decision, reason, now));
    return { errorReason };
  };

/** The message of the function's error where the cause holds one. */
function describe({ Error: name, Cause: cause = '' }: FailInput['error']): string {
  return `${name}: ${messageIn(cause) ?? cause}`;
}

function messageIn(cause: string): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : undefined;
  } catch {
    // Step Functions cuts a long cause short, and has texts of its own: such a cause is told as it stands.
    return undefined;
  }
}
