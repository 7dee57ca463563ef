/** The benchmark as a program: options in, a report out, an exit status. */
import { readOptions, USAGE } from './options';
import { jsonReport, textReport } from './report';

export interface Terminal {
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
}

const ExitStatus = { measured: 0, misused: 2 } as const;

/** @returns the exit status */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const request = readOptions(argv);
  if (request.kind === 'help') {
    terminal.write(USAGE);
    return ExitStatus.measured;
  }
  if (request.kind === 'faulty') {
    const faults = request.faults.map((fault) => `  - ${fault}\n`).join('');
    terminal.complain(`The benchmark cannot be run like that:\n${faults}\n${USAGE}`);
    return ExitStatus.misused;
  }
  // Loaded only now: both take seconds, and whoever asked wrongly is told at once.
  const { play } = await import('./play');
  const summaries = await play(request);
  const { codeSizes } = await import('./code-size');
  const measured = { request, summaries, sizes: codeSizes() };
  terminal.write(request.json ? jsonReport(measured) : textReport(measured));
  return ExitStatus.measured;
}
