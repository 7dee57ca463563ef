/**
 * The API's operations in domain terms. The routes translate requests into these calls, and results and errors into the
 * contract's envelope.
 */
import type { UnreadableRecord } from '../../domain/errors';
import type { FieldError } from '../../domain/config/validation';
import type { AskedRange } from '../../domain/costs/cost-range';
import type { AggregationPeriod, Costs } from '../../domain/costs/costs';
import type { MeasuredInstance, MetricsQuery } from '../../domain/monitoring/instance-metrics';
import type { LogPage, LogQuery } from '../../domain/node/node-log';
import type { DescribedOperation, HistoryQuery } from '../../domain/operation/operation-record';
import type { StateVisit } from '../../domain/operation/state-visit';
import type { Action } from '../../domain/operation/requests';
import type { Deletion, OperationKind, StatefulNode } from '../../domain/node/stateful-node';
import type { AccountService } from './account-service';
import type { MigrationService } from './migration-service';
import type { NodeListPage, NodeListQuery } from './node-list';
import type { RecoveryService } from './recovery-service';
import type { ResourceService } from './resource-service';

export interface CostQuery extends AskedRange {
  /** Absent: one item for the whole range. */
  readonly period?: AggregationPeriod | undefined;
}

export interface OperationPage {
  /** Newest first. The first may be under way. */
  readonly operations: readonly DescribedOperation[];
  readonly nextToken?: string | undefined;
}

/** Which operation of a node, and how many of its states. */
export interface VisitsQuery {
  /** Absent: any kind. */
  readonly kind?: OperationKind | undefined;
  /** ISO 8601, UTC. Absent: the newest operation. */
  readonly startedAt?: string | undefined;
  readonly limit: number;
}

/** The outcome of one node in a bulk request. */
export interface BulkOutcome {
  readonly id: string;
  readonly fieldErrors: readonly FieldError[];
  /** Nothing was done, because the node's record cannot be read. */
  readonly unreadable?: UnreadableRecord;
}

export interface NodeService {
  /**
   * @param key the same for every repeat of the request, which then returns the node that the first has made
   * @throws InvalidRequest with every error
   */
  create(document: unknown, key?: string): Promise<StatefulNode>;
  /**
   * Every error that a creation would be refused for; none if it would be accepted now.
   * @param nodeId the document is a patch for an update of this node instead @throws NodeMissing
   */
  check(document: unknown, nodeId?: string): Promise<readonly FieldError[]>;
  /** In the order of their ids. @param after returns only nodes whose ids come after this one */
  list(after?: string): AsyncIterable<StatefulNode>;
  /** A page of the list for pages. */
  listForPages(query: NodeListQuery): Promise<NodeListPage>;
  /** The tag of that list. Undefined if it cannot be told without reading the list. */
  listTag(): Promise<string | undefined>;
  /** @throws NodeMissing */
  get(nodeId: string): Promise<StatefulNode>;
  /** `patch` is partial; `null` removes a field. @throws NodeMissing @throws InvalidRequest */
  update(nodeId: string, patch: unknown): Promise<StatefulNode>;
  /** @throws NodeMissing */
  delete(nodeId: string, deletion: Deletion): Promise<void>;
  /** Repeats are harmless. If an operation is under way, the action is carried out after it. @throws NodeMissing */
  act(nodeId: string, action: Action): Promise<void>;
  actInBulk(requests: readonly { readonly id: string; readonly action: Action }[]): Promise<readonly BulkOutcome[]>;
  /** @throws NodeMissing */
  log(nodeId: string, query: LogQuery): Promise<LogPage>;
  /** What its operations did. @throws NodeMissing */
  operations(nodeId: string, query: HistoryQuery): Promise<OperationPage>;
  /** The states that an operation went through, newest first. @throws NodeMissing @throws InvalidRequest */
  stateVisits(nodeId: string, query: VisitsQuery): Promise<readonly StateVisit[]>;
  /** Returns one item for each period, or one for the whole range. @throws NodeMissing @throws InvalidRequest */
  costs(nodeId: string, query: CostQuery): Promise<readonly Costs[]>;
  /** What CloudWatch has measured of its instances, newest first. @throws NodeMissing @throws InvalidRequest */
  metrics(nodeId: string, query: MetricsQuery): Promise<readonly MeasuredInstance[]>;
  /** Imports of running instances as nodes. */
  readonly migrations: MigrationService;
  /** The state of the deployment, and recovery. */
  readonly recovery: RecoveryService;
  /** What the account has. */
  readonly account: AccountService;
  /** The resources of nodes, and what deleted nodes have left. */
  readonly resources: ResourceService;
  /** @throws NodeMissing @throws InvalidRequest if the volume is in use or is not the node's */
  deleteVolume(nodeId: string, volumeId: string): Promise<void>;
}

/** A request of 1 MB may have more errors than fit into a response of 6 MB. */
const FIELD_ERRORS_MAX = 100;

/** The request is invalid; nothing was created or changed. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  /** All errors, or the first 100 and the number of the others. */
  readonly fieldErrors: readonly FieldError[];

  constructor(fieldErrors: readonly FieldError[]) {
    const [next, ...others] = fieldErrors.slice(FIELD_ERRORS_MAX);
    const message = `is invalid too, and so are ${others.length} others: correct the errors above first`;
    const shown = [
      ...fieldErrors.slice(0, FIELD_ERRORS_MAX),
      ...(next === undefined ? [] : [{ field: next.field, message }]),
    ];
    super(shown.map(({ field, message: what }) => `${field}: ${what}`).join('; '));
    this.fieldErrors = shown;
  }
}

/** The table may be another deployment's, or older than what it describes: nothing is changed on the basis of it. */
export class TableInDoubt extends Error {
  override readonly name = 'TableInDoubt';
}

/** The node does not exist, or is being deleted. */
export class NodeMissing extends Error {
  override readonly name = 'NodeMissing';

  constructor(readonly nodeId: string) {
    super(`There is no stateful node ${nodeId}.`);
  }
}
