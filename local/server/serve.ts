/** `npm start`: reads the options, runs the server until it is stopped, and returns the exit status. */
import { buildConsole } from '../../console/build';
import { FolderInUse } from './folder-lock';
import { banner } from './server-banner';
import { readServerOptions, USAGE, type ServerOptions } from './server-options';
import { readMeasuredFile, UnusableMeasurements } from './measured-file';
import { startServer, type RunningServer } from './server';
import { UnusableFolder } from './state-folder';

export interface Console {
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Settles when the server must stop. */
  readonly stopped: Promise<void>;
}

export const ExitStatus = { stopped: 0, failed: 1, misused: 2 } as const;

/** @returns the exit status */
export async function serve(argv: readonly string[], console: Console): Promise<number> {
  const request = readServerOptions(argv);
  switch (request.kind) {
    case 'help':
      console.write(USAGE);
      return ExitStatus.stopped;
    case 'invalid': {
      const problems = request.problems.map((problem) => `  - ${problem}\n`).join('');
      console.complain(`The control plane cannot start with these options:\n${problems}\n${USAGE}`);
      return ExitStatus.misused;
    }
    case 'serve':
      return run(request.options, console);
  }
}

async function run(options: ServerOptions, console: Console): Promise<number> {
  let server: RunningServer;
  try {
    const { latencies: file, data, ...settings } = options;
    const measured = file === undefined ? undefined : await readMeasuredFile(file);
    const report = (message: string): void => console.complain(`${message}\n`);
    const consoleFolder = await buildConsole(() => console.write('The console is built, once: some ten seconds.\n'));
    server = await startServer({ path: data, measured, report, consoleFolder, ...settings });
  } catch (error) {
    const reason = explain(error, options);
    if (reason === undefined) throw error;
    console.complain(`${reason}\n`);
    return ExitStatus.failed;
  }
  console.write(banner(server, options));
  await console.stopped;
  const problem = await server.close();
  if (problem === undefined) return ExitStatus.stopped;
  console.complain(`${problem}. The next start continues from the last state that was stored.\n`);
  return ExitStatus.failed;
}

/** Returns what the user can do about the error, or undefined for a bug of ours. */
function explain(error: unknown, { data, port }: ServerOptions): string | undefined {
  if (error instanceof FolderInUse)
    return `${data} is in use by another process; stop that process, or give another --data`;
  if (error instanceof UnusableFolder || error instanceof UnusableMeasurements) return error.message;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use by another process; stop that process, or give another --port`;
    case 'EACCES':
      return `This user may not listen on port ${port}; give a --port above 1023`;
    default:
      return undefined;
  }
}
