/**
 * A folder that keeps a control plane between processes: the token, and one journal with the simulated EC2, the tables,
 * the executions and the time. Because they are in one file, a reader always finds them as they were at one moment.
 *
 * Only one process at a time may use a folder. Only its owner can read it.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderInUse, lockFolder, type FolderLock } from './folder-lock';
import { DamagedJournal, ForeignJournal, Journal } from './journal';

const STATE_FILE = 'state.jsonl';
const TOKEN_FILE = 'token';
/** What versions before the journal wrote. */
const FORMER_FILES = ['state.json', 'tables'];
const TOKEN_BYTES = 24;
/** The characters of a bearer token. Source: RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
/** A request that changes something is refused if the disk has less. More than such a request writes. */
const LEAST_FREE_BYTES = 4 * 1024 * 1024;

/** The folder cannot be used. The message is one sentence, and says what to do. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

export class StateFolder {
  private constructor(
    readonly path: string,
    readonly journal: Journal,
    /** Whether the folder has no state yet. */
    readonly isNew: boolean,
    private readonly lock: FolderLock,
  ) {}

  /** Makes the folder if it does not exist. @throws FolderInUse, UnusableFolder */
  static async open(path: string): Promise<StateFolder> {
    const lock = await locked(path);
    try {
      const journal = new Journal(join(path, STATE_FILE));
      const isNew = !readJournal(path, journal);
      if (isNew) refuseRemains(path);
      return new StateFolder(path, journal, isNew, lock);
    } catch (error) {
      await lock.release();
      throw unusable(path, error);
    }
  }

  /** Returns the stored token, or a new one that is not stored yet. @throws UnusableFolder */
  token(): string {
    const path = join(this.path, TOKEN_FILE);
    if (!existsSync(path)) return randomBytes(TOKEN_BYTES).toString('hex');
    const token = readToken(path);
    if (TOKEN.test(token)) return token;
    throw new UnusableFolder(`${path} is damaged; delete it to get a new token, or give one with --token`);
  }

  /** A reader finds the old token or the new one, never a part. @throws UnusableFolder */
  writeToken(token: string): void {
    const path = join(this.path, TOKEN_FILE);
    const temporary = `${path}.new`;
    try {
      // A file left by a killed process may have another mode.
      rmSync(temporary, { force: true });
      writeFileSync(temporary, `${token}\n`, { mode: OWNER_ONLY });
      chmodSync(temporary, OWNER_ONLY);
      renameSync(temporary, path);
    } catch (error) {
      throw unusable(this.path, error);
    }
  }

  /** Stores the journal's changes. Returns why it cannot, as the beginning of a sentence, or undefined. */
  commit(): string | undefined {
    try {
      this.journal.commit();
      return undefined;
    } catch (error) {
      return problemOf(this.path, error);
    }
  }

  /** Returns why the folder has no room for more changes, as the beginning of a sentence, or undefined. */
  shortage(): string | undefined {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize < LEAST_FREE_BYTES ? fullDisk(this.path) : undefined;
  }

  async close(): Promise<void> {
    this.journal.close();
    await this.lock.release();
  }
}

async function locked(path: string): Promise<FolderLock> {
  try {
    mkdirSync(path, { recursive: true, mode: OWNER_ONLY_FOLDER });
    return await lockFolder(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

function readJournal(path: string, journal: Journal): boolean {
  try {
    return journal.open();
  } catch (error) {
    const file = join(path, STATE_FILE);
    if (error instanceof DamagedJournal) {
      throw new UnusableFolder(`${file} is damaged (${error.message}); ${WHAT_ELSE}`, { cause: error });
    }
    if (error instanceof ForeignJournal) throw new UnusableFolder(anotherVersion(path), { cause: error });
    throw error;
  }
}

/** A new folder would hide that its state was lost. */
function refuseRemains(path: string): void {
  if (FORMER_FILES.some((name) => existsSync(join(path, name)))) throw new UnusableFolder(anotherVersion(path));
  if (existsSync(join(path, TOKEN_FILE))) {
    throw new UnusableFolder(`${path} has a token and no ${STATE_FILE}, which is lost; ${WHAT_ELSE}`);
  }
}

const WHAT_ELSE = 'give another --data, or delete the folder';

function anotherVersion(path: string): string {
  return `${path} was written by another version; ${WHAT_ELSE}`;
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new UnusableFolder(`${path} cannot be read (${(error as Error).message}); make it readable`, {
      cause: error,
    });
  }
}

/** Explains an error of the file system. Returns errors with an explanation of their own as they are. */
function unusable(path: string, error: unknown): unknown {
  if (error instanceof FolderInUse || error instanceof UnusableFolder) return error;
  // A bug of ours has no code.
  if ((error as NodeJS.ErrnoException).code === undefined) return error;
  return new UnusableFolder(`${problemOf(path, error)}; ${remedyOf(error)}`, { cause: error });
}

function problemOf(path: string, error: unknown): string {
  if (isFull(error)) return fullDisk(path);
  return `${path} cannot be used as a folder for data (${reasonOf(error)})`;
}

function remedyOf(error: unknown): string {
  if (isFull(error)) return 'free some space, or give another --data';
  return 'make it a folder that this user can read and write, or give another --data';
}

function fullDisk(path: string): string {
  return `The disk of ${path} is full`;
}

function isFull(error: unknown): boolean {
  return /ENOSPC|EDQUOT|No space left|quota exceeded/i.test(
    `${(error as NodeJS.ErrnoException).code} ${reasonOf(error)}`,
  );
}

/** LevelDB says the reason in the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
