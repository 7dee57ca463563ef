/** What the API can do about imports, in domain words. */
import type { ImportRequest } from '../../domain/import/import-document';
import type { Migration, MigrationProgress } from '../../domain/import/import';
import type { FieldError } from '../../domain/config/validation';

/** An import as it is at this moment. */
export interface ShownMigration {
  readonly migration: Migration;
  readonly progress: MigrationProgress;
}

/** The outcome of one import in a bulk request. */
export type ImportOutcome =
  | { readonly kind: 'begun'; readonly shown: ShownMigration }
  | { readonly kind: 'refused'; readonly request: ImportRequest; readonly fieldErrors: readonly FieldError[] };

export interface MigrationService {
  /** @throws InvalidRequest with every error; nothing has been touched then */
  begin(request: ImportRequest): Promise<ShownMigration>;
  /** Begins what can be begun, one after the other; the outcomes in the order of the requests. */
  beginInBulk(requests: readonly ImportRequest[]): Promise<readonly ImportOutcome[]>;
  /** Those that there are, in the order of the ids. */
  find(migrationIds: readonly string[]): Promise<readonly ShownMigration[]>;
  /** Repeats are harmless. @throws MigrationMissing @throws InvalidRequest where there is no way back any more */
  cancel(migrationId: string): Promise<ShownMigration>;
}

/** There is no such import. */
export class MigrationMissing extends Error {
  override readonly name = 'MigrationMissing';

  constructor(readonly migrationId: string) {
    super(`There is no import ${migrationId}.`);
  }
}
