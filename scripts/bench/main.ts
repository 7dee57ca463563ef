/** The benchmark's program: reads the options, measures, prints the report, returns the exit status. */
import { ExitStatus, refuse, type Terminal } from '../command/terminal';
import type { Measured } from './measure';
import { readOptions, USAGE } from './options';

const REFUSAL = 'The benchmark cannot run with these options';

/** @returns the exit status */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const request = readOptions(argv);
  if (request.kind === 'help') {
    terminal.write(USAGE);
    return ExitStatus.passed;
  }
  if (request.kind === 'invalid') return refuse(terminal, REFUSAL, request.problems, USAGE);
  // Loading takes seconds, so wrong options are reported first.
  const [{ measure, NothingToMeasure }, { jsonReport, textReport }] = await Promise.all([
    import('./measure'),
    import('./report'),
  ]);
  let measured: Measured;
  try {
    measured = await measure(request, (what) => terminal.complain(`measuring ${what}\n`));
  } catch (error) {
    if (!(error instanceof NothingToMeasure)) throw error;
    return refuse(terminal, REFUSAL, [error.message], USAGE);
  }
  terminal.write(request.json ? jsonReport(measured) : textReport(measured));
  if (request.charts) {
    const { CHARTS_DIRECTORY, updateCharts } = await import('./charts/draw');
    // Not with the report, which may be JSON.
    for (const path of await updateCharts(measured, CHARTS_DIRECTORY)) terminal.complain(`written: ${path}\n`);
  }
  return ExitStatus.passed;
}
