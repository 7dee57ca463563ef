/**
 * A folder that keeps a control plane from one process to the next: the simulated EC2, the executions, the time,
 * the token, and beside them the tables in the database's own files.
 *
 * A process may be killed at any moment: the state is one file that is replaced as a whole, so what is read is
 * always a state that was once true. Only one process may use a folder; the database's lock says whose it is,
 * which the system lets go of with the process.
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
  /** Of everything that is drawn. */
  readonly seed: number;
  /** How many processes have gone on with the folder: each draws differently, or ids would come a second time. */
  readonly openings: number;
  /** Milliseconds since the epoch, on the clock of the process that wrote. */
  readonly now: number;
  readonly world: World;
  readonly executions: readonly ExecutionRecord[];
}

/** The folder holds something that this version cannot go on with. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

export class StateFolder {
  /** @throws UnusableFolder */
  constructor(readonly path: string) {
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new UnusableFolder(`${path} cannot be used as a folder: ${(error as Error).message}`, { cause: error });
    }
  }

  get tablesPath(): string {
    return join(this.path, TABLES_FOLDER);
  }

  /** Undefined for a folder that nobody has used yet. @throws UnusableFolder */
  read(): State | undefined {
    const text = this.readFile(STATE_FILE);
    if (text === undefined) return undefined;
    const state = this.parse(text);
    if (state.format !== FORMAT) {
      throw new UnusableFolder(`${this.path} was written by another version: give another folder, or delete it`);
    }
    return { ...state, world: worldFromJson(JSON.stringify(state.world)) };
  }

  write({ world, ...state }: State): void {
    const head = JSON.stringify({ format: FORMAT, ...state });
    this.replace(STATE_FILE, `${head.slice(0, -1)},"world":${worldToJson(world)}}\n`);
  }

  /** The one that is kept here, or a new one, which is not kept yet. @throws UnusableFolder */
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
      // Told below.
    }
    throw new UnusableFolder(`${join(this.path, STATE_FILE)} is damaged: give another folder, or delete this one`);
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

  /** Whoever reads finds the old text or the new one, never a part. Only the owner may read. */
  private replace(name: string, text: string): void {
    const path = join(this.path, name);
    const temporary = `${path}.new`;
    // One that a killed process left may have another mode.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { mode: OWNER_ONLY });
    chmodSync(temporary, OWNER_ONLY);
    renameSync(temporary, path);
  }
}

const OWNER_ONLY = 0o600;
