/** The API's operations on imports, in domain terms. */
import type { ImportRequest } from '../../domain/import/import-document';
import type { Migration, MigrationProgress } from '../../domain/import/import';
import type { FieldError } from '../../domain/config/validation';

/** An import and its present state. */
export interface ShownMigration {
  readonly migration: Migration;
  readonly progress: MigrationProgress;
  /** The EC2 instance of the node; absent if it has none or its record cannot be read. */
  readonly instanceId?: string | undefined;
}

/** The outcome of one import in a bulk request. */
export type ImportOutcome = { readonly kind: 'begun'; readonly shown: ShownMigration } | RefusedImport;

export interface RefusedImport {
  readonly kind: 'refused';
  readonly request: ImportRequest;
  readonly fieldErrors: readonly FieldError[];
}

export interface MigrationService {
  /** @throws InvalidRequest with every error; nothing has been changed then */
  begin(request: ImportRequest): Promise<ShownMigration>;
  /** Begins every valid import, one after the other. Returns the outcomes in the order of the requests. */
  beginInBulk(requests: readonly ImportRequest[]): Promise<readonly ImportOutcome[]>;
  /** Returns the imports that exist, in the order of the ids. */
  find(migrationIds: readonly string[]): Promise<readonly ShownMigration[]>;
  /** Repeats are harmless. @throws MigrationMissing @throws InvalidRequest if the import can no longer be cancelled */
  cancel(migrationId: string): Promise<ShownMigration>;
}

/** There is no such import. */
export class MigrationMissing extends Error {
  override readonly name = 'MigrationMissing';

  constructor(readonly migrationId: string) {
    super(`There is no import ${migrationId}.`);
  }
}
