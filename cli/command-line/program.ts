/** Builds Commander's program from the declarations: what it needs to split the arguments and to print the help. */
import { Command as Program, Option } from 'commander';
import type * as z from 'zod';
import { flagOf, kebab, optionShapes, operandShapes, type Command, type OptionShape } from './command';
import { globalOptions } from './global-options';

export const PROGRAM = 'holdfast';

export interface ProgramOptions {
  readonly commands: readonly Command[];
  /** Descriptions of the words that only begin commands, like `simulator`. */
  readonly groups: Readonly<Record<string, string>>;
  readonly version: string;
  /** The width of the terminal, for the help. */
  readonly columns?: number | undefined;
  /** Called with the command that the arguments name. */
  readonly onMatch: (command: Command, leaf: Program) => void;
  /** Receives the help. */
  readonly write: (text: string) => void;
}

export function programOf(options: ProgramOptions): Program {
  const root = new Program(PROGRAM)
    .description('Creates, watches and changes the stateful nodes of a Holdfast deployment.')
    .version(options.version, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand('help [command]', 'Print the help of a command.')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (each) => [each.name(), ...operandsIn(each)].join(' ') })
    .addHelpText('after', ROOT_NOTES)
    .exitOverride();
  addOptions(root, globalOptions);
  for (const command of options.commands) {
    const leaf = addPath(root, command.path.split(' '), options.groups);
    leaf
      .summary(command.summary)
      .description(`${command.summary}.${command.description === undefined ? '' : `\n\n${command.description}`}`)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => options.onMatch(command, leaf));
    // Optional for Commander, which would stop at the first that is missing.
    for (const [name, schema] of Object.entries(command.operands.shape)) {
      const { description = '', isList = false } = operandShapes.get(schema) ?? {};
      leaf.argument(`[${kebab(name)}${isList ? '...' : ''}]`, description);
    }
    leaf.usage(['[options]', ...operandsIn(leaf)].join(' '));
    if (command.examples !== undefined) leaf.addHelpText('after', `\nExamples:\n${indented(command.examples)}`);
    addOptions(leaf, command.options);
  }
  for (const each of everyProgram(root)) each.configureOutput(outputTo(options));
  return root;
}

function operandsIn(program: Program): readonly string[] {
  return program.registeredArguments.map((argument) =>
    program.name() === 'help' ? '[command]' : `<${argument.name()}${argument.variadic ? '...' : ''}>`,
  );
}

const ROOT_NOTES = `
"${PROGRAM} <command> --help" explains a command.

Exit status: 0 done; 1 refused or failed; 2 wrong arguments; 3 no such node or import; 4 timed out while waiting.`;

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

/** Finds or adds the command of these words. */
function addPath(root: Program, words: readonly string[], groups: ProgramOptions['groups']): Program {
  let at = root;
  for (const [index, word] of words.entries()) {
    let next = at.commands.find((each) => each.name() === word);
    if (next === undefined) {
      next = at.command(word).helpCommand(false).helpOption('-h, --help', 'Print this help.');
      const summary = groups[words.slice(0, index + 1).join(' ')];
      if (summary !== undefined) next.summary(summary).description(`${summary}.`);
    }
    at = next;
  }
  return at;
}

function addOptions(program: Program, schema: z.ZodObject): void {
  for (const [name, option] of Object.entries(schema.shape)) {
    const shape = optionShapes.get(option);
    if (shape === undefined) throw new Error(`${name} has no description`);
    for (const flags of flagsOf(name, shape)) program.addOption(commanderOption(flags, shape));
  }
}

/** As Commander writes them: `-f, --follow`, or `--limit <n>`. */
function flagsOf(name: string, { short, value, isNegatable }: OptionShape): readonly string[] {
  const long = flagOf(name) + (value === undefined ? '' : ` <${value}>`);
  return [
    short === undefined ? long : `-${short}, ${long}`,
    ...(isNegatable === true ? [`--no-${flagOf(name).slice(2)}`] : []),
  ];
}

function commanderOption(flags: string, { description, value, isList }: OptionShape): Option {
  const option = new Option(
    flags,
    flags.startsWith('--no-') ? `The opposite of ${flags.replace('no-', '')}.` : description,
  );
  if (value !== undefined && isList === true) {
    option.argParser((typed: string, previous: readonly string[] | undefined) => [...(previous ?? []), typed]);
  }
  return option;
}

function everyProgram(program: Program): readonly Program[] {
  return [program, ...program.commands.flatMap(everyProgram)];
}

function outputTo({ write, columns }: ProgramOptions) {
  return {
    writeOut: write,
    writeErr: write,
    // The faults are written elsewhere, all at once.
    outputError: () => undefined,
    ...(columns !== undefined && { getOutHelpWidth: () => columns, getErrHelpWidth: () => columns }),
  };
}
