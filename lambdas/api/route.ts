/** Routes: one declaration serves the requests and describes them in the OpenAPI document. */
import * as z from 'zod';
import { check, type FieldError, type Wording } from '../../domain/config/validation';
import type { Page, ResponseSchemas } from './envelope';
import { isNodeId } from './node-id';
import { NODES_PATH } from './node-paths';
import { InvalidRequest, NodeMissing, type NodeService } from './node-service';
import { readBody, type ApiRequest } from './request';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RouteBody<Body> {
  readonly schema: z.ZodType<Body>;
  readonly isRequired: boolean;
  /** Whether the body's `managedInstance`, which the service validates, is a whole document or a patch. */
  readonly managedInstance?: 'whole' | 'patch';
}

/** `document`: the page's only item without the envelope, for tools that expect a format of their own. */
export type RouteResponse = 'document' | ResponseSchemas;

export interface RouteDeclaration<Query extends z.ZodObject, Body, Parameters extends z.ZodObject> {
  readonly method: Method;
  /** Has its parameters in braces; `{id}` is a node's id. */
  readonly path: string;
  /** The `summary` in the OpenAPI document, in words that a reader would search for. */
  readonly summary: string;
  readonly description?: string;
  readonly operationId: string;
  /** Served without a token. @default false */
  readonly isPublic?: boolean;
  /** The response has an entity tag, and a client that sends the tag gets 304 until it changes. @default false */
  readonly isTagged?: boolean;
  /** The path's parameters besides the node's id. */
  readonly parameters?: Parameters;
  readonly query?: Query;
  readonly body?: RouteBody<Body>;
  readonly answer: RouteResponse;
  readonly run: (input: RouteInput<z.infer<Query>, Body, z.infer<Parameters>>) => Promise<Page>;
}

export interface RouteInput<Query, Body, Parameters> {
  readonly service: NodeService;
  /** Empty if the path has no `{id}`. */
  readonly nodeId: string;
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body: Body;
  /** For a tagged route that can compare tags before it reads anything. */
  readonly ifNoneMatch?: string | undefined;
}

/** The values as they were sent, by the names in braces. */
export type PathParameters = Readonly<Record<string, string>>;

export interface Route extends Omit<RouteDeclaration<z.ZodObject, unknown, z.ZodObject>, 'run'> {
  /** @throws InvalidRequest with every error of the path, the query and the body @throws NodeMissing */
  readonly serve: (request: ApiRequest, path: PathParameters, service: NodeService) => Promise<Page>;
}

/** Clients with several accounts send it. Holdfast serves only the account in which it is deployed. */
export const IGNORED_PARAMETER = 'accountId';

const NO_PARAMETERS = z.strictObject({});

const PATH: Wording = { whole: 'path', unknownField: () => 'is not a part of this path' };
const QUERY: Wording = { whole: 'query', unknownField: () => 'is not a parameter of this request; remove it' };
const BODY: Wording = { whole: 'body', unknownField: () => 'is not supported; remove it' };

/** Checks the types within a declaration, and returns a route without them, so that all routes have one type. */
export function route<Query extends z.ZodObject, Body, Parameters extends z.ZodObject>(
  declaration: RouteDeclaration<Query, Body, Parameters>,
): Route {
  const { run, ...shown } = declaration;
  return {
    ...shown,
    async serve(request, { id: nodeId = '', ...path }, service) {
      if (shown.path.includes('{id}') && !isNodeId(nodeId)) throw new NodeMissing(nodeId);
      const asked = heededQuery(shown, request.query);
      const fieldErrors: FieldError[] = [];
      const parameters = checked(shown.parameters, path, PATH, fieldErrors);
      const query = checked(shown.query, asked, QUERY, fieldErrors);
      const body =
        shown.body === undefined ? undefined : checked(shown.body.schema, readBody(request), BODY, fieldErrors);
      if (fieldErrors.length > 0) throw new InvalidRequest(fieldErrors);
      return run({
        service,
        nodeId,
        parameters: parameters as z.infer<Parameters>,
        query: query as z.infer<Query>,
        body: body as Body,
        ifNoneMatch: request.ifNoneMatch,
      });
    },
  };
}

/**
 * The parameters that are checked. On the contract's paths clients send parameters of their own with every call (an id,
 * an account), which the contract ignores: only parameters of the route are checked there. Elsewhere, an unknown
 * parameter is an error.
 */
function heededQuery({ path, query }: Pick<Route, 'path' | 'query'>, given: ApiRequest['query']): ApiRequest['query'] {
  const known = query?.shape ?? {};
  const isHeeded = (name: string) =>
    path.startsWith(NODES_PATH) ? Object.hasOwn(known, name) : name !== IGNORED_PARAMETER;
  return Object.fromEntries(Object.entries(given).filter(([name]) => isHeeded(name)));
}

/** Returns the parsed value, or adds its errors to `fieldErrors` and returns undefined. */
function checked(schema: z.ZodType | undefined, value: unknown, wording: Wording, fieldErrors: FieldError[]): unknown {
  const result = check(schema ?? NO_PARAMETERS, value, wording);
  if (result.kind === 'value') return result.value;
  fieldErrors.push(...result.fieldErrors);
  return undefined;
}
