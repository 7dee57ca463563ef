/** The document as a `StatefulNode` of a CDK app: docs/library.md. */
import { isObject, textAt, type Json, type JsonObject } from '../edit/document';

export function asCdk(document: JsonObject): string {
  const fields = literal(document, 0).slice(1).trimStart();
  return [
    "import { StatefulNode } from 'holdfast';",
    '',
    '// In a stack, with the construct `Holdfast` of the deployment as `holdfast`.',
    `new StatefulNode(this, ${quoted(constructIdOf(textAt(document, 'name')))}, {`,
    '  holdfast,',
    `  ${fields});`,
    '',
  ].join('\n');
}

/** `licence-server` becomes `LicenceServer`. */
function constructIdOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Node';
}

function literal(value: Json, depth: number): string {
  const inner = '  '.repeat(depth + 1);
  const end = `\n${'  '.repeat(depth)}`;
  if (Array.isArray(value)) {
    const list = (value as readonly Json[]).map((each) => literal(each, depth + 1));
    const isShort = list.every((each) => !each.includes('\n')) && list.join(', ').length <= 80;
    return isShort ? `[${list.join(', ')}]` : `[${list.map((each) => `\n${inner}${each},`).join('')}${end}]`;
  }
  if (isObject(value)) {
    const fields = Object.entries(value).flatMap(([key, each]) =>
      each === undefined || each === null ? [] : [`${keyed(key)}: ${literal(each, depth + 1)}`],
    );
    const line = fields.join(', ');
    // One line as in the documentation: only what holds no other object.
    if (depth > 0 && !/[\n{]/.test(line) && line.length <= 80) return fields.length === 0 ? '{}' : `{ ${line} }`;
    return `{${fields.map((field) => `\n${inner}${field},`).join('')}${end}}`;
  }
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

const keyed = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key));

/** A string literal in single quotes, whatever it holds. */
function quoted(text: string): string {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`);
  return `'${inner}'`;
}
