/** Fields that accept only the value that needs nothing from Holdfast. */
import * as z from 'zod';

/** Key of the schema metadata that marks such a field, also in the API's OpenAPI document. */
export const RESTRICTED = 'x-restricted';

export function only<const T extends string | boolean>(value: T, because: string) {
  const message = `${JSON.stringify(value)} for now: ${because}`;
  return z.literal(value, `must be ${message}`).meta({ description: `Only ${message}.`, [RESTRICTED]: true });
}

export function onlyEmptyList(because: string) {
  return z
    .array(z.unknown())
    .max(0, `must be empty for now: ${because}`)
    .meta({ description: `Only an empty list for now: ${because}.`, [RESTRICTED]: true });
}
