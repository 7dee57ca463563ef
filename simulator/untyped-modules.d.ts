/** Types for modules that ship none: only the parts that the simulator uses. */

declare module 'asl-validator' {
  export default function validate(
    definition: unknown,
    options?: { checkPaths?: boolean; checkArn?: boolean },
  ): { isValid: boolean; errorsText(separator?: string): string };
}

declare module 'dynalite/db' {
  export type TableCallback = (error: Error | null, table?: { readonly TableStatus: string }) => void;
  export type DatabaseChange =
    | { readonly type: 'put'; readonly key: string; readonly value: unknown }
    | { readonly type: 'del'; readonly key: string };
  export interface Database {
    open(): Promise<void>;
    close(): Promise<void>;
    batch(changes: readonly DatabaseChange[]): Promise<void>;
    on(event: 'write', listener: (changes: readonly DatabaseChange[]) => void): void;
  }
  export interface Store {
    readonly db: Database;
    getTable(name: string, ...more: [TableCallback] | [checkStatus: boolean, callback: TableCallback]): void;
  }
  export function create(options: { path?: string; createTableMs?: number }): Store;
}

declare module 'dynalite/validations' {
  import type { Store } from 'dynalite/db';
  export function checkTypes(data: unknown, types: unknown): unknown;
  export function checkValidations(data: unknown, types: unknown, custom: unknown, store: Store): void;
}
