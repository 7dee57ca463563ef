/** Validation of requests: all field errors at once, each with its remedy. */
import type * as z from 'zod';

export interface FieldError {
  /** Path in the document, like `compute.privateIp`. */
  readonly field: string;
  readonly message: string;
  /** The `code` of the API's error, if clients look for it. @default VALIDATION_ERROR */
  readonly code?: string;
}

export type Checked<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'invalid'; readonly fieldErrors: readonly FieldError[] };

export interface Wording {
  /** The field to name if the whole value is invalid. */
  readonly whole: string;
  /** Why a field outside the schema is refused, and what to do about it. */
  readonly unknownField: (path: string) => string;
}

export function check<T>(schema: z.ZodType<T>, value: unknown, { whole, unknownField }: Wording): Checked<T> {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return { kind: 'value', value: parsed.data };
  const fieldErrors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => {
          const field = [...issue.path, key].join('.');
          return { field, message: unknownField(field) };
        })
      : [{ field: issue.path.join('.') || whole, message: issue.message }],
  );
  return { kind: 'invalid', fieldErrors };
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  number: 'a number',
  int: 'an integer',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Only for a schema without a message of its own. Undefined: zod's message. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map((each) => JSON.stringify(each)).join(' or ')}`;
    case 'too_small':
      return describeLimit('least', issue.origin, Number(issue.minimum), issue.inclusive);
    case 'too_big':
      return describeLimit('most', issue.origin, Number(issue.maximum), issue.inclusive);
    default:
      return undefined;
  }
}

const PARTS: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  string: { one: 'character', many: 'characters' },
  array: { one: 'item', many: 'items' },
};

/** @param origin what has the limit, in zod's words @param inclusive whether the limit itself is allowed */
function describeLimit(bound: 'least' | 'most', origin: string, limit: number, inclusive = true): string {
  const parts = PARTS[origin];
  if (parts === undefined && !inclusive) return `must be ${bound === 'least' ? 'more' : 'less'} than ${limit}`;
  if (parts === undefined) return `must be at ${bound} ${limit}`;
  if (bound === 'least' && limit === 1) return 'must not be empty';
  return `must have at ${bound} ${limit} ${limit === 1 ? parts.one : parts.many}`;
}
