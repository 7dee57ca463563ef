/** The rows as a file for a spreadsheet (RFC 4180). */
import type { NodeColumn } from './columns';
import type { NodeRow } from './node-row';

export function csvOf(columns: readonly NodeColumn[], rows: readonly NodeRow[]): string {
  const lines = [
    columns.map(({ header }) => header),
    ...rows.map((row) => columns.map(({ value }) => String(value(row) ?? ''))),
  ];
  return lines.map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

/** A spreadsheet would run a cell that begins like a formula, and a name may begin so. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
