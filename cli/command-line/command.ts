/** Commands: one declaration parses the arguments, writes the help and the completions, and runs. */
import * as z from 'zod';
import type { ExitStatus } from '../exit-status';
import type { Style } from '../output/style';
import type { Context } from './context';

export interface OptionShape {
  readonly description: string;
  /** One letter. */
  readonly short?: string;
  /** What the value is, for example `seconds`. An option without it takes no value. */
  readonly value?: string;
  /** The only values, for the completions. */
  readonly choices?: readonly string[];
  /** Whether the option may be repeated: it has a list of values. */
  readonly isList?: boolean;
  /** Whether there is a `--no-` form. */
  readonly isNegatable?: boolean;
}

/** What the help and the parser must know of an option beside its schema. */
export const optionShapes = z.registry<OptionShape>();

export interface OperandShape {
  readonly description: string;
  /** The only values, for the completions. */
  readonly choices?: readonly string[];
  /** Whether it takes all arguments that are left: it is a list, and the last operand. */
  readonly isList?: boolean;
}

export const operandShapes = z.registry<OperandShape>();

/** What a command prints. */
export interface Result {
  /** For pipes and `--json`. @default the text is printed in any case */
  readonly json?: unknown;
  /** For a terminal; every line ends with a newline. */
  readonly text: (style: Style) => string;
  /** @default done */
  readonly status?: ExitStatus;
}

export interface CommandDeclaration<Operands extends z.ZodObject, Options extends z.ZodObject> {
  /** The words after `holdfast`, for example `import status`. */
  readonly path: string;
  /** For the list of commands, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** Whole commands. */
  readonly examples?: readonly string[];
  /** By name, in their order. */
  readonly operands?: Operands;
  /** By name in camel case: `keepInstance` is `--keep-instance`. */
  readonly options?: Options;
  /** Whether the command calls the API, and so needs its URL. @default true */
  readonly callsApi?: boolean;
  /** The faults that only several arguments together show. */
  readonly check?: (input: z.infer<Operands> & z.infer<Options>) => readonly string[];
  readonly run: (context: Context, input: z.infer<Operands> & z.infer<Options>) => Promise<Result>;
}

export type Prepared =
  | { readonly kind: 'faulty'; readonly faults: readonly string[] }
  | { readonly kind: 'ready'; readonly run: (context: Context) => Promise<Result> };

type Values = Readonly<Record<string, unknown>>;

export interface Command extends Omit<CommandDeclaration<z.ZodObject, z.ZodObject>, 'check' | 'run'> {
  readonly operands: z.ZodObject;
  readonly options: z.ZodObject;
  /** Checks the values as they were typed. Names all faults. */
  readonly prepare: (operands: Values, options: Values) => Prepared;
}

/** Checks the types within a declaration, and returns a command without them, so that all commands have one type. */
export function command<Operands extends z.ZodObject, Options extends z.ZodObject>(
  declaration: CommandDeclaration<Operands, Options>,
): Command {
  const { check = () => [], run, ...shown } = declaration;
  return {
    ...shown,
    operands: shown.operands ?? z.object({}),
    options: shown.options ?? z.object({}),
    prepare: (operands, options) => {
      const given = (shown.operands ?? z.object({})).safeParse(operands);
      const chosen = (shown.options ?? z.object({})).safeParse(options);
      if (!given.success || !chosen.success) {
        return { kind: 'faulty', faults: [...faultsOf(given.error, operandName), ...faultsOf(chosen.error, flagOf)] };
      }
      const input = { ...given.data, ...chosen.data } as z.infer<Operands> & z.infer<Options>;
      const faults = check(input);
      return faults.length > 0 ? { kind: 'faulty', faults } : { kind: 'ready', run: (context) => run(context, input) };
    },
  };
}

/** `keepInstance` becomes `--keep-instance`. */
export function flagOf(name: string): string {
  return `--${kebab(name)}`;
}

/** `instanceId` becomes `<instance-id>`. */
export function operandName(name: string): string {
  return `<${kebab(name)}>`;
}

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The schemas' messages continue a sentence that begins with the name: `must be ...`. */
export function faultsOf(error: z.ZodError | undefined, shown: (name: string) => string): readonly string[] {
  return error?.issues.map(({ path: [name = ''], message }) => `${shown(String(name))} ${message}`) ?? [];
}
