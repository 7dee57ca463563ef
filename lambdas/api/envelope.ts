/** The envelope around every response, errors included: clients read `response` and nothing else. */
import * as z from 'zod';

const REASON_PHRASES = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** Success is always 200: clients treat any other code as a failure. Only a request with a tag may get 304. */
export type Status = keyof typeof REASON_PHRASES;

export type ErrorStatus = Exclude<Status, 200>;

const requestSchema = z
  .strictObject({
    id: z.string().describe("The request's id; the log has it too."),
    url: z.string().describe('The path.'),
    method: z.string(),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'Request' });

const apiErrorSchema = z
  .strictObject({
    code: z.string().describe('For programs, for example MANAGED_INSTANCE_DOESNT_EXIST.'),
    message: z.string().describe('For people.'),
    field: z.string().optional().describe('The path of the invalid field, for example compute.privateIp.'),
  })
  .meta({ id: 'Error' });

const statusSchema = z.strictObject({ code: z.int(), message: z.string() });

export const errorEnvelopeSchema = z.strictObject({
  request: requestSchema,
  response: z.strictObject({ status: statusSchema, errors: z.array(apiErrorSchema).min(1) }),
});

export interface ResponseSchemas {
  readonly kind: string;
  readonly item?: z.ZodType;
  /** Of a bulk request: a part that was refused. */
  readonly failure?: z.ZodType;
}

/** The response to a request that succeeded. */
export function envelopeSchema({ kind, item, failure }: ResponseSchemas) {
  return z.strictObject({
    request: requestSchema,
    response: z.strictObject({
      status: z.strictObject({ code: z.literal(200), message: z.literal('OK') }),
      kind: z.literal(kind),
      items: item === undefined ? z.array(z.unknown()).max(0) : z.array(item),
      count: z.int().min(0).describe('The number of items in this response.'),
      ...(failure !== undefined && { failures: z.array(failure).describe('What was refused; empty if nothing was.') }),
      nextToken: z.string().optional().describe('Present if there are more items: send it to get the next page.'),
    }),
  });
}

export type RequestLine = z.infer<typeof requestSchema>;

export type ApiError = z.infer<typeof apiErrorSchema>;

export interface Page {
  readonly items: readonly unknown[];
  readonly nextToken?: string | undefined;
  /** Only of a route that has failures. */
  readonly failures?: readonly unknown[];
  /** Only of a tagged route that knows its tag. Any other one's is made of the response. */
  readonly entityTag?: string;
  /** The client has the response with this tag already. */
  readonly isUnmodified?: boolean;
}

interface SuccessEnvelope {
  readonly request: RequestLine;
  readonly response: object;
}

export function successEnvelope(
  request: RequestLine,
  kind: string,
  { items, nextToken, failures }: Page,
): SuccessEnvelope {
  return {
    request,
    response: {
      status: statusLine(200),
      kind,
      items,
      count: items.length,
      ...(failures !== undefined && { failures }),
      ...(nextToken !== undefined && { nextToken }),
    },
  };
}

export function errorEnvelope(request: RequestLine, status: ErrorStatus, errors: readonly ApiError[]): unknown {
  return { request, response: { status: statusLine(status), errors } };
}

function statusLine(code: Status) {
  return { code, message: REASON_PHRASES[code] };
}
