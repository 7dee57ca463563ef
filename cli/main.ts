/** The command line: parses the arguments, runs the command, prints its result. Returns the exit status. */
import { version } from '../package.json';
import { openApi, type Api } from './api/client';
import { commands, groups } from './commands/commands';
import type { Result } from './command-line/command';
import type { Context } from './command-line/context';
import type { GlobalOptions } from './command-line/global-options';
import { parse, type Parsed } from './command-line/parse';
import { connect } from './connection/connect';
import type { Connection } from './connection/connection';
import { ExitStatus } from './exit-status';
import { Failure } from './failures';
import { styleFor } from './output/style';
import type { Shell } from './shell';

export type Connect = (globals: GlobalOptions, environment: Shell['environment']) => Promise<Connection>;

export async function main(argv: readonly string[], shell: Shell, find: Connect = connect): Promise<ExitStatus> {
  const { environment, stdout } = shell;
  const parsed = parse(argv, { commands, groups, version, environment, columns: stdout.columns });
  try {
    return await carriedOut(parsed, shell, find);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    shell.stderr.write(error.lines.map((line) => `${line}\n`).join(''));
    return error.status;
  }
}

async function carriedOut(parsed: Parsed, shell: Shell, find: Connect): Promise<ExitStatus> {
  switch (parsed.kind) {
    case 'text':
      shell.stdout.write(parsed.text);
      return ExitStatus.done;
    case 'incomplete':
      shell.stderr.write(parsed.text);
      return ExitStatus.misused;
    case 'faulty':
      shell.stderr.write(parsed.faults.map((fault) => `${fault}\n`).join(''));
      shell.stderr.write(`"${parsed.help} --help" explains the arguments.\n`);
      return ExitStatus.misused;
    case 'ready': {
      const context = contextOf(parsed.globals, shell, find);
      return printed(await parsed.run(context), context);
    }
  }
}

function contextOf(globals: GlobalOptions, shell: Shell, find: Connect): Context {
  let finding: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> => (finding ??= find(globals, shell.environment));
  let opened: Api | undefined;
  return {
    shell,
    isJson: globals.json === true || !shell.stdout.isTTY,
    progressStyle: styleFor(shell.stderr.isTTY, shell.environment),
    api: async () => (opened ??= openApi(shell, await connection())),
    connection,
  };
}

function printed({ json, text, status = ExitStatus.done }: Result, { shell, isJson }: Context): ExitStatus {
  const { stdout, environment } = shell;
  stdout.write(isJson && json !== undefined ? asJson(json) : text(styleFor(stdout.isTTY, environment)));
  return status;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
