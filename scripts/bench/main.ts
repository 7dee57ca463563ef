/** The benchmark's program: reads the options, prints the report, returns the exit status. */
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
  if (request.kind === 'invalid') {
    const problems = request.problems.map((problem) => `  - ${problem}\n`).join('');
    terminal.complain(`The benchmark cannot run with these options:\n${problems}\n${USAGE}`);
    return ExitStatus.misused;
  }
  // Loading takes seconds, so wrong options are reported first.
  const { runBenchmark } = await import('./run');
  const summaries = await runBenchmark(request);
  const { codeSizes } = await import('./code-size');
  const measured = { request, summaries, sizes: codeSizes() };
  terminal.write(request.json ? jsonReport(measured) : textReport(measured));
  return ExitStatus.measured;
}
