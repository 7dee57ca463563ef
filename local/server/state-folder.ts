/**
 * A folder that keeps a control plane between processes: the simulated EC2, the executions, the time, the token, and the
 * tables in the database's own files.
 *
 * A process may be killed at any moment. The state is therefore one file that is replaced as a whole, so a reader always
 * finds a complete state. Only one process may use a folder. The database's lock enforces that, and the operating system
 * releases it when the process ends.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { worldFromJson, worldToJson, type World } from '../../simulator/ec2/world';
import { isObject } from '../../simulator/json';
import type { ExecutionRecord } from '../../simulator/step-functions/step-functions';

const FORMAT = 2;
const STATE_FILE = 'state.json';
const TOKEN_FILE = 'token';
const TABLES_FOLDER = 'tables';
const TOKEN_BYTES = 24;

export interface State {
  /** The seed of all randomness. */
  readonly seed: number;
  /** How many processes have continued the folder. Each draws differently, or ids would repeat. */
  readonly openings: number;
  /** Milliseconds since the epoch, on the clock of the process that wrote the state. */
  readonly now: number;
  readonly world: World;
  readonly executions: readonly ExecutionRecord[];
}

/** This version cannot use the folder. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

export class StateFolder {
  /** @throws UnusableFolder */
  constructor(readonly path: string) {
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new UnusableFolder(`${path} cannot be used as a folder; give another --data: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  get tablesPath(): string {
    return join(this.path, TABLES_FOLDER);
  }

  /** Returns undefined for a new folder. @throws UnusableFolder */
  read(): State | undefined {
    const text = this.readFile(STATE_FILE);
    if (text === undefined) return undefined;
    const state = this.parse(text);
    if (state.format !== FORMAT) {
      throw new UnusableFolder(
        `${this.path} was written by another version; give another --data, or delete the folder`,
      );
    }
    return { ...state, world: worldFromJson(JSON.stringify(state.world)) };
  }

  write({ world, ...state }: State): void {
    const head = JSON.stringify({ format: FORMAT, ...state });
    this.replace(STATE_FILE, `${head.slice(0, -1)},"world":${worldToJson(world)}}\n`);
  }

  /** Returns the stored token, or a new one that is not stored yet. @throws UnusableFolder */
  token(): string {
    return this.readFile(TOKEN_FILE)?.trim() ?? randomBytes(TOKEN_BYTES).toString('hex');
  }

  writeToken(token: string): void {
    this.replace(TOKEN_FILE, `${token}\n`);
  }

  private parse(text: string): State & { readonly format: number } {
    try {
      const parsed: unknown = JSON.parse(text);
      if (isObject(parsed) && isObject(parsed['world'])) return parsed as unknown as State & { format: number };
    } catch {
      // Reported below.
    }
    throw new UnusableFolder(`${join(this.path, STATE_FILE)} is damaged; give another --data, or delete the folder`);
  }

  private readFile(name: string): string | undefined {
    try {
      return readFileSync(join(this.path, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new UnusableFolder(`${join(this.path, name)} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Replaces a file. A reader finds the old text or the new one, never a part. Only the owner may read it. */
  private replace(name: string, text: string): void {
    const path = join(this.path, name);
    const temporary = `${path}.new`;
    // A file left by a killed process may have another mode.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { mode: OWNER_ONLY });
    chmodSync(temporary, OWNER_ONLY);
    renameSync(temporary, path);
  }
}

const OWNER_ONLY = 0o600;
