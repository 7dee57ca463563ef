/** The state of the deployment, and the rebuild of its records if the table no longer matches what EC2 shows. */
import type { UnreadableRecord } from '../../domain/errors';
import type { FieldError } from '../../domain/config/validation';
import type { Tagged } from '../../domain/reconciliation/unknown';

export interface DeploymentState {
  readonly deployment: string;
  /** Why the table is in doubt; undefined if it is not. */
  readonly doubt: string | undefined;
  /** Includes the nodes whose records cannot be read. */
  readonly nodes: number;
  readonly unreadable: readonly UnreadableRecord[];
  /** What has this deployment's tag and no record. */
  readonly unknown: readonly Tagged[];
}

/**
 * - `kept`: the record agrees with what EC2 shows.
 * - `corrected`: the record was older than what EC2 shows, and was corrected.
 * - `made`: there was no record, and one was made.
 * - `refused`: a record cannot be made until a person adds to the configuration: see the errors.
 * - `removed`: the record was older than the deletion of its node, which has left something behind.
 * - `unreadable`: the record cannot be read, and is left as it is: see the error.
 * - `unseen`: EC2 has nothing of the node, and the record stays. The node was deleted since, or is another deployment's.
 */
export const REBUILD_OUTCOMES = ['kept', 'corrected', 'made', 'refused', 'removed', 'unreadable', 'unseen'] as const;
export type RebuildOutcome = (typeof REBUILD_OUTCOMES)[number];

export interface Rebuilt {
  readonly nodeId: string;
  readonly outcome: RebuildOutcome;
  readonly name: string | undefined;
  /** Undefined if the record names no interface. */
  readonly interfaceId: string | undefined;
  readonly privateIp: string | undefined;
  readonly publicIp: string | undefined;
  readonly instanceId: string | undefined;
  /** The fields of the configuration that could not be read. */
  readonly unread: readonly string[];
  /** The ids of what else has the node's tag. It is left as it is. */
  readonly others: readonly string[];
  readonly fieldErrors: readonly FieldError[];
}

export interface RebuildRequest {
  /** If true, only shows what would be done. */
  readonly isDryRun: boolean;
  /** Rebuilds these nodes only. If undefined, rebuilds all, and only then marks the table as this deployment's. */
  readonly nodeIds?: readonly string[] | undefined;
  /** By node id, the fields of the configuration that a person gives. They override what was read. */
  readonly configurations: ReadonlyMap<string, unknown>;
}

export interface RecoveryService {
  state(): Promise<DeploymentState>;
  /** Makes and corrects records from what EC2 shows. Changes nothing in EC2, and may be repeated. */
  rebuild(request: RebuildRequest): Promise<readonly Rebuilt[]>;
}
