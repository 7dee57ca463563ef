/**
 * Text that EC2 does not accept. EC2 responds in XML 1.0, which cannot contain control characters or half of a
 * surrogate pair. EC2 refuses every launch with such a tag, or returns another text.
 * https://www.w3.org/TR/xml/#charsets
 */
import type { FieldError } from './validation';

/** The only field that may contain newlines and tabs, because it is never sent to EC2. */
const MULTILINE_FIELD = 'description';

const FORBIDDEN = /[\0-\x1f\x7f]|\p{Surrogate}/u;
const FORBIDDEN_IN_LINES = /[\0-\x08\x0b-\x1f\x7f]|\p{Surrogate}/u;

/** A field error for every text in the document, at any depth, that contains such a character. */
export function textErrors(document: unknown, path: readonly (string | number)[] = []): readonly FieldError[] {
  if (typeof document === 'string') {
    const field = path.join('.');
    const [found] = (field === MULTILINE_FIELD ? FORBIDDEN_IN_LINES : FORBIDDEN).exec(document) ?? [];
    return found === undefined ? [] : [{ field, message: `must not contain ${nameOf(found)}: remove it` }];
  }
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([key, value]) => textErrors(value, [...path, key]));
}

function nameOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const kind = codePoint < 0x80 ? 'the control character' : 'half of a surrogate pair,';
  return `${kind} U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
