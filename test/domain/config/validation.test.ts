import * as z from 'zod';
import { check } from '../../../domain/config/validation';

const WORDING = { whole: 'body', unknownField: (path: string) => `${path} is unknown` };
const messagesOf = (schema: z.ZodType, value: unknown): readonly string[] => {
  const checked = check(schema, value, WORDING);
  return checked.kind === 'value' ? [] : checked.fieldErrors.map(({ field, message }) => `${field} ${message}`);
};

test.each([
  { schema: z.string().min(1), value: '', message: 'must not be empty' },
  { schema: z.string().min(2), value: 'a', message: 'must have at least 2 characters' },
  { schema: z.string().max(1), value: 'ab', message: 'must have at most 1 character' },
  { schema: z.array(z.string()).min(1), value: [], message: 'must not be empty' },
  { schema: z.array(z.string()).max(2), value: ['a', 'b', 'c'], message: 'must have at most 2 items' },
  { schema: z.int().min(3), value: 2, message: 'must be at least 3' },
  { schema: z.int().max(3), value: 4, message: 'must be at most 3' },
  { schema: z.int().positive(), value: 0, message: 'must be more than 0' },
  { schema: z.number().lt(5), value: 5, message: 'must be less than 5' },
  { schema: z.enum(['cold', 'hot']), value: 'warm', message: 'must be "cold" or "hot"' },
  { schema: z.literal(true), value: false, message: 'must be true' },
  { schema: z.string(), value: 1, message: 'must be a string' },
])('says what is wrong in our words: $message', ({ schema, value, message }) => {
  expect(messagesOf(z.strictObject({ field: schema }), { field: value })).toEqual([`field ${message}`]);
});

test('names every error at once, and the whole if there is no field', () => {
  const schema = z.strictObject({ one: z.string(), two: z.int() });
  expect(messagesOf(schema, { two: 'x', three: 3 })).toEqual([
    'one is required',
    'two must be a number',
    'three three is unknown',
  ]);
  expect(messagesOf(schema, 'text')).toEqual(['body must be an object']);
});
