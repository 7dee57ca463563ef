/**
 * Reads JSON that a person edits: where it is wrong, and on which line each field stands. `JSON.parse` says neither in the
 * same way in every browser.
 */
import type { Json } from './document';

export type ReadJson =
  | {
      readonly kind: 'value';
      readonly value: Json;
      /** Line numbers from 1, by the paths of the fields; of the whole text by ''. */
      readonly lines: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'fault'; readonly message: string; readonly line: number };

class Fault extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

export function readJson(text: string): ReadJson {
  const reader = new Reader(text);
  try {
    const value = reader.document();
    return { kind: 'value', value, lines: new Map([...reader.starts].map(([path, at]) => [path, lineAt(text, at)])) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: 'fault', message: error.message, line: lineAt(text, error.offset) };
  }
}

/** The line of the field, or else of what contains it, because a field may be wrong by being absent. */
export function lineOf(lines: ReadonlyMap<string, number>, field: string): number {
  const keys = field.split('.');
  for (let length = keys.length; length > 0; length -= 1) {
    const line = lines.get(keys.slice(0, length).join('.'));
    if (line !== undefined) return line;
  }
  return 1;
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** What stands alone, as one piece: a number, `true`, `false` or `null`. */
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;

class Reader {
  readonly starts = new Map<string, number>();
  #at = 0;

  constructor(readonly text: string) {}

  document(): Json {
    const value = this.#value('');
    if (this.#next() !== '') throw this.#expected('nothing after the end of the document');
    return value;
  }

  #value(path: string): Json {
    const first = this.#next();
    if (!this.starts.has(path)) this.starts.set(path, this.#at);
    if (first === '{') return this.#object(path);
    if (first === '[') return this.#list(path);
    if (first === '"') return this.#string();
    const scalar = this.#match(SCALAR);
    if (scalar === undefined) throw this.#expected('a value');
    return JSON.parse(scalar) as Json;
  }

  #object(path: string): Json {
    const entries = new Map<string, Json>();
    this.#members('}', () => {
      if (this.#next() !== '"') throw this.#expected('a field in double quotes');
      const start = this.#at;
      const key = this.#string();
      if (entries.has(key)) throw new Fault(`${key} is given twice`, start);
      if (this.#next() !== ':') throw this.#expected('a colon');
      this.#at += 1;
      const inner = path === '' ? key : `${path}.${key}`;
      this.starts.set(inner, start);
      entries.set(key, this.#value(inner));
    });
    return Object.fromEntries(entries);
  }

  #list(path: string): Json {
    const list: Json[] = [];
    this.#members(']', () => list.push(this.#value(path === '' ? `${list.length}` : `${path}.${list.length}`)));
    return list;
  }

  #members(end: '}' | ']', member: () => void): void {
    this.#at += 1;
    if (this.#next() === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      member();
      const sign = this.#next();
      if (sign !== ',' && sign !== end) throw this.#expected(`a comma or ${end}`);
      this.#at += 1;
      if (sign === end) return;
    }
  }

  #string(): string {
    const text = this.#match(STRING);
    if (text === undefined)
      throw new Fault('The text is not closed, or has a character that JSON does not allow.', this.#at);
    return JSON.parse(text) as string;
  }

  /** The next character that is no space; '' at the end. */
  #next(): string {
    this.#match(SPACE);
    return this.text[this.#at] ?? '';
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #expected(what: string): Fault {
    const found = this.text[this.#at];
    return new Fault(`Expected ${what}, and found ${found === undefined ? 'the end' : found}.`, this.#at);
  }
}
