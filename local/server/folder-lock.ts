/** Locks a folder for one process. The operating system releases the lock when the process ends, however it ends. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'dynalite/db';

/** Another process has the folder open. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

export interface FolderLock {
  release(): Promise<void>;
}

const LOCK_FOLDER = 'lock';

/**
 * Node cannot lock a file. LevelDB, which comes with the database, can: its lock on an empty store is ours.
 * @throws FolderInUse, or the error of the file system
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  const lockPath = join(path, LOCK_FOLDER);
  try {
    return await lock(path, lockPath);
  } catch (error) {
    if (codeOf(error) !== 'LEVEL_CORRUPTION') throw error;
    // It holds nothing but the lock.
    rmSync(lockPath, { recursive: true });
    return lock(path, lockPath);
  }
}

async function lock(path: string, lockPath: string): Promise<FolderLock> {
  mkdirSync(lockPath, { recursive: true, mode: 0o700 });
  const { db } = create({ path: lockPath });
  try {
    await db.open();
  } catch (error) {
    if (codeOf(error) === 'LEVEL_LOCKED') throw new FolderInUse(`Another process is using ${path}`, { cause: error });
    throw error;
  }
  return { release: () => db.close() };
}

/** LevelDB says the reason in the cause. */
function codeOf(error: unknown): string | undefined {
  return ((error as Error).cause as { readonly code?: string } | undefined)?.code;
}
