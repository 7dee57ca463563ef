/**
 * Entries by key, in one file to which every change is appended. A commit costs what has changed, however much there is.
 *
 * The first line says how many bytes of the file are committed. A commit appends one line and then rewrites that number
 * in place, so a process may be killed at any moment: a line that was written in part lies beyond the committed bytes and
 * is dropped. A file that is shorter than it says, or has a line whose checksum does not match, is damaged.
 *
 * The file is written anew, without the overwritten values, once it is three times as long as they leave it.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { isObject } from '../../simulator/json';

const FORMAT = 3;
const OWNER_ONLY = 0o600;
/** Enough for the digits of any file size. */
const SIZE_DIGITS = 15;
/** The file is not written anew before it has this many bytes. */
const LEAST_REWRITTEN_BYTES = 16 * 1024 * 1024;
/** The file is written anew if it is this many times as long as its entries. */
const MOST_GROWTH = 3;
/** How many entries a line of a file that is written anew holds. */
const ENTRIES_A_LINE = 1_000;
const CHECKSUM_DIGITS = 8;
const NEWLINE = 0x0a;

/** The file is not what a commit left. */
export class DamagedJournal extends Error {
  override readonly name = 'DamagedJournal';
}

/** The file was written by a version that this one cannot read. */
export class ForeignJournal extends Error {
  override readonly name = 'ForeignJournal';
}

export interface JournalOptions {
  /** @default 16 MiB */
  readonly leastRewrittenBytes?: number;
}

export class Journal {
  /** The committed values and the changes since, as JSON. In the order in which the keys were first set. */
  private readonly values = new Map<string, string>();
  /** What the next commit appends. Undefined: the key is deleted. */
  private readonly changes = new Map<string, string | undefined>();
  /** The bytes of all values and keys. */
  private valueBytes = 0;
  /** The committed bytes of the file. */
  private bytes = 0;
  private file: number | undefined;

  constructor(
    private readonly path: string,
    private readonly options: JournalOptions = {},
  ) {}

  /**
   * Reads the file, if it exists, and opens it for commits.
   * @returns whether it existed
   * @throws DamagedJournal, ForeignJournal
   */
  open(): boolean {
    // Left by a process that was killed while it wrote the file anew.
    rmSync(this.temporaryPath, { force: true });
    const content = readIfExists(this.path);
    if (content === undefined) return false;
    const { headBytes, bytes } = readHead(content);
    for (const line of linesOf(content.subarray(headBytes, bytes))) this.replay(line);
    this.file = openSync(this.path, 'r+');
    this.bytes = bytes;
    return true;
  }

  entries(): IterableIterator<[key: string, json: string]> {
    return this.values.entries();
  }

  /** @param json the value, written by JSON.stringify */
  set(key: string, json: string): void {
    const before = this.values.get(key);
    if (before === json) return;
    this.count(key, before, json);
    this.values.set(key, json);
    this.changes.set(key, json);
  }

  delete(key: string): void {
    const before = this.values.get(key);
    if (before === undefined) return;
    this.count(key, before, undefined);
    this.values.delete(key);
    this.changes.set(key, undefined);
  }

  hasChanges(): boolean {
    return this.changes.size > 0;
  }

  /** If it throws, all changes are still there, and the next commit writes them. @throws the error of the file system */
  commit(): void {
    if (this.changes.size === 0) return;
    if (this.file === undefined || this.isOvergrown()) {
      this.rewrite();
      return;
    }
    const line = lineOf([...this.changes]);
    try {
      writeAll(this.file, line, this.bytes);
      writeAll(this.file, headOf(this.bytes + line.byteLength), 0);
    } catch (error) {
      this.cutTail();
      throw error;
    }
    this.bytes += line.byteLength;
    this.changes.clear();
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private get temporaryPath(): string {
    return `${this.path}.new`;
  }

  private isOvergrown(): boolean {
    const { leastRewrittenBytes = LEAST_REWRITTEN_BYTES } = this.options;
    return this.bytes > leastRewrittenBytes && this.bytes > MOST_GROWTH * this.valueBytes;
  }

  /** A reader finds the old file or the new one, never a part. */
  private rewrite(): void {
    const lines = chunksOf([...this.values], ENTRIES_A_LINE).map(lineOf);
    const head = headOf(0);
    const bytes = lines.reduce((sum, line) => sum + line.byteLength, head.byteLength);
    rmSync(this.temporaryPath, { force: true });
    const file = openSync(this.temporaryPath, 'wx+', OWNER_ONLY);
    try {
      writeAll(file, Buffer.concat([headOf(bytes), ...lines]), 0);
      fsyncSync(file);
      renameSync(this.temporaryPath, this.path);
    } catch (error) {
      closeSync(file);
      // Later writes need its space.
      rmSync(this.temporaryPath, { force: true });
      throw error;
    }
    if (this.file !== undefined) closeSync(this.file);
    this.file = file;
    this.bytes = bytes;
    this.changes.clear();
  }

  /** What is beyond the committed bytes is ignored anyway. It is cut off to free its space. */
  private cutTail(): void {
    try {
      if (this.file !== undefined) ftruncateSync(this.file, this.bytes);
    } catch {
      // The commit's own error is reported.
    }
  }

  private replay(line: Buffer): void {
    for (const [key, value] of entriesIn(line)) {
      const json = value === undefined ? undefined : JSON.stringify(value);
      this.count(key, this.values.get(key), json);
      if (json === undefined) this.values.delete(key);
      else this.values.set(key, json);
    }
  }

  private count(key: string, before: string | undefined, after: string | undefined): void {
    const sizeOf = (json: string | undefined): number => (json === undefined ? 0 : key.length + json.length);
    this.valueBytes += sizeOf(after) - sizeOf(before);
  }
}

function readIfExists(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Always equally long, because it is rewritten in place. JSON allows spaces before a number. */
function headOf(bytes: number): Buffer {
  return Buffer.from(`{"format":${FORMAT},"bytes":${String(bytes).padStart(SIZE_DIGITS)}}\n`);
}

function readHead(content: Buffer): { readonly headBytes: number; readonly bytes: number } {
  const end = content.indexOf(NEWLINE);
  const head = parse(content.subarray(0, Math.max(end, 0)));
  if (!isObject(head) || typeof head['format'] !== 'number') throw new DamagedJournal('its first line is damaged');
  if (head['format'] !== FORMAT) throw new ForeignJournal(`it has the format ${head['format']}`);
  const { bytes } = head;
  if (typeof bytes !== 'number' || bytes < end + 1) throw new DamagedJournal('its first line is damaged');
  if (bytes > content.byteLength) {
    throw new DamagedJournal(`it has ${content.byteLength} bytes, and ${bytes} were written`);
  }
  return { headBytes: end + 1, bytes };
}

function* linesOf(content: Buffer): Generator<Buffer> {
  for (let start = 0; start < content.byteLength;) {
    const end = content.indexOf(NEWLINE, start);
    if (end < 0) throw new DamagedJournal('its last line is incomplete');
    yield content.subarray(start, end);
    start = end + 1;
  }
}

/** A line: the checksum in hexadecimal, and a list of `[key, value]`, or `[key]` if the key was deleted. */
function lineOf(changes: readonly (readonly [key: string, json: string | undefined])[]): Buffer {
  const entries = changes.map(([key, json]) => {
    const name = JSON.stringify(key);
    return json === undefined ? `[${name}]` : `[${name},${json}]`;
  });
  const body = Buffer.from(`[${entries.join(',')}]`);
  return Buffer.concat([Buffer.from(checksumOf(body)), body, Buffer.of(NEWLINE)]);
}

function entriesIn(line: Buffer): readonly (readonly [key: string, value?: unknown])[] {
  const body = line.subarray(CHECKSUM_DIGITS);
  if (line.toString('latin1', 0, CHECKSUM_DIGITS) !== checksumOf(body)) {
    throw new DamagedJournal('a line does not match its checksum');
  }
  return parse(body) as readonly (readonly [string, unknown?])[];
}

function checksumOf(body: Buffer): string {
  return crc32(body).toString(16).padStart(CHECKSUM_DIGITS, '0');
}

function parse(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}

/** A full disk may take the first part of a write. The rest then fails with the reason. */
function writeAll(file: number, data: Buffer, position: number): void {
  for (let written = 0; written < data.byteLength;) {
    written += writeSync(file, data, written, data.byteLength - written, position + written);
  }
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}
