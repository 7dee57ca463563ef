/** Sparse fields: a list returns only the named fields of each node, so that one response holds many more nodes. */
import * as z from 'zod';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { listedNodeItem, listedNodeItemSchema, statusItem, statusItemSchema } from './node-items';

/** A field's name, split at its dots. */
type Path = readonly string[];

type Schema = z.core.$ZodType;

/** The fields of the list's items and of the status. A name that both have means the same in both. */
const wholeSchema = listedNodeItemSchema.extend(statusItemSchema.shape);

/** What the fields of a request select from a node. A field that the node does not have is absent, as in the list. */
export const selectedNodeItemSchema = sparse(wholeSchema).meta({ id: 'SelectedNode' });

/** The query parameter for names of fields. Every unknown name is an error. */
export const fieldsParameter = z
  .string()
  .superRefine((fields, context) => {
    for (const name of namesIn(fields)) {
      if (isField(wholeSchema, name.split('.'))) continue;
      const message = `"${name}" is not a field of a node; give names with commas between them, like id,name,status`;
      context.addIssue({ code: 'custom', message });
    }
  })
  .meta({ examples: ['id,name,status,compute.privateIp'] });

/** @param fields names that `fieldsParameter` accepted */
export function selectedNodeItem(fields: string): (node: StatefulNode) => unknown {
  const paths = [...namesIn(fields)].map((name) => name.split('.'));
  return (node) => selected({ ...listedNodeItem(node), ...statusItem(node) }, paths);
}

function namesIn(fields: string): ReadonlySet<string> {
  return new Set(fields.split(','));
}

/** Only objects have fields with dotted names: a list is selected as a whole. */
function isField(schema: Schema, [name, ...inner]: Path): boolean {
  if (name === undefined) return true;
  const whole = unwrapped(schema);
  const field = whole instanceof z.ZodObject ? fieldsOf(whole).get(name) : undefined;
  return field !== undefined && isField(field, inner);
}

function selected(value: unknown, paths: readonly Path[]): unknown {
  const isWhole = paths.some((path) => path.length === 0);
  // A field of an object that is `null` is not absent: the `null` says why it has no value.
  if (isWhole || typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => {
    const inner = paths.filter(([first]) => first === name).map(([, ...rest]) => rest);
    return [name, inner.length === 0 ? undefined : selected(field, inner)];
  });
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}

/** Makes every field optional, at any depth outside lists. */
function sparse(schema: z.ZodObject): z.ZodObject {
  const fields = [...fieldsOf(schema)].map(([name, field]) => {
    const inner = unwrapped(field);
    if (!(inner instanceof z.ZodObject)) return [name, z.optional(field)] as const;
    const part = sparse(inner);
    return [name, z.optional(isNullable(field) ? z.nullable(part) : part)] as const;
  });
  return z.strictObject(Object.fromEntries(fields));
}

function fieldsOf({ shape }: z.ZodObject): ReadonlyMap<string, Schema> {
  return new Map(Object.entries<Schema>(shape));
}

function unwrapped(schema: Schema): Schema {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap()) : schema;
}

function isNullable(schema: Schema): boolean {
  if (schema instanceof z.ZodOptional) return isNullable(schema.unwrap());
  return schema instanceof z.ZodNullable;
}
