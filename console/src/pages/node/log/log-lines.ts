/** The entries of a node's log as the page holds them: what is read anew is put to what is there. */
import type { LogEntry } from '../../../api/schemas';

/** So many entries are shown, the newest ones: more would make the page slow. */
export const MOST_LINES = 5_000;

/**
 * How far before the newest known entry the next read begins, in milliseconds. Two functions may write at once, so an entry
 * may appear after one with a later time.
 */
const OVERLAP_MS = 30_000;

/** Where the next read begins. @param start of the range, if nothing is known yet */
export function readFrom(known: readonly LogEntry[], start: string | undefined): string | undefined {
  const newest = known.at(-1);
  if (newest === undefined) return start;
  const from = new Date(Date.parse(newest.createdAt) - OVERLAP_MS).toISOString();
  return start !== undefined && from < start ? start : from;
}

/**
 * @param known oldest first
 * @param read oldest first, from `from` on
 * @returns `known` itself if nothing is new; otherwise the newest of both, oldest first
 */
export function merged(
  known: readonly LogEntry[],
  read: readonly LogEntry[],
  from: string | undefined,
): readonly LogEntry[] {
  // What was read is complete from `from` on. So entries that are equal in everything are not lost, and none comes twice.
  const earlier = from === undefined ? [] : known.filter(({ createdAt }) => createdAt < from);
  if (earlier.length + read.length === known.length) return known;
  return [...earlier, ...read].slice(-MOST_LINES);
}

/** The entries whose message has the text, in upper or lower case. */
export function withText(entries: readonly LogEntry[], text: string): readonly LogEntry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return entries;
  return entries.filter(({ message }) => message.toLowerCase().includes(wanted));
}

export interface Part {
  readonly text: string;
  readonly isMatch: boolean;
}

/** The message in parts, so that the text that was looked for can be marked. */
export function partsOf(message: string, text: string): readonly Part[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [{ text: message, isMatch: false }];
  const lower = message.toLowerCase();
  const parts: Part[] = [];
  let end = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, end)) {
    if (at > end) parts.push({ text: message.slice(end, at), isMatch: false });
    end = at + wanted.length;
    parts.push({ text: message.slice(at, end), isMatch: true });
  }
  if (end < message.length) parts.push({ text: message.slice(end), isMatch: false });
  return parts;
}

/** As a text file, a line an entry. */
export function asText(entries: readonly LogEntry[]): string {
  return entries.map(({ createdAt, severity, message }) => `${createdAt} ${severity.padEnd(5)} ${message}\n`).join('');
}
