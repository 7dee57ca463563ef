/** Parses the arguments. Commander splits them; the declarations check them, so that all faults are named at once. */
import { CommanderError, type Command as Program } from 'commander';
import { faultsOf, flagOf, operandShapes, type Command, type Prepared } from './command';
import { connectionFaults, globalOptions, type Environment, type GlobalOptions } from './global-options';
import { nearest } from './nearest';
import { PROGRAM, programOf, type ProgramOptions } from './program';

export type Parsed =
  | {
      readonly kind: 'ready';
      readonly run: Extract<Prepared, { kind: 'ready' }>['run'];
      readonly globals: GlobalOptions;
    }
  /** Help, or the version. */
  | { readonly kind: 'text'; readonly text: string }
  /** A command is missing: the help lists them. */
  | { readonly kind: 'incomplete'; readonly text: string }
  | {
      readonly kind: 'faulty';
      readonly faults: readonly string[];
      /** The command to ask for help. */ readonly help: string;
    };

export interface ParseOptions extends Omit<ProgramOptions, 'onMatch' | 'write'> {
  readonly environment: Environment;
}

export function parse(argv: readonly string[], options: ParseOptions): Parsed {
  const written: string[] = [];
  const matches: (readonly [command: Command, leaf: Program])[] = [];
  const root = programOf({
    ...options,
    write: (text) => written.push(text),
    onMatch: (command, leaf) => matches.push([command, leaf]),
  });
  const outcome = split(root, argv);
  if (outcome.kind === 'ended') return endedBy(outcome.error, written.join(''));
  const [match] = matches;
  if (match === undefined) throw new Error('Commander neither ended nor found a command');
  const [command, leaf] = match;
  return checked(command, { leaf, root, argv, faults: outcome.faults }, options.environment);
}

/** What Commander has made of the arguments. */
interface Split {
  readonly leaf: Program;
  readonly root: Program;
  readonly argv: readonly string[];
  /** Of the options whose values are missing. */
  readonly faults: readonly string[];
}

type Outcome =
  | { readonly kind: 'matched'; readonly faults: readonly string[] }
  | { readonly kind: 'ended'; readonly error: CommanderError };

/** Commander stops at an option that has no value because nothing follows it. The rest is split without it. */
function split(root: Program, argv: readonly string[]): Outcome {
  try {
    root.parse(argv, { from: 'user' });
    return { kind: 'matched', faults: [] };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code !== 'commander.optionMissingArgument') return { kind: 'ended', error };
    const index = indexOfOption(error.message, argv);
    const rest = split(root, argv.toSpliced(index, 1));
    const fault = needsValue(argv[index] ?? '');
    return rest.kind === 'matched' ? { kind: 'matched', faults: [...rest.faults, fault] } : rest;
  }
}

/** Example: `error: option '-f, --file <path>' argument missing`. */
function indexOfOption(message: string, argv: readonly string[]): number {
  const names: readonly string[] = message.match(/(?<=[' ])--?[a-z][a-z-]*/g) ?? [];
  const index = argv.findLastIndex((argument) => names.includes(argument));
  // One of several letters in one argument, like -yf.
  return index < 0 ? argv.length - 1 : index;
}

function needsValue(option: string): string {
  return `${option} needs a value`;
}

function endedBy({ code, exitCode, message }: CommanderError, text: string): Parsed {
  if (exitCode === 0) return { kind: 'text', text };
  if (code === 'commander.help') return { kind: 'incomplete', text };
  return {
    kind: 'faulty',
    faults: [message.replace(/^error: /, '').replace(/\n\(Did (.*)\)$/, ': did $1')],
    help: PROGRAM,
  };
}

function checked(command: Command, given: Split, environment: Environment): Parsed {
  const common = valuesOf(given.root);
  const own = valuesOf(given.leaf);
  const globals = globalOptions.safeParse(common.values);
  const { operands, faults: extra } = operandsOf(command, given);
  const prepared = command.prepare(operands, own.values);
  const faults = [
    ...given.faults,
    ...own.faults,
    ...common.faults,
    ...extra,
    ...(prepared.kind === 'faulty' ? prepared.faults : []),
    ...faultsOf(globals.error, flagOf),
    ...(command.callsApi === false || !globals.success ? [] : connectionFaults(globals.data, environment)),
  ];
  if (prepared.kind === 'ready' && globals.success && faults.length === 0) {
    return { kind: 'ready', run: prepared.run, globals: globals.data };
  }
  return { kind: 'faulty', faults, help: `${PROGRAM} ${command.path}` };
}

/** A value that looks like an option is the next option: the value is missing. */
function valuesOf(program: Program) {
  const typed = Object.entries(program.opts<Record<string, unknown>>());
  const isOption = (value: unknown): boolean => typeof value === 'string' && value.startsWith('--');
  const lacking = typed.filter(([, value]) => (Array.isArray(value) ? value.some(isOption) : isOption(value)));
  const names = lacking.map(([name]) => name);
  return {
    values: Object.fromEntries(typed.filter(([name]) => !names.includes(name))),
    faults: names.map((name) => needsValue(flagOf(name))),
  };
}

/** The operands by name. Unknown options are among the arguments that Commander leaves. */
function operandsOf(command: Command, { leaf, root, argv }: Split) {
  const literal = argv.indexOf('--');
  const options = argv.slice(0, literal < 0 ? undefined : literal).filter((argument) => /^-./.test(argument));
  const unknown = leaf.args.filter((argument) => argument !== '--' && options.includes(argument));
  const given = leaf.args.filter((argument) => argument !== '--' && !options.includes(argument));
  const shapes = Object.entries(command.operands.shape).map(([name, schema]) => ({
    name,
    ...operandShapes.get(schema),
  }));
  const operands = Object.fromEntries(
    shapes.map(({ name, isList = false }, index) => [name, isList ? given.slice(index) : given[index]]),
  );
  const flags = [...leaf.options, ...root.options].map(({ long }) => long ?? '');
  // The operand after an unknown option may be its value.
  const surplus = unknown.length > 0 || shapes.at(-1)?.isList === true ? [] : given.slice(shapes.length);
  const faults = [
    ...unknown.map((option) => `${option} is not an option${suggestion(nearest(option, flags))}`),
    ...surplus.map((argument) => `${argument} is one argument too many`),
  ];
  return { operands, faults };
}

function suggestion(similar: string | undefined): string {
  return similar === undefined ? '' : `: did you mean ${similar}?`;
}
