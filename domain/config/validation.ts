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

/** Only for a schema without a message of its own. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'is required';
  return issue.code === 'invalid_type' ? `must be ${EXPECTED[issue.expected] ?? issue.expected}` : undefined;
}
