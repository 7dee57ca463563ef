/** What a route is: one declaration, from which requests are served and the API's document is made. */
import * as z from 'zod';
import { check, type FieldError, type Wording } from '../../domain/config/validation';
import type { Page } from './envelope';
import { isNodeId } from './node-id';
import { InvalidRequest, NodeMissing, type NodeService } from './node-service';
import { readBody, type ApiRequest } from './request';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RouteBody<Body> {
  readonly schema: z.ZodType<Body>;
  readonly isRequired: boolean;
  /** The `managedInstance` in it, which the service checks: a whole document, or what changes of one. */
  readonly managedInstance?: 'whole' | 'patch';
}

/** `document`: the page's only item as it is, for tools that expect a format of their own. Else: the envelope. */
export type RouteResponse = 'document' | { readonly kind: string; readonly item?: z.ZodType };

export interface RouteDeclaration<Query extends z.ZodObject, Body, Parameters extends z.ZodObject> {
  readonly method: Method;
  /** With its parameters in braces; `{id}` is a node's. */
  readonly path: string;
  /** In the words of a person who looks for it: the document's `summary`. */
  readonly summary: string;
  readonly description?: string;
  readonly operationId: string;
  /** Served to anybody, without a token. @default false */
  readonly isPublic?: boolean;
  /** What the path holds besides the node's id. */
  readonly parameters?: Parameters;
  readonly query?: Query;
  readonly body?: RouteBody<Body>;
  readonly answer: RouteResponse;
  readonly run: (input: RouteInput<z.infer<Query>, Body, z.infer<Parameters>>) => Promise<Page>;
}

export interface RouteInput<Query, Body, Parameters> {
  readonly service: NodeService;
  /** Empty where the path has no `{id}`. */
  readonly nodeId: string;
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body: Body;
}

/** By the names that the path has in braces, as they were sent. */
export type PathParameters = Readonly<Record<string, string>>;

export interface Route extends Omit<RouteDeclaration<z.ZodObject, unknown, z.ZodObject>, 'run'> {
  /** @throws InvalidRequest with every error of the path, the query and the body @throws NodeMissing */
  readonly serve: (request: ApiRequest, path: PathParameters, service: NodeService) => Promise<Page>;
}

/** Sent by clients that know more accounts than one; the control plane is in the account that it serves. */
export const IGNORED_PARAMETER = 'accountId';

const NO_PARAMETERS = z.strictObject({});

const PATH: Wording = { whole: 'path', unknownField: () => 'is not a part of this path' };
const QUERY: Wording = { whole: 'query', unknownField: () => 'is not a parameter of this request; remove it' };
const BODY: Wording = { whole: 'body', unknownField: () => 'is not supported; remove it' };

/** Types hold within a declaration; outside, every route looks the same. */
export function route<Query extends z.ZodObject, Body, Parameters extends z.ZodObject>(
  declaration: RouteDeclaration<Query, Body, Parameters>,
): Route {
  const { run, ...shown } = declaration;
  return {
    ...shown,
    async serve(request, { id: nodeId = '', ...path }, service) {
      if (shown.path.includes('{id}') && !isNodeId(nodeId)) throw new NodeMissing(nodeId);
      const { [IGNORED_PARAMETER]: _ignored, ...asked } = request.query;
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
      });
    },
  };
}

/** Adds to the errors what it finds; where it does, the answer is not used. */
function checked(schema: z.ZodType | undefined, value: unknown, wording: Wording, fieldErrors: FieldError[]): unknown {
  const result = check(schema ?? NO_PARAMETERS, value, wording);
  if (result.kind === 'value') return result.value;
  fieldErrors.push(...result.fieldErrors);
  return undefined;
}
