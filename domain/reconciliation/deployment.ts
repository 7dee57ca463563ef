/**
 * Whose table is it? Every deployment has a name, its stack's, on everything that it makes; and its table says whose it
 * is and which table it was. A table that says something else is in doubt, and nothing is done by its word.
 */
import { UnreadableRecord } from '../errors';

/** What the table says of itself. */
export interface TableIdentity {
  /** The name of the deployment that the records are of. */
  readonly deployment: string;
  /** The name of the table when that was written: a copy, or a restored backup, has another. */
  readonly tableName: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Since when nothing is done by the records, and why; absent while all is well. */
  readonly halted?: { readonly since: string; readonly because: string };
}

/** Which deployment asks, and of which table. */
export interface Asker {
  readonly deployment: string;
  readonly tableName: string;
}

/** What a person does about it: docs/recovery.md. */
const REMEDY = 'rebuild the records with POST /holdfast/rebuild, which shows first what it would do';

/** Why nothing may be done by the table's word, for a person; undefined where it is this deployment's own. */
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
