import { Construct } from 'constructs';
import { OPERATION_KINDS, type OperationKind } from '../../domain/node/stateful-node';
import type { StepsFunction } from '../functions/steps-function';
import { Workflow } from './workflow';

export interface NodeOperationsProps {
  readonly steps: StepsFunction;
}

/** A state machine for each operation on a node. */
export class NodeOperations extends Construct {
  private readonly byKind: ReadonlyMap<OperationKind, Workflow>;

  constructor(scope: Construct, id: string, { steps }: NodeOperationsProps) {
    super(scope, id);
    this.byKind = new Map(
      OPERATION_KINDS.map((kind) => [kind, new Workflow(this, constructId(kind), { kind, steps })]),
    );
  }

  workflow(kind: OperationKind): Workflow {
    return this.byKind.get(kind)!;
  }

  all(): readonly Workflow[] {
    return [...this.byKind.values()];
  }
}

/** `LaunchNode` for `launch`. */
function constructId(kind: OperationKind): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Node`;
}
