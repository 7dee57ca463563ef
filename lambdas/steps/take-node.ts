/**
 * The first step of every machine: which node is it, and may this execution operate on it?
 */
import { decideTake, drainSeconds, type Plan, type TakeDecision } from '../../domain/operation/ownership';
import { NOTHING_OBSERVED, recordEnding } from '../../domain/operation/operation-record';
import type { OperationKind, StatefulNode } from '../../domain/node/stateful-node';
import { parseTrigger } from '../../domain/operation/trigger';
import { endDrain } from '../operation/draining';
import { changeOperation, decideAndSave } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface TakeInput {
  readonly operation: OperationKind;
  /** The input of the execution: an event, or a request for a node. */
  readonly trigger?: unknown;
  readonly executionId: string;
}

export type Taken =
  | ({ readonly taken: true; readonly drain: Drain } & Plan)
  | {
      readonly taken: false;
      readonly why: string;
      readonly drain: Drain;
      /** Set if the node has failed too often, for its log. */
      readonly nodeId?: string;
      readonly errorReason?: string;
    };

/** Always present, because the state machine reads this path even if there is nothing to drain. */
interface Drain {
  readonly seconds: number;
}

type TakePorts = Pick<Ports, 'nodes' | 'index' | 'ownership' | 'waitingTasks' | 'pacer' | 'history' | 'time'>;

/** Takes the node for this execution, or says why not. If the execution owns it already, returns the same plan again. */
export const takeNode =
  (ports: TakePorts) =>
  async ({ operation, trigger: input, executionId }: TakeInput): Promise<Taken> => {
    const trigger = parseTrigger(input);
    if (trigger === undefined) return notTaken('the input is neither a known event nor a request');
    const nodeId = trigger.kind === 'request' ? trigger.nodeId : await ports.index.nodeOf(trigger.instanceId);
    if (nodeId === undefined) return notTaken('the instance is not a stateful node');
    // We do not act on a table in doubt: it may belong to another deployment, or be older than what EC2 shows.
    const doubt = await ports.ownership.doubt();
    if (doubt !== undefined) return notTaken(doubt);
    const now = ports.time.now().toISOString();
    const decision = await decideAndSave(
      ports.nodes,
      nodeId,
      (node): TakeDecision & { node?: StatefulNode } =>
        node === undefined
          ? { kind: 'ignore', why: `there is no node ${nodeId}` }
          : decideTake(node, { operation, executionId, trigger }, now),
      (taking) => recordStopped(ports, taking, now),
    );
    switch (decision.kind) {
      case 'take':
      case 'owned':
        return taken(await inTime(ports, decision.plan));
      case 'hasten':
        await endDrain(ports, decision.node);
        return notTaken(decision.why);
      case 'fail':
        return { ...notTaken(decision.why), nodeId, errorReason: decision.node.errorReason };
      case 'keep':
      case 'ignore':
        return notTaken(decision.why);
    }
  };

/** An operation whose executions keep ending is failed here. What became of its instances is not known. */
async function recordStopped({ history }: TakePorts, decision: TakeDecision, now: string): Promise<void> {
  if (decision.kind !== 'fail' || decision.stopped === undefined) return;
  const { owned, errorName, survivor } = decision.stopped;
  const ending = { outcome: 'failed', errorName, instance: survivor, isBack: false, seen: [] } as const;
  await history.write(owned.node.id, recordEnding(owned, ending, NOTHING_OBSERVED, now));
}

function taken(plan: Plan): Taken {
  return { taken: true, drain: { seconds: plan.drainSeconds }, ...plan };
}

/** A shorter wait would cost more than it saves. */
const SHORT_MS = 2_000;

/**
 * The plan with the end of the old instance timed for the launch of its replacement. Launches take turns, so an instance
 * that ended at once would only be missing for longer while its replacement waits.
 */
async function inTime(ports: TakePorts, plan: Plan): Promise<Plan> {
  if (!plan.endsInTurn) return plan;
  const now = ports.time.now();
  const { turnAt } = await ports.pacer.take('TerminateInTime', now.toISOString());
  if (Date.parse(turnAt) - now.getTime() < SHORT_MS) return plan;
  const { node, operation } = await changeOperation(ports.nodes, plan, (current) => ({
    ...current,
    terminateAt: current.terminateAt ?? turnAt,
  }));
  return { ...plan, drainSeconds: drainSeconds(node, operation, now.toISOString()) };
}

function notTaken(why: string) {
  return { taken: false, why, drain: { seconds: 0 } } as const;
}

export function describeTaken(outcome: Taken): LogLine | undefined {
  if (outcome.taken) return info(`operation ${outcome.generation} begins: ${outcome.reason}`);
  return outcome.errorReason === undefined ? undefined : { severity: 'ERROR', message: outcome.errorReason };
}
