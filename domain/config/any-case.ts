/** Values that clients write in any case. They are kept as they were sent; EC2 gets them in its own case. */
import * as z from 'zod';

/** Accepts the values in any case. @param values in lower case, as EC2 has them */
export function anyCase(values: readonly string[]) {
  const pattern = values.map(inAnyCase).join('|');
  const listed = values.join(', ');
  return z.string().regex(new RegExp(`^(?:${pattern})$`), `must be one of ${listed}, in any case`);
}

/** The value as EC2 has it; undefined if there is none, or it is none of these. */
export function inLowerCase<const Value extends string>(
  values: readonly Value[],
  text: string | undefined,
): Value | undefined {
  return values.find((value) => value === text?.toLowerCase());
}

/** A pattern without flags, because JSON Schema has none. */
function inAnyCase(value: string): string {
  return value.replaceAll(/[^0-9]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
