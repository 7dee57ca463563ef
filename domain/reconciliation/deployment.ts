/**
 * Checks that a table belongs to this deployment. A deployment has the name of its stack and tags everything with it.
 * Its table stores that name and the table's own name. If either differs, the table is in doubt and Holdfast does not
 * act on it.
 */
import { UnreadableRecord } from '../errors';

/** The identity that is stored in the table. */
export interface TableIdentity {
  /** The name of the deployment that the records belong to. */
  readonly deployment: string;
  /** The name of the table when this was written. A copy or a restored backup has another name. */
  readonly tableName: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Since when the table is in doubt, and why; absent if it is not. */
  readonly halted?: { readonly since: string; readonly because: string };
}

/** The deployment that reads the table, and the table that it reads. */
export interface Asker {
  readonly deployment: string;
  readonly tableName: string;
}

/** What a person must do: see docs/recovery.md. */
const REMEDY = 'rebuild the records with POST /holdfast/rebuild, which shows first what it would do';

/** Why the table is in doubt, for a person; undefined if it belongs to this deployment. */
export function whyInDoubt(identity: TableIdentity | UnreadableRecord | undefined, asker: Asker): string | undefined {
  const because = doubtOf(identity, asker);
  return because === undefined ? undefined : `${because}: ${REMEDY}`;
}

function doubtOf(
  identity: TableIdentity | UnreadableRecord | undefined,
  { deployment, tableName }: Asker,
): string | undefined {
  if (identity === undefined) return `the table ${tableName} does not say whose it is`;
  if (identity instanceof UnreadableRecord) return identity.message;
  if (identity.deployment !== deployment) {
    return `the table ${tableName} belongs to the deployment ${identity.deployment}, not to ${deployment}`;
  }
  if (identity.tableName !== tableName) return `the table ${tableName} is a copy of ${identity.tableName}`;
  return identity.halted?.because;
}
