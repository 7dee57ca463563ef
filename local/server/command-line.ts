/** Reads command lines. It reports all problems at once, so that a user can correct them together. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

export type KnownOptions = NonNullable<ParseArgsConfig['options']>;

export interface CommandLine {
  /** By option name. An option without a value has an empty string. */
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

export function readCommandLine(argv: readonly string[], options: KnownOptions): CommandLine {
  // Strict parsing would stop at the first problem.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const problems: string[] = [];
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`${token.value} is not an option`);
    if (token.kind !== 'option') continue;
    const problem = problemOf(token, options);
    if (problem === undefined) values.set(token.name, token.value ?? '');
    else problems.push(problem);
  }
  return { values, problems };
}

function problemOf(
  { name, rawName, value }: { readonly name: string; readonly rawName: string; readonly value?: string | undefined },
  options: KnownOptions,
): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) return `${rawName} is not an option`;
  if (option.type === 'boolean') return value === undefined ? undefined : `${rawName} takes no value`;
  // A value that looks like an option is the next option: the value is missing.
  return value === undefined || value === '' || value.startsWith('--') ? `${rawName} needs a value` : undefined;
}
