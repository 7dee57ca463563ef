/**
 * The log in the state folder: one JSON document a line. It has every request, every beginning and end of an operation,
 * and every line that a function logs. If the disk is full, lines are dropped and counted.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LOG_FILE = 'log.jsonl';
const FORMER_LOG_FILE = 'log.1.jsonl';
const OWNER_ONLY = 0o600;
/** The log then becomes the former log, which replaces the one before it. */
const LARGEST_BYTES = 10 * 1024 * 1024;
/** How long a line may wait, in milliseconds of wall time. */
const LONGEST_DELAY_MS = 200;

export type LogLevel = 'INFO' | 'WARN' | 'ERROR';
export type LogFields = Readonly<Record<string, unknown>>;

export class ServerLog {
  private lines: string[] = [];
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;
  private bytes: number;
  private readonly path: string;

  /** @param now simulated time, in milliseconds since the epoch */
  constructor(
    private readonly folder: string,
    private readonly now: () => number,
    private readonly largestBytes = LARGEST_BYTES,
  ) {
    this.path = join(folder, LOG_FILE);
    this.bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.add({ level, message, ...fields });
  }

  /** Adds a line that a function has logged. */
  add(entry: LogFields): void {
    const times = { loggedAt: new Date().toISOString(), simulatedTime: new Date(this.now()).toISOString() };
    this.lines.push(`${JSON.stringify({ ...times, ...entry }, errorsAsObjects)}\n`);
    this.timer ??= setTimeout(() => this.flush(), LONGEST_DELAY_MS);
  }

  close(): void {
    clearTimeout(this.timer);
    this.flush();
  }

  private flush(): void {
    this.timer = undefined;
    const lines = this.lines;
    this.lines = [];
    if (this.dropped > 0) lines.unshift(this.noticeOfDropped());
    if (lines.length === 0) return;
    const text = lines.join('');
    try {
      if (this.bytes > this.largestBytes) this.rotate();
      appendFileSync(this.path, text, { mode: OWNER_ONLY });
      this.bytes += Buffer.byteLength(text);
      this.dropped = 0;
    } catch {
      // The state matters, and its keeper reports that the folder cannot be written.
      this.dropped += lines.length - (this.dropped > 0 ? 1 : 0);
    }
  }

  private rotate(): void {
    renameSync(this.path, join(this.folder, FORMER_LOG_FILE));
    this.bytes = 0;
  }

  private noticeOfDropped(): string {
    const message = 'the log could not be written';
    // The last line may have been written in part.
    return `\n${JSON.stringify({ loggedAt: new Date().toISOString(), level: 'WARN', message, lostLines: this.dropped })}\n`;
  }
}

/** JSON has no errors. */
function errorsAsObjects(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
}
