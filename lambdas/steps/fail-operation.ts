/**
 * Ends an operation that cannot go on: the node is in ERROR with a reason, and keeps its interface and addresses.
 */
import { awaitsElasticIp, decideAddress } from '../../domain/elastic-ip';
import { decideFailure, failed, type FailureDecision, type SeenNode } from '../../domain/ending';
import type { OperationError } from '../../domain/retrying';
import type { OwnedNode } from '../../domain/stateful-node';
import { usageOf } from '../../domain/usage';
import { changeOwned, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';
import { observeNode } from '../observe-node';
import { poll } from '../poll';
import { removeRetired } from '../retired-interfaces';

/** What Step Functions says of an error: the name, and a JSON document of the function's own. */
export interface FailInput extends OperationInput {
  readonly error: { readonly Error: string; readonly Cause?: string | undefined };
}

export const failOperation =
  (ports: Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'tags' | 'usage' | 'log' | 'time'>) =>
  async ({ error, ...input }: FailInput): Promise<{ readonly errorReason: string | undefined }> => {
    const owned = await ownedNode(ports.nodes, input);
    const seen = await observeNode(ports, owned);
    const now = ports.time.now().toISOString();
    const reason = read(error);
    const decision = decideFailure(owned, seen, reason, now);
    for (const id of decision.terminateInstanceIds) await ports.instances.terminate(id);
    await keepElasticIp(ports, owned, seen, decision);
    await removeRetired(ports, input.nodeId, decision.inVain);
    await keepUsage(ports, owned, seen, decision, now);

    const { errorReason } = await changeOwned(ports.nodes, input, (latest) =>
      failed(latest, seen, decision, reason, now),
    );
    return { errorReason };
  };

/**
 * Puts the Elastic IP where the identity is, if that still exists; and gives EC2 time to show it there, because the
 * next operation goes by what it sees. The failure is told of in any case.
 */
async function keepElasticIp(
  { elasticIps, time }: Pick<Ports, 'elasticIps' | 'time'>,
  { operation: { config } }: OwnedNode,
  seen: SeenNode,
  { identity, survivor }: FailureDecision,
): Promise<void> {
  const kept = [seen.interface, ...seen.retired].find((eni) => eni?.id === identity.interfaceId);
  if (kept === undefined || seen.elasticIp === undefined || !awaitsElasticIp({ config, instance: survivor })) return;
  if (decideAddress(seen.elasticIp, kept.id).kind === 'nothing') return;
  const { allocationId } = seen.elasticIp;
  await elasticIps.associate(allocationId, kept.id);
  await poll(time, async () => (await elasticIps.observe(allocationId))?.interfaceId === kept.id || undefined);
}

/** Before the record forgets which instance carried the node until now. */
async function keepUsage(
  { usage }: Pick<Ports, 'usage'>,
  { node, operation }: OwnedNode,
  { replacement, old }: SeenNode,
  { survivor }: FailureDecision,
  now: string,
): Promise<void> {
  const carrier = [replacement, old].find((seen) => seen !== undefined && seen.id === survivor?.id);
  if (carrier !== undefined) await usage.begin(node.id, usageOf(carrier, operation.config));
  if (node.instance !== undefined && node.instance.id !== survivor?.id) await usage.end(node.id, node.instance, now);
}

/** The message of the function's error where the cause holds one. */
function read({ Error: name, Cause: cause = '' }: FailInput['error']): OperationError {
  return { name, message: messageIn(cause) ?? cause };
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
