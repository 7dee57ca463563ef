/** Tables without frames: columns of equal width, two spaces apart. */
import { stripVTControlCharacters } from 'node:util';
import type { Style } from './style';

export interface Column<Row> {
  readonly header: string;
  /** May have colour codes. */
  readonly cell: (row: Row) => string;
  /** @default left */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** Every line ends with a newline. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], { paint }: Style): string {
  const lines = [
    columns.map(({ header }) => paint('bold', header)),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => width(cells[index] ?? ''))));
  const aligned = (cells: readonly string[]): string =>
    cells.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align)).join(GAP);
  return lines.map((cells) => `${aligned(cells).trimEnd()}\n`).join('');
}

/** Names on the left, values on the right. */
export function fields(rows: readonly (readonly [name: string, value: string])[], { paint }: Style): string {
  const widest = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${paint('bold', name.padEnd(widest))}${GAP}${value}\n`).join('');
}

function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, columns - width(text)));
  return align === 'right' ? spaces + text : text + spaces;
}

/** East Asian wide characters and emoji take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** What a reader sees as one character may have several code points. */
const segmenter = new Intl.Segmenter();

function width(text: string): number {
  const characters = Array.from(segmenter.segment(stripVTControlCharacters(text)));
  return characters.reduce((columns, { segment }) => columns + (WIDE.test(segment) ? 2 : 1), 0);
}
