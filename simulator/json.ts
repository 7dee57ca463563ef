/** JSON: the form of everything that passes between services. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * Returns a value as its receiver would get it: without `undefined` fields, with a Date as a string, and sharing no
 * object with the sender. A value that JSON cannot express (undefined, a function) becomes null.
 */
export function throughJson(value: unknown): Json {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? null : (JSON.parse(text) as Json);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
