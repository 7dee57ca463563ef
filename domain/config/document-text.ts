/**
 * Text that EC2 cannot be given as it is. It answers in XML 1.0, which has no place for control characters or for
 * half of a surrogate pair: a tag with one is refused by every launch, or comes back as another text.
 * https://www.w3.org/TR/xml/#charsets
 */
import type { FieldError } from './validation';

/** The only field that may have lines and columns: it never leaves the record. */
const MULTILINE_FIELD = 'description';

const FORBIDDEN = /[\0-\x1f\x7f]|\p{Surrogate}/u;
const FORBIDDEN_IN_LINES = /[\0-\x08\x0b-\x1f\x7f]|\p{Surrogate}/u;

/** Every text in the document, at any depth, that holds such a character. */
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
