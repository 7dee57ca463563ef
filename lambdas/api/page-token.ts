/** Tokens of pages that clients must not take apart: a JSON text in Base64 for URLs. */
import type * as z from 'zod';

export function writePageToken<T>(schema: z.ZodType<T>, position: T): string {
  return Buffer.from(JSON.stringify(schema.parse(position))).toString('base64url');
}

/** Undefined if the text is no token of this form. */
export function readPageToken<T>(schema: z.ZodType<T>, text: string): T | undefined {
  return schema.safeParse(parsed(Buffer.from(text, 'base64url').toString('utf8'))).data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
