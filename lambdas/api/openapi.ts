/** The API's OpenAPI 3.1 document, made from the same routes and schemas that serve requests. */
import * as z from 'zod';
import { nodeDocumentSchema } from '../../domain/config/node-config';
import { envelopeSchema, errorEnvelopeSchema } from './envelope';
import { retryAfterSeconds } from './error-responses';
import { NODE_ID } from './node-id';
import { IGNORED_PARAMETER, type Route } from './route';

type Json = Readonly<Record<string, unknown>>;

type Schema = z.core.JSONSchema.BaseSchema;

type SchemaOf = (schema: z.ZodType) => Schema;

const BEARER = 'bearer';

const LICENSE = { name: 'Apache-2.0', identifier: 'Apache-2.0' };

const ID_PARAMETER = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: NODE_ID.source, examples: ['smi-0a1b2c3d'] },
  description: "The node's id.",
};

const ACCOUNT_PARAMETER = {
  name: IGNORED_PARAMETER,
  in: 'query',
  schema: { type: 'string' },
  description: 'Ignored: Holdfast serves the account in which it is deployed.',
};

const TAG_PARAMETER = {
  name: 'If-None-Match',
  in: 'header',
  schema: { type: 'string' },
  description: 'The ETag of an earlier response: the response has status 304 and no body if nothing has changed since.',
};

const TAG_HEADER = {
  schema: { type: 'string' },
  description: 'Changes when `response` changes. A weak tag: `request` is different every time.',
};

const ABOUT =
  'Stateful nodes on EC2: each has a network interface with a private IP, MAC address and Elastic IP that outlives its ' +
  'instances. Success is always 200, or 304 without a body if the request has If-None-Match. Every other response is in ' +
  'the same envelope. Unknown fields are refused by name. Unknown query parameters are ignored below /aws, and refused ' +
  'by name elsewhere. `null` means the same as an absent field.';

const PAUSE_HEADER = {
  schema: { type: 'integer' },
  description: 'How many seconds to wait before the request is sent again.',
};

const PAUSE_HEADERS = { 'Retry-After': reference('headers', 'RetryAfter') };

const TAG_HEADERS = { ETag: reference('headers', 'ETag') };

const REFUSALS = {
  400: 'The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error.',
  401: 'There is no valid token.',
  409: 'Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which.',
  429: 'AWS throttles the requests: try again in a moment.',
  500: 'An internal error: see the log of the function.',
  503: 'AWS did not respond: try again in a moment.',
};

export function openApiDocument(routes: readonly Route[]): Json {
  const shared: Record<string, unknown> = {};
  const schemaOf = (schema: z.ZodType): Schema => {
    const { $schema: _dialect, $defs, ...json } = z.toJSONSchema(schema);
    Object.assign(shared, $defs);
    return json;
  };
  const config = withNulls(schemaOf(nodeDocumentSchema));
  const schemas = { ManagedInstance: config, ManagedInstancePatch: asPatch(config) };
  const refusal = schemaOf(errorEnvelopeSchema);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, schemaOf);
  const document = {
    openapi: '3.1.0',
    info: { title: 'Holdfast', version: '1.0.0', description: ABOUT, license: LICENSE },
    servers: [{ url: '/' }],
    security: [{ [BEARER]: [] }],
    paths,
    components: {
      securitySchemes: { [BEARER]: { type: 'http', scheme: 'bearer' } },
      parameters: { id: ID_PARAMETER, [IGNORED_PARAMETER]: ACCOUNT_PARAMETER, ifNoneMatch: TAG_PARAMETER },
      headers: { ETag: TAG_HEADER, RetryAfter: PAUSE_HEADER },
      schemas: { ...schemas, Refusal: refusal, ...shared },
    },
  };
  // Named schemas refer to each other under JSON Schema's $defs; OpenAPI keeps them under components.
  return JSON.parse(JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

function operation(route: Route, schemaOf: SchemaOf): Json {
  const { operationId, summary, description, isPublic, body, isTagged } = route;
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    ...(isPublic === true && { security: [] }),
    parameters: parametersOf(route, schemaOf),
    ...(body !== undefined && {
      requestBody: { required: body.isRequired, content: jsonContent(bodySchema(body, schemaOf)) },
    }),
    responses: {
      200: {
        description: 'Done.',
        ...(isTagged === true && { headers: TAG_HEADERS }),
        content: jsonContent(responseSchema(route, schemaOf)),
      },
      ...(isTagged === true && { 304: { description: 'Nothing has changed.', headers: TAG_HEADERS } }),
      ...Object.fromEntries(
        Object.entries(REFUSALS).map(([status, why]) => [
          status,
          {
            description: why,
            ...(retryAfterSeconds(Number(status)) !== undefined && { headers: PAUSE_HEADERS }),
            content: jsonContent(reference('schemas', 'Refusal')),
          },
        ]),
      ),
    },
  };
}

function parametersOf({ path, parameters, query, isTagged }: Route, schemaOf: SchemaOf): readonly Json[] {
  return [
    ...(path.includes('{id}') ? [reference('parameters', 'id')] : []),
    ...described(parameters, schemaOf).map((parameter) => ({ ...parameter, in: 'path', required: true })),
    ...described(query, schemaOf).map((parameter) => ({ ...parameter, in: 'query' })),
    reference('parameters', IGNORED_PARAMETER),
    ...(isTagged === true ? [reference('parameters', 'ifNoneMatch')] : []),
  ];
}

/** Describes the parsed types: a limit is an integer, although it is sent as text. */
function described(parameters: z.ZodObject | undefined, schemaOf: SchemaOf): readonly Json[] {
  const { properties = {} } = parameters === undefined ? {} : schemaOf(parameters);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as Schema;
    return { name, schema, ...(description !== undefined && { description }) };
  });
}

function bodySchema({ schema, isRequired, managedInstance }: NonNullable<Route['body']>, schemaOf: SchemaOf): Json {
  const json = withNulls(schemaOf(schema));
  // A body of `null` is none.
  if (managedInstance === undefined) return isRequired ? json : orNull(json);
  const name = managedInstance === 'whole' ? 'ManagedInstance' : 'ManagedInstancePatch';
  return { ...json, properties: { ...json.properties, managedInstance: reference('schemas', name) } };
}

function responseSchema({ answer }: Route, schemaOf: SchemaOf): Json {
  return answer === 'document' ? { type: 'object' } : schemaOf(envelopeSchema(answer));
}

/** An absent field may be given as `null`, at any depth. */
function withNulls(schema: Schema): Schema {
  const { properties, items, required = [] } = schema;
  return {
    ...schema,
    ...(isSchema(items) && { items: withNulls(items) }),
    ...(properties !== undefined && {
      properties: mapped(properties, (property, name) => {
        const inner = withNulls(property);
        return required.includes(name) ? inner : orNull(inner);
      }),
    }),
  };
}

function orNull({ description, ...schema }: Schema): Schema {
  const choices = schema.anyOf?.filter((choice) => !(isSchema(choice) && choice.type === 'null')) ?? [schema];
  return { ...(description !== undefined && { description }), anyOf: [...choices, { type: 'null' }] };
}

/** Makes every field optional at any depth, except in lists, which are replaced as a whole. */
function asPatch(schema: Schema): Schema {
  const { properties, anyOf, required: _required, ...others } = schema;
  return {
    ...others,
    ...(anyOf !== undefined && { anyOf: anyOf.map((choice) => (isSchema(choice) ? asPatch(choice) : choice)) }),
    ...(properties !== undefined && { properties: mapped(properties, asPatch) }),
  };
}

function mapped(properties: NonNullable<Schema['properties']>, map: (property: Schema, name: string) => Schema) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, isSchema(property) ? map(property, name) : property]),
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonContent(schema: Json): Json {
  return { 'application/json': { schema } };
}

function reference(kind: 'schemas' | 'parameters' | 'headers', name: string): Json {
  return { $ref: `#/components/${kind}/${name}` };
}
