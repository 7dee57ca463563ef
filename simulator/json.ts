/** JSON, as everything that crosses between services is. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * What is left of a value on the other side: `undefined` fields are gone, a Date is a string, nothing is
 * shared with the sender. A value that JSON has no word for (undefined, a function) arrives as null.
 */
export function throughJson(value: unknown): Json {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? null : (JSON.parse(text) as Json);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
