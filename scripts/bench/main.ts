/** The benchmark's program: reads the options, measures, prints the report, returns the exit status. */
import { ExitStatus, refuse, type Terminal } from '../command/terminal';
import { readOptions, USAGE } from './options';

/** @returns the exit status */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const request = readOptions(argv);
  if (request.kind === 'help') {
    terminal.write(USAGE);
    return ExitStatus.passed;
  }
  if (request.kind === 'invalid')
    return refuse(terminal, 'The benchmark cannot run with these options', request.problems, USAGE);
  // Loading takes seconds, so wrong options are reported first.
  const [{ measure }, { jsonReport, textReport }] = await Promise.all([import('./measure'), import('./report')]);
  const measured = await measure(request, (what) => terminal.complain(`measuring ${what}\n`));
  terminal.write(request.json ? jsonReport(measured) : textReport(measured));
  return ExitStatus.passed;
}
