/**
 * The first step of every machine: whose instance is it, and may this execution operate on its node?
 */
import { decideTake, type Plan, type TakeDecision } from '../../domain/ownership';
import type { OperationKind, StatefulNode } from '../../domain/stateful-node';
import { parseTrigger } from '../../domain/trigger';
import { decideAndSave } from '../owned-node';
import type { Ports } from '../ports';

export interface TakeInput {
  readonly operation: OperationKind;
  /** The execution's own input: an event, or a request for a node. */
  readonly trigger?: unknown;
  readonly executionId: string;
}

export type Taken = ({ readonly taken: true } & Plan) | { readonly taken: false; readonly why: string };

/** Takes the node for this execution, or says why not. Answers the same again where it has it already. */
export const takeNode =
  (ports: Pick<Ports, 'nodes' | 'index' | 'time'>) =>
  async ({ operation, trigger: input, executionId }: TakeInput): Promise<Taken> => {
    const trigger = parseTrigger(input);
    if (trigger === undefined) return { taken: false, why: 'the input is neither a known event nor a request' };
    const nodeId = trigger.kind === 'request' ? trigger.nodeId : await ports.index.nodeOf(trigger.instanceId);
    if (nodeId === undefined) return { taken: false, why: 'the instance is not a stateful node' };
    const now = ports.time.now().toISOString();
    const decision = await decideAndSave(ports.nodes, nodeId, (node): TakeDecision & { node?: StatefulNode } =>
      node === undefined
        ? { kind: 'ignore', why: `there is no node ${nodeId}` }
        : decideTake(node, { operation, executionId, trigger }, now),
    );
    return 'plan' in decision ? { taken: true, ...decision.plan } : { taken: false, why: decision.why };
  };
