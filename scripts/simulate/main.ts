/** The simulation's program: reads the options, prints the report, returns the exit status. */
import type { SeedResult } from '../../fault-simulation/batch';
import { playTwice } from '../../fault-simulation/play-twice';
import type { Outcome } from '../../fault-simulation/run';
import { ExitStatus, refuse, type Terminal } from '../command/terminal';
import { readOptions, USAGE, type Request } from './options';
import { batchReport, failureText, jsonReport, replayReport, type BatchResult } from './report';

type Of<Kind extends Request['kind']> = Extract<Request, { kind: Kind }>;

/** @returns the exit status */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const request = readOptions(argv);
  switch (request.kind) {
    case 'help':
      terminal.write(USAGE);
      return ExitStatus.passed;
    case 'invalid':
      return refuse(terminal, 'The simulation cannot run with these options', request.problems, USAGE);
    case 'replay':
      return replay(request, terminal);
    case 'batch':
      return runAll(request, terminal);
  }
}

async function replay({ seed, storms, twice, trace, json }: Of<'replay'>, { write }: Terminal): Promise<number> {
  // Loading takes seconds, so wrong options are reported first.
  const { generateScenario } = await import('../../fault-simulation/scenario/generate');
  const { runScenario } = await import('../../fault-simulation/run');
  const { synthesize } = await import('../../local/synthesize');
  const template = await synthesize();
  const play = (): Promise<Outcome> => runScenario(generateScenario(seed, { storms }), template);
  const outcome = await (twice ? playTwice(play) : play());
  const scenario = generateScenario(seed, { storms });
  write(json ? `${JSON.stringify({ scenario, ...outcome }, null, 2)}\n` : replayReport(seed, outcome, trace));
  return outcome.violations.length === 0 ? ExitStatus.passed : ExitStatus.failed;
}

async function runAll(request: Of<'batch'>, terminal: Terminal): Promise<number> {
  const { from, count, workers, storms, twice, json, coverage } = request;
  const { runBatch } = await import('../../fault-simulation/batch');
  const { synthesize } = await import('../../local/synthesize');
  const startedAt = performance.now();
  const results: SeedResult[] = [];
  const onResult = (result: SeedResult): void => {
    results.push(result);
    if (!json && result.violations.length > 0) terminal.write(failureText(result, storms));
  };
  await runBatch({ from, count, workers, storms, twice, onResult }, await synthesize());
  const batch: BatchResult = {
    // Workers finish in any order. The report is in the order of the seeds.
    results: results.sort((one, other) => one.seed - other.seed),
    seconds: (performance.now() - startedAt) / 1000,
    storms,
  };
  terminal.write(json ? jsonReport(batch) : batchReport(batch, coverage));
  return results.every(({ violations }) => violations.length === 0) ? ExitStatus.passed : ExitStatus.failed;
}
