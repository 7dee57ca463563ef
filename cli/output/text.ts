/** Text for a terminal. */

/** Text from the account must not move the cursor or change the terminal's state. A newline and a tab are no exception. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** `2026-01-01T00:00:04.345Z` becomes `2026-01-01 00:00:04Z`. */
export function shortTime(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}

/** The cell of a value that a node may not have. */
export function orDash(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === '' ? '-' : printable(String(value));
}

/** `1 node`, `2 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
