/** What the deployment knows of itself, and the way back where its table does not say any more what there is. */
import type { UnreadableRecord } from '../../domain/errors';
import type { FieldError } from '../../domain/config/validation';
import type { Tagged } from '../../domain/reconciliation/unknown';

export interface DeploymentState {
  readonly deployment: string;
  /** Why nothing is done by the records; undefined where they are this deployment's own. */
  readonly doubt: string | undefined;
  /** Those whose records cannot be read included. */
  readonly nodes: number;
  readonly unreadable: readonly UnreadableRecord[];
  /** What carries this deployment's tag, and no record accounts for. */
  readonly unknown: readonly Tagged[];
}

/**
 * - `kept`: the record is right about what EC2 shows.
 * - `corrected`: the record was older than what EC2 shows, and says now what there is.
 * - `made`: there was no record.
 * - `refused`: a record cannot be made until a person says more: see the errors.
 * - `removed`: the record was older than the deletion of its node, which has left something behind.
 * - `unreadable`: the record cannot be read, and is left as it is: see the error.
 * - `unseen`: EC2 shows nothing of it, and the record stays: of a node that was deleted since, or of another deployment.
 */
export const REBUILD_OUTCOMES = ['kept', 'corrected', 'made', 'refused', 'removed', 'unreadable', 'unseen'] as const;
export type RebuildOutcome = (typeof REBUILD_OUTCOMES)[number];

export interface Rebuilt {
  readonly nodeId: string;
  readonly outcome: RebuildOutcome;
  readonly name: string | undefined;
  /** Undefined of a record that names none. */
  readonly interfaceId: string | undefined;
  readonly privateIp: string | undefined;
  readonly publicIp: string | undefined;
  readonly instanceId: string | undefined;
  /** The fields of the configuration that could not be read. */
  readonly unread: readonly string[];
  /** What else carries the node's tag, by id. It is left as it is. */
  readonly others: readonly string[];
  readonly fieldErrors: readonly FieldError[];
}

export interface RebuildRequest {
  /** Whether only to show what would be done. */
  readonly isDryRun: boolean;
  /** Only these; undefined: all, and only then is the table said to be the deployment's own. */
  readonly nodeIds?: readonly string[] | undefined;
  /** By node, what a person says of its configuration: it wins over what was read. */
  readonly configurations: ReadonlyMap<string, unknown>;
}

export interface RecoveryService {
  state(): Promise<DeploymentState>;
  /** Makes and corrects records by what EC2 shows. Touches nothing in EC2, and may be run again. */
  rebuild(request: RebuildRequest): Promise<readonly Rebuilt[]>;
}
