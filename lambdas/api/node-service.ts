/**
 * What the API can do, in domain words: the routes translate requests into these calls, and their answers and
 * errors into the contract's envelope.
 */
import type { UnreadableRecord } from '../../domain/errors';
import type { FieldError } from '../../domain/config/validation';
import type { AskedRange } from '../../domain/costs/cost-range';
import type { AggregationPeriod, Costs } from '../../domain/costs/costs';
import type { LogPage, LogQuery } from '../../domain/node/node-log';
import type { Action } from '../../domain/operation/requests';
import type { Deletion, StatefulNode } from '../../domain/node/stateful-node';
import type { MigrationService } from './migration-service';
import type { RecoveryService } from './recovery-service';

export interface CostQuery extends AskedRange {
  /** Absent: one item for the whole range. */
  readonly period?: AggregationPeriod | undefined;
}

/** The outcome of one node in a bulk request. */
export interface BulkOutcome {
  readonly id: string;
  readonly fieldErrors: readonly FieldError[];
  /** Nothing was done, because the node's record cannot be read. */
  readonly unreadable?: UnreadableRecord;
}

export interface NodeService {
  /** @throws InvalidRequest with every error */
  create(document: unknown): Promise<StatefulNode>;
  /** In the order of their ids. @param after only those whose id comes after this one */
  list(after?: string): AsyncIterable<StatefulNode>;
  /** @throws NodeMissing */
  get(nodeId: string): Promise<StatefulNode>;
  /** `patch` is partial; `null` removes a field. @throws NodeMissing @throws InvalidRequest */
  update(nodeId: string, patch: unknown): Promise<StatefulNode>;
  /** @throws NodeMissing */
  delete(nodeId: string, deletion: Deletion): Promise<void>;
  /** Repeats are harmless; one that meets a running operation is carried out after it. @throws NodeMissing */
  act(nodeId: string, action: Action): Promise<void>;
  actInBulk(requests: readonly { readonly id: string; readonly action: Action }[]): Promise<readonly BulkOutcome[]>;
  /** @throws NodeMissing */
  log(nodeId: string, query: LogQuery): Promise<LogPage>;
  /** One item a period, or one for the whole range. @throws NodeMissing @throws InvalidRequest */
  costs(nodeId: string, query: CostQuery): Promise<readonly Costs[]>;
  /** Nodes that are made of instances which run already. */
  readonly migrations: MigrationService;
  /** The deployment as a whole, and the way back. */
  readonly recovery: RecoveryService;
  /** @throws NodeMissing @throws InvalidRequest where the volume is in use, or not the node's */
  deleteVolume(nodeId: string, volumeId: string): Promise<void>;
}

/** Of what a request of a megabyte may have wrong, an answer of six has room for a part. */
const FAULTS_MAX = 100;

/** The request is invalid; nothing was made or changed. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  /** All of them; of very many the first ones, and how many follow. */
  readonly fieldErrors: readonly FieldError[];

  constructor(fieldErrors: readonly FieldError[]) {
    const [next, ...others] = fieldErrors.slice(FAULTS_MAX);
    const message = `is invalid as well, and so are ${others.length} others: correct those before it first`;
    const shown = [
      ...fieldErrors.slice(0, FAULTS_MAX),
      ...(next === undefined ? [] : [{ field: next.field, message }]),
    ];
    super(shown.map(({ field, message: what }) => `${field}: ${what}`).join('; '));
    this.fieldErrors = shown;
  }
}

/** The table may be another deployment's, or older than what it speaks of: nothing is changed by its word. */
export class TableInDoubt extends Error {
  override readonly name = 'TableInDoubt';
}

/** There is no such node, or it is being deleted. */
export class NodeMissing extends Error {
  override readonly name = 'NodeMissing';

  constructor(readonly nodeId: string) {
    super(`There is no stateful node ${nodeId}.`);
  }
}
