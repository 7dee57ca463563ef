/** Reads JSON documents from a file or the standard input. */
import * as z from 'zod';
import { Misused } from '../failures';
import type { Shell } from '../shell';

export type Document = Readonly<Record<string, unknown>>;

const document = z.record(z.string(), z.unknown());

/** @param path `-` is the standard input @throws Misused */
export async function readDocument(shell: Pick<Shell, 'stdin' | 'readFile'>, path: string): Promise<Document> {
  const text = path === '-' ? await shell.stdin.read() : (await readBytes(shell, path)).toString('utf8');
  const { data } = document.safeParse(parsed(text, shownPath(path)));
  if (data === undefined) throw new Misused([`${shownPath(path)} must be a JSON object.`]);
  return data;
}

/** @throws Misused */
export async function readBytes({ readFile }: Pick<Shell, 'readFile'>, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Misused([`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** The same document with or without the envelope of the API: `{"managedInstance": {...}}`. */
export function unwrapped(given: Document, key: string): Document {
  const { data } = document.safeParse(given[key]);
  return data !== undefined && Object.keys(given).length === 1 ? data : given;
}

/** Objects are merged, everything else is replaced. */
export function merged(base: Document, over: Document): Document {
  const entries = Object.entries(over).map(([key, value]) => {
    const [below, above] = [document.safeParse(base[key]), document.safeParse(value)];
    return [key, below.success && above.success ? merged(below.data, above.data) : value] as const;
  });
  return { ...base, ...Object.fromEntries(entries) };
}

/** The document with a value at a path like `compute.privateIp`. */
export function at(path: string, value: unknown): Document {
  const [key = '', ...rest] = path.split('.');
  return { [key]: rest.length === 0 ? value : at(rest.join('.'), value) };
}

/** Leaves out absent values, and objects that are empty without them. */
export function compact(given: Document): Document {
  const entries = Object.entries(given).flatMap(([key, value]) => {
    const inner = document.safeParse(value);
    const kept = inner.success && !Array.isArray(value) ? compact(inner.data) : value;
    const isEmpty = kept === undefined || (inner.success && Object.keys(inner.data).length > 0 && isEmptyObject(kept));
    return isEmpty ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the text, which may be user data with secrets in it.
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new Misused([`${what} is not JSON${position === undefined ? '' : ` at character ${position}`}.`]);
  }
}

function shownPath(path: string): string {
  return path === '-' ? 'The standard input' : path;
}
