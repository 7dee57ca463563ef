/**
 * Reading and writing a node record as its owner.
 *
 * Several writers change one record: while an operation works, an event adds an intent. A change is therefore a
 * function of the record. If another writer was faster, it is applied again to the newer record.
 */
import { OwnershipLost, RecordContended } from '../../domain/errors';
import { withLateUpdate } from '../../domain/operation/late-update';
import type { Operation, OwnedNode, StatefulNode } from '../../domain/node/stateful-node';
import type { Observed } from '../../domain/operation/operation-record';
import type { Nodes } from '../ports';

/** Identifies the operation that a step works for. */
export interface OperationInput {
  readonly nodeId: string;
  readonly generation: number;
}

/** The same, for a step that ends the operation. */
export interface EndingInput extends OperationInput {
  /** What the state machine has observed. Absent: nothing. */
  readonly observed?: Observed | undefined;
}

/** A record has few writers: its owner, and an event now and then. */
const MAX_WRITE_ATTEMPTS = 5;

/** Returns the node and the operation that owns it. @throws OwnershipLost if another operation owns it, or none */
export async function ownedNode(nodes: Nodes, { nodeId, generation }: OperationInput): Promise<OwnedNode> {
  const node = await nodes.get(nodeId);
  return owned(node, nodeId, generation);
}

/** The same, with the settings of an update that came before the launch. @throws OwnershipLost @throws RecordContended */
export async function ownedForLaunch(nodes: Nodes, input: OperationInput): Promise<OwnedNode> {
  const before = await ownedNode(nodes, input);
  if (withLateUpdate(before) === undefined) return before;
  const node = await changeOwned(nodes, input, (current) => ({
    ...current.node,
    operation: withLateUpdate(current) ?? current.operation,
  }));
  return owned(node, input.nodeId, input.generation);
}

/** Changes the record as its owner. @throws OwnershipLost @throws RecordContended */
export async function changeOwned(
  nodes: Nodes,
  { nodeId, generation }: OperationInput,
  change: (owned: OwnedNode) => StatefulNode,
): Promise<StatefulNode> {
  const { node } = await decideAndSave(nodes, nodeId, (current) => ({
    node: change(owned(current, nodeId, generation)),
  }));
  return node;
}

/** Changes the operation's part of the record. @throws OwnershipLost @throws RecordContended */
export async function changeOperation(
  nodes: Nodes,
  input: OperationInput,
  change: (operation: Operation) => Operation,
): Promise<OwnedNode> {
  const node = await changeOwned(nodes, input, (current) => ({
    ...current.node,
    operation: change(current.operation),
  }));
  return owned(node, input.nodeId, input.generation);
}

/**
 * Decides on the newest record and writes the `node` of the decision, if it has one. If another writer was faster, it
 * decides again. Returns the decision that was written. @param beforeSave what must be done before each try of the write
 * @throws RecordContended
 */
export async function decideAndSave<D extends { readonly node?: StatefulNode }>(
  nodes: Nodes,
  nodeId: string,
  decide: (node: StatefulNode | undefined) => D,
  beforeSave: (decision: D) => Promise<void> = async () => undefined,
): Promise<D> {
  for (let attempt = 1; ; attempt += 1) {
    const decision = decide(await nodes.get(nodeId));
    if (decision.node === undefined) return decision;
    await beforeSave(decision);
    try {
      await nodes.save(decision.node);
      return decision;
    } catch (error) {
      if (!(error instanceof RecordContended) || attempt >= MAX_WRITE_ATTEMPTS) throw error;
    }
  }
}

function owned(node: StatefulNode | undefined, nodeId: string, generation: number): OwnedNode {
  const operation = node?.operation;
  if (node === undefined || operation?.generation !== generation) {
    throw new OwnershipLost(
      `operation ${generation} no longer owns ${nodeId}; ${operation?.generation ?? 'none'} does`,
    );
  }
  return { node, operation };
}
