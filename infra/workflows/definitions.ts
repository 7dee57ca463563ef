import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../code-location';
import type { OperationKind } from '../../domain/node/stateful-node';

const FOLDER = join(ROOT, 'statemachines');

/** Templates that every definition can use. */
const SHARED = 'shared.yaml';

/** The definition of each operation. A launch is a replacement without an old instance, so they share one. */
const DEFINITIONS: Readonly<Record<OperationKind, string>> = {
  launch: 'replace-node.asl.yaml',
  replace: 'replace-node.asl.yaml',
  pause: 'pause-node.asl.yaml',
  adjust: 'adjust-node.asl.yaml',
  delete: 'delete-node.asl.yaml',
};

const TEMPLATE_PREFIX = 'x-';

/**
 * Reads an operation's definition and returns it as Amazon States Language, in JSON. Placeholders like
 * `${StepsFunctionArn}` stay as they are: CloudFormation replaces them.
 * @throws YAMLParseError if a file is no YAML or names a key twice; ReferenceError if no template has an anchor's name
 */
export function readDefinition(kind: OperationKind): string {
  return definitionOf(
    readFileSync(join(FOLDER, SHARED), 'utf8'),
    readFileSync(join(FOLDER, DEFINITIONS[kind]), 'utf8'),
  );
}

/**
 * The definition in `text`, which may use the anchors in `shared`. An anchor is known only within its document, so the
 * two texts are parsed as one. Top-level keys that begin with `x-` are templates, and are left out. A list inside a list
 * is joined to the list around it, because YAML cannot join lists and Amazon States Language has none inside another.
 */
export function definitionOf(shared: string, text: string): string {
  // The limit on aliases protects against untrusted documents. These are our own.
  const document: unknown = parse(`${shared}\n${text}`, { merge: true, maxAliasCount: -1 });
  const isDefinition = (key: string): boolean => !key.startsWith(TEMPLATE_PREFIX);
  const definition = Object.fromEntries(Object.entries(document ?? {}).filter(([key]) => isDefinition(key)));
  return JSON.stringify(definition, (_key, value: unknown) => (Array.isArray(value) ? value.flat(Infinity) : value), 2);
}
