/**
 * Stores a running control plane's changes in its folder: a tenth of a second later at most, and before a caller learns
 * of them. A process that is killed therefore loses only what no caller has seen.
 *
 * If the folder cannot be written, the control plane continues in memory, and its changes are stored once it can be.
 */
import { recordOf, type Execution, type ExecutionRecord } from '../../simulator/step-functions/step-functions';
import type { StateFolder } from './state-folder';
import { entryKey } from './stored-state';
import type { TrackedWorld } from './tracked-world';

/** How long a change may stay unwritten, in milliseconds of wall time. */
const LONGEST_DELAY_MS = 100;
/** How long after a failed write the next is tried, in milliseconds of wall time. */
const RETRY_DELAY_MS = 1_000;
/** Enough to recognise a repeated start. */
const MOST_ENDED_EXECUTIONS = 1_000;

export interface KeeperOptions {
  readonly folder: StateFolder;
  readonly world: TrackedWorld;
  readonly now: () => number;
  /** Executions of an earlier process, in the order in which they began. */
  readonly executions: readonly ExecutionRecord[];
  /** Is told when the folder cannot be written any more, and when it can be again. */
  readonly report: (message: string) => void;
}

export class StateKeeper {
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private isFailing = false;
  /** By key, the longest ended first. */
  private readonly ended: Set<string>;

  constructor(private readonly options: KeeperOptions) {
    const ended = options.executions.filter(({ status }) => status !== 'RUNNING');
    this.ended = new Set(ended.map((execution) => entryKey.execution(execution)));
  }

  /** Notes that the world has changed. */
  note(): void {
    this.schedule(LONGEST_DELAY_MS);
  }

  /** @param value undefined: deleted */
  noteTable(key: string, value: unknown): void {
    this.change(entryKey.table(key), value);
  }

  noteExecution(execution: Execution): void {
    if (this.isClosed) return;
    const key = entryKey.execution(execution);
    this.change(key, recordOf(execution));
    if (execution.status === 'RUNNING') return;
    this.ended.add(key);
    if (this.ended.size <= MOST_ENDED_EXECUTIONS) return;
    const [longestEnded = key] = this.ended;
    this.ended.delete(longestEnded);
    this.change(longestEnded, undefined);
  }

  /** Stores all changes now. Returns why it cannot, or undefined. */
  store(): string | undefined {
    if (this.isClosed) return undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    const { folder, world, report } = this.options;
    this.collect(world.takeTouched());
    if (folder.journal.hasChanges()) this.noteTime();
    const problem = folder.commit();
    if (problem !== undefined && !this.isFailing) {
      report(`${problem}. Nothing is lost while this process runs: the changes are stored once the folder has room.`);
    }
    if (problem === undefined && this.isFailing) report('The folder can be written again, and all changes are stored.');
    this.isFailing = problem !== undefined;
    if (this.isFailing) this.schedule(RETRY_DELAY_MS);
    return problem;
  }

  /** Compares the whole world with what is stored, and stores all changes now. Returns why it cannot, or undefined. */
  storeAll(): string | undefined {
    this.collect(this.options.world.all());
    this.noteTime();
    return this.store();
  }

  /** Stores the last changes. Later ones are not kept. Returns why it cannot, or undefined. */
  close(): string | undefined {
    const problem = this.storeAll();
    this.isClosed = true;
    clearTimeout(this.timer);
    return problem;
  }

  private change(key: string, value: unknown): void {
    if (this.isClosed) return;
    const { journal } = this.options.folder;
    if (value === undefined) journal.delete(key);
    else journal.set(key, JSON.stringify(value));
    this.schedule(LONGEST_DELAY_MS);
  }

  private noteTime(): void {
    const { folder, now } = this.options;
    folder.journal.set(entryKey.process('now'), JSON.stringify(now()));
  }

  private collect(changes: ReturnType<TrackedWorld['takeTouched']>): void {
    const { folder, world } = this.options;
    for (const { collection, key, entity } of changes) {
      const entry = entryKey.entity(collection, key);
      if (entity === undefined) folder.journal.delete(entry);
      else folder.journal.set(entry, JSON.stringify(entity));
    }
    for (const [name, value] of Object.entries(world.values())) {
      folder.journal.set(entryKey.world(name), JSON.stringify(value));
    }
  }

  private schedule(delayMs: number): void {
    if (this.isClosed) return;
    this.timer ??= setTimeout(() => this.store(), delayMs);
  }
}
