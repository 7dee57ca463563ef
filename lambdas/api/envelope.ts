/** The frame around every answer, refusals included: clients read `response` without looking at anything else. */
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

/** Success is 200 and nothing else: clients take any other code for a failure. */
export type Status = keyof typeof REASON_PHRASES;

export type ErrorStatus = Exclude<Status, 200>;

const requestSchema = z
  .strictObject({
    id: z.string().describe('Found in the log too.'),
    url: z.string().describe('The path.'),
    method: z.string(),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'Request' });

const apiErrorSchema = z
  .strictObject({
    code: z.string().describe('For programs, like MANAGED_INSTANCE_DOESNT_EXIST.'),
    message: z.string().describe('For people.'),
    field: z.string().optional().describe('What is invalid, as a path in the document, like compute.privateIp.'),
  })
  .meta({ id: 'Error' });

const statusSchema = z.strictObject({ code: z.int(), message: z.string() });

export const errorEnvelopeSchema = z.strictObject({
  request: requestSchema,
  response: z.strictObject({ status: statusSchema, errors: z.array(apiErrorSchema).min(1) }),
});

/** The answer to a request that succeeded. */
export function envelopeSchema({ kind, item }: { readonly kind: string; readonly item?: z.ZodType }) {
  return z.strictObject({
    request: requestSchema,
    response: z.strictObject({
      status: z.strictObject({ code: z.literal(200), message: z.literal('OK') }),
      kind: z.literal(kind),
      items: item === undefined ? z.array(z.unknown()).max(0) : z.array(item),
      count: z.int().min(0).describe('The number of items in this answer.'),
      nextToken: z.string().optional().describe('There is more: ask for it with this token.'),
    }),
  });
}

export type RequestLine = z.infer<typeof requestSchema>;

export type ApiError = z.infer<typeof apiErrorSchema>;

export interface Page {
  readonly items: readonly unknown[];
  readonly nextToken?: string | undefined;
}

export function successEnvelope(request: RequestLine, kind: string, { items, nextToken }: Page): unknown {
  return {
    request,
    response: {
      status: statusLine(200),
      kind,
      items,
      count: items.length,
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
