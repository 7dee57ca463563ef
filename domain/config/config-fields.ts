/** Every known field of the document, and how it is supported. Derived from the schema. */
import * as z from 'zod';
import { nodeDocumentSchema } from './node-config';
import { RESTRICTED } from './restricted-fields';
import { UNSUPPORTED_FIELDS } from './unsupported-fields';

export interface ConfigField {
  /** Like `compute.launchSpecification.tags[].tagKey`. */
  readonly path: string;
  /** `restricted`: only a value that changes nothing is accepted. `refused`: the field is a field error. */
  readonly support: 'honoured' | 'restricted' | 'refused';
  /** Required within its object, which may itself be optional. */
  readonly isRequired: boolean;
  readonly description?: string;
}

type Schema = z.core.JSONSchema.BaseSchema;

/** In the schema's order, refused fields last. */
export function configFields(): readonly ConfigField[] {
  const refused = [...UNSUPPORTED_FIELDS].map(([path, because]): ConfigField => {
    return { path, support: 'refused', isRequired: false, description: `Not supported yet: ${because}.` };
  });
  return [...fieldsOf(z.toJSONSchema(nodeDocumentSchema), ''), ...refused];
}

/** The fields that hold values. An object appears only through the paths of its fields. */
function fieldsOf(schema: Schema, path: string): readonly ConfigField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    if (typeof property === 'boolean') return [];
    if (property.properties !== undefined) return fieldsOf(property, `${path}${key}.`);
    const { items, description } = property;
    const field: ConfigField = {
      path: `${path}${key}`,
      support: property[RESTRICTED] === true ? 'restricted' : 'honoured',
      isRequired: schema.required?.includes(key) ?? false,
      ...(description !== undefined && { description }),
    };
    const inElement = typeof items === 'object' && !Array.isArray(items) ? fieldsOf(items, `${field.path}[].`) : [];
    return [field, ...inElement];
  });
}
