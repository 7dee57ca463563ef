/** The kinds of operands and options. A message continues a sentence that begins with the argument's name. */
import * as z from 'zod';
import { operandShapes, optionShapes, type OptionShape } from './command';

export function operand(description: string): z.ZodString {
  return z.string('is missing').min(1, 'must not be empty').register(operandShapes, { description });
}

export function choiceOperand<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  description: string,
) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    typeof input === 'string' ? `must be ${listed(choices)}, not ${input}` : 'is missing';
  return z.enum(choices, { error }).register(operandShapes, { description, choices });
}

export const nodeOperand = () => operand("The node's id, or its name if no other node has it.");

export const nodesOperand = () =>
  z.array(z.string().min(1, 'must not be empty')).min(1, 'is missing').register(operandShapes, {
    description: 'The nodes: for each its id, or its name if no other node has it.',
    isList: true,
  });

export function flag(description: string, shape: Pick<OptionShape, 'short' | 'isNegatable'> = {}) {
  return z
    .boolean()
    .optional()
    .register(optionShapes, { description, ...shape });
}

export function text(value: string, description: string, shape: Pick<OptionShape, 'short'> = {}) {
  return z
    .string()
    .min(1, 'must not be empty')
    .optional()
    .register(optionShapes, { description, value, ...shape });
}

export function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices, description: string) {
  return z
    .enum(choices, { error: ({ input }) => `must be ${listed(choices)}, not ${String(input)}` })
    .optional()
    .register(optionShapes, { description, value: choices.join('|'), choices });
}

/** May be repeated, and each value may hold several, separated by commas. */
export function list(value: string, description: string) {
  return z
    .array(z.string())
    .transform((values) => values.flatMap((each) => each.split(',')).map((each) => each.trim()))
    .refine((values) => values.every((each) => each !== ''), 'must not have an empty value')
    .optional()
    .register(optionShapes, { description, value: `${value},...`, isList: true });
}

/** May be repeated. A value may hold commas. */
export function pairs(value: string, description: string) {
  return z
    .array(z.string().regex(/^[^=]+=/, { error: ({ input }) => `must be ${value}, not ${String(input)}` }))
    .transform((values) => values.map((each) => [keyOf(each), each.slice(keyOf(each).length + 1)] as const))
    .optional()
    .register(optionShapes, { description, value, isList: true });
}

export function whole(value: string, least: number, most: number, description: string) {
  const isValid = (typed: string): boolean =>
    /^\d{1,15}$/.test(typed) && Number(typed) >= least && Number(typed) <= most;
  return z
    .string()
    .refine(isValid, { error: ({ input }) => `must be a whole number from ${least} to ${most}, not ${String(input)}` })
    .transform(Number)
    .optional()
    .register(optionShapes, { description, value });
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `2h` or `7d`, in milliseconds; undefined if the text is no duration. A bare number is seconds. */
export function durationMs(typed: string): number | undefined {
  const [, digits, unit = 's'] = /^(\d{1,9})([smhd]?)$/.exec(typed) ?? [];
  return digits === undefined ? undefined : Number(digits) * (UNIT_MS[unit === '' ? 's' : unit] ?? 0);
}

export function duration(description: string) {
  return z
    .string()
    .refine((typed) => (durationMs(typed) ?? 0) > 0, {
      error: ({ input }) => `must be a duration like 90s, 15m or 2h, not ${String(input)}`,
    })
    .transform((typed) => durationMs(typed) ?? 0)
    .optional()
    .register(optionShapes, { description, value: 'duration' });
}

function keyOf(pair: string): string {
  return pair.slice(0, pair.indexOf('='));
}

function listed(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
}
