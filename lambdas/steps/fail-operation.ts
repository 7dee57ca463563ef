/**
 * Ends an operation that cannot go on: the node is in ERROR with a reason, and keeps its interface and addresses.
 *
 * The failure is one write, and it needs nothing of EC2. What EC2 shows is looked at for a few seconds, because it says
 * which instance goes on; where EC2 does not answer, the next try finds out. What is given up is removed afterwards.
 */
import { decideFailure, failed, type FailureDecision, type SeenNode } from '../../domain/operation/end-operation';
import type { OperationError } from '../../domain/operation/failure-reason';
import type { OwnedNode } from '../../domain/node/stateful-node';
import { usageOf } from '../../domain/costs/usage';
import { removeGivenUp } from '../operation/remove-given-up';
import { observeNode } from '../operation/observe-node';
import { changeOwned, ownedNode, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import type { LogLine } from './log-lines';

/** What Step Functions says of an error: the name, and a JSON document of the function's own. */
export interface FailInput extends OperationInput {
  readonly error: { readonly Error: string; readonly Cause?: string | undefined };
}

export interface Failed {
  readonly errorReason: string | undefined;
  /** What could not be done besides, and is done later: for the function's log. */
  readonly postponed: readonly string[];
}

type FailPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'usage' | 'log' | 'time'>;

/** How long EC2 has to say what there is, in milliseconds. */
const LOOK_MS = 5_000;

export const failOperation =
  (ports: FailPorts) =>
  async ({ error, ...input }: FailInput): Promise<Failed> => {
    const owned = await ownedNode(ports.nodes, input);
    const postponed: string[] = [];
    const attempt = async <T>(work: Promise<T>): Promise<T | undefined> => {
      const [settled] = await Promise.allSettled([work]);
      if (settled.status === 'fulfilled') return settled.value;
      postponed.push(String(settled.reason));
      return undefined;
    };
    const seen = await attempt(look(ports, owned));
    const now = ports.time.now().toISOString();
    const reason = read(error);
    const decision = decideFailure(owned, seen, reason, now);
    if (seen !== undefined) await attempt(keepUsage(ports, owned, seen, decision, now));
    const { errorReason } = await changeOwned(ports.nodes, input, (latest) => failed(latest, decision, reason, now));
    await attempt(removeGivenUp(ports, input.nodeId));
    return { errorReason, postponed };
  };

/** @throws the transient errors of `domain/errors.ts`, or where EC2 takes too long */
function look(ports: FailPorts, owned: OwnedNode): Promise<SeenNode> {
  const tooLong = ports.time.sleep(LOOK_MS).then((): never => {
    throw new Error(`EC2 did not say within ${LOOK_MS} ms what there is`);
  });
  return Promise.race([observeNode(ports, owned), tooLong]);
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

export function describeFailed({ errorReason = '' }: Failed): LogLine {
  return { severity: 'ERROR', message: errorReason };
}
