/** Generates the table of the document's fields in docs/api.md from the schema. */
import { configFields, type ConfigField } from '../../domain/config/config-fields';

/** The table is between these two lines. */
const BEGIN = '<!-- fields: npx tsx scripts/api-doc.ts -->';
const END = '<!-- end of fields -->';

const SUPPORT: Readonly<Record<ConfigField['support'], string>> = {
  honoured: 'honoured',
  restricted: 'only this value',
  refused: 'refused',
};

/** A field's row, cell by cell. */
export function fieldRow({ path, support, isRequired, description }: ConfigField): readonly string[] {
  return [`\`${path}\``, SUPPORT[support], isRequired ? 'yes' : '', (description ?? '').replaceAll('|', '\\|')];
}

/** Returns the document with the up-to-date table. @throws Error if the document lacks the two marker lines */
export function withFieldTable(markdown: string): string {
  const { before, after } = aroundTable(markdown);
  const rows = [['field', 'support', 'required', 'what it is'], ['-', '-', '-', '-'], ...configFields().map(fieldRow)];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

/** The rows of the table in the document, cell by cell. @throws Error if the document lacks the two marker lines */
export function fieldRowsIn(markdown: string): readonly (readonly string[])[] {
  return tableRows(aroundTable(markdown).table);
}

/** The rows of a Markdown table, cell by cell, without its two header rows. */
export function tableRows(markdown: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'));
  const cellsOf = (line: string) => line.slice(1, -1).split(/(?<!\\)\|/);
  return lines.slice(2).map((line) => cellsOf(line).map((cell) => cell.trim()));
}

function aroundTable(markdown: string): { readonly before: string; readonly table: string; readonly after: string } {
  const [before, rest] = markdown.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  if (before === undefined || table === undefined || after === undefined) {
    throw new Error(`docs/api.md must have ${BEGIN} and ${END}, with the table of fields between them`);
  }
  return { before, table, after };
}
