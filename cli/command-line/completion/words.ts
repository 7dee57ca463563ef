/** What may follow on a command line, from the declarations. */
import type * as z from 'zod';
import { flagOf, operandShapes, optionShapes, type Command } from '../command';
import { globalOptions } from '../global-options';

export interface CompletedOption {
  /** `--severity` */
  readonly flag: string;
  /** `-f` */
  readonly short: string | undefined;
  readonly takesValue: boolean;
  readonly isPath: boolean;
  readonly choices: readonly string[];
  readonly description: string;
}

export interface CompletedCommand {
  /** The words after `holdfast`; empty for `holdfast` itself. */
  readonly path: string;
  /** The words that may follow, with their summaries. */
  readonly next: readonly { readonly word: string; readonly summary: string }[];
  readonly options: readonly CompletedOption[];
}

export function wordsOf(
  commands: readonly Command[],
  groups: Readonly<Record<string, string>>,
): readonly CompletedCommand[] {
  const paths = [...new Set(['', ...commands.flatMap(({ path }) => prefixesOf(path))])];
  const summaryOf = (path: string): string =>
    commands.find((each) => each.path === path)?.summary ?? groups[path] ?? '';
  const common = optionsOf(globalOptions);
  return paths.map((path) => {
    const declared = commands.find((each) => each.path === path);
    const below = paths.filter((each) => each !== '' && parentOf(each) === path);
    const operands = declared === undefined ? [] : choicesOf(declared.operands);
    return {
      path,
      next: [
        ...below.map((each) => ({ word: each.split(' ').at(-1) ?? '', summary: summaryOf(each) })),
        ...operands.map((word) => ({ word, summary: '' })),
      ],
      options: [...(declared === undefined ? [] : optionsOf(declared.options)), ...common, HELP],
    };
  });
}

const HELP: CompletedOption = {
  flag: '--help',
  short: '-h',
  takesValue: false,
  isPath: false,
  choices: [],
  description: 'Print the help.',
};

/** `import` and `import status`. */
function prefixesOf(path: string): readonly string[] {
  const words = path.split(' ');
  return words.map((_, index) => words.slice(0, index + 1).join(' '));
}

function parentOf(path: string): string {
  return path.split(' ').slice(0, -1).join(' ');
}

function choicesOf(operands: z.ZodObject): readonly string[] {
  return Object.values(operands.shape).flatMap((schema) => operandShapes.get(schema)?.choices ?? []);
}

function optionsOf(options: z.ZodObject): readonly CompletedOption[] {
  return Object.entries(options.shape).flatMap(([name, schema]) => {
    const shape = optionShapes.get(schema);
    if (shape === undefined) return [];
    const { short, value, choices = [], description, isNegatable } = shape;
    const option = {
      flag: flagOf(name),
      short: short === undefined ? undefined : `-${short}`,
      takesValue: value !== undefined,
      isPath: value === 'path',
      choices,
      description,
    };
    return isNegatable === true ? [option, { ...option, flag: `--no-${option.flag.slice(2)}` }] : [option];
  });
}
