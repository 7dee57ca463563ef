/**
 * Ends an operation that cannot continue: the node is in ERROR with a reason, and keeps its interface and addresses.
 *
 * The failure is one write, and it does not depend on EC2. The step first looks at EC2 for a few seconds, to see which
 * instance continues to carry the node. If EC2 does not answer, the next operation finds out. What is given up is
 * removed afterwards.
 */
import { decideFailure, failed, unnamedHolder, type FailureDecision } from '../../domain/operation/fail-operation';
import { NOTHING_OBSERVED, recordEnding, type Ending } from '../../domain/operation/operation-record';
import { operationError, type OperationError } from '../../domain/operation/failure-reason';
import { withKnownEnds, type SeenNode } from '../../domain/operation/seen-node';
import type { OwnedNode } from '../../domain/node/stateful-node';
import { usageOf } from '../../domain/costs/usage';
import { removeGivenUp } from '../operation/remove-given-up';
import { observeNode } from '../operation/observe-node';
import { changeOwned, ownedNode, type EndingInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import type { LogLine } from './log-lines';

/** What Step Functions passes on about an error: its name, and a JSON document from the function. */
export interface FailInput extends EndingInput {
  readonly error: { readonly Error: string; readonly Cause?: string | undefined };
}

export interface Failed {
  readonly errorReason: string | undefined;
  /** The errors of work that failed and is done later, for the function's log. */
  readonly postponed: readonly string[];
}

type FailPorts = Pick<
  Ports,
  | ('nodes' | 'index' | 'instances' | 'interfaces' | 'elasticIps' | 'templates' | 'usage' | 'history' | 'log')
  | ('measure' | 'time')
>;

/** How long the step waits for EC2, in milliseconds. */
const LOOK_MS = 5_000;

export const failOperation =
  (ports: FailPorts) =>
  async ({ error, observed = NOTHING_OBSERVED, ...input }: FailInput): Promise<Failed> => {
    const owned = await ownedNode(ports.nodes, input);
    const postponed: string[] = [];
    const attempt = async <T>(work: Promise<T>): Promise<T | undefined> => {
      const [settled] = await Promise.allSettled([work]);
      if (settled.status === 'fulfilled') return settled.value;
      postponed.push(String(settled.reason));
      return undefined;
    };
    const shown = await attempt(look(ports, owned));
    const seen = shown && withKnownEnds(shown, [observed.old, observed.replacement]);
    const now = ports.time.now().toISOString();
    const reason = operationError(error.Error, error.Cause);
    const decision = decideFailure(owned, seen, reason, now);
    if (seen !== undefined) await attempt(keepUsage(ports, owned, seen, decision, now));
    const ending = endingOf(decision, reason, seen);
    await ports.history.write(input.nodeId, recordEnding(owned, ending, observed, now));
    const { errorReason } = await changeOwned(ports.nodes, input, (latest) => failed(latest, decision, reason, now));
    ports.measure({ group: 'failures', dimensions: {}, values: { RecordedFailures: 1 } });
    ports.measure({ group: 'failure', dimensions: { Error: reason.name }, values: { FailedOperations: 1 } });
    await attempt(removeGivenUp(ports, input.nodeId));
    return { errorReason, postponed };
  };

function endingOf({ survivor }: FailureDecision, { name }: OperationError, seen: SeenNode | undefined): Ending {
  const isCancelled = name === 'ImportCancelled';
  return {
    outcome: isCancelled ? 'cancelled' : 'failed',
    ...(!isCancelled && { errorName: name }),
    instance: survivor,
    // Whether the address is back is not certain, so the record does not say so.
    isBack: false,
    seen: [seen?.old, seen?.replacement],
  };
}

/** @throws the transient errors of `domain/errors.ts`, or an error if EC2 takes too long */
function look(ports: FailPorts, owned: OwnedNode): Promise<SeenNode> {
  const tooLong = ports.time.sleep(LOOK_MS).then((): never => {
    throw new Error(`EC2 did not answer within ${LOOK_MS} ms`);
  });
  return Promise.race([observeAll(ports, owned), tooLong]);
}

/** An instance that the record does not name counts as the old one if its tags say that it was launched for the node. */
async function observeAll(ports: FailPorts, owned: OwnedNode): Promise<SeenNode> {
  const seen = await observeNode(ports, owned);
  const holderId = unnamedHolder(seen);
  if (holderId === undefined) return seen;
  const holder = await ports.instances.observe(holderId);
  if (holder?.nodeId !== owned.node.id) return seen;
  // Its events find the node by the index, which may have lost it with the record.
  await ports.index.register(holderId, owned.node.id);
  return { ...seen, old: holder };
}

/** Called before the record forgets which instance carried the node until now. */
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

export function describeFailed({ errorReason = '' }: Failed): LogLine {
  return { severity: 'ERROR', message: errorReason };
}
