/** The reports of the simulation. */
import type { SeedResult } from '../../fault-simulation/batch';
import type { Violation } from '../../fault-simulation/checks/invariants';
import { SAME_RUN } from '../../fault-simulation/play-twice';
import { unmetPairs } from '../../fault-simulation/scenario/coverage-plan';
import { addCoverage, type Coverage } from '../../fault-simulation/scenario/phases';
import { untakenTransitions } from '../../fault-simulation/scenario/transition-plan';
import { nameOf, TRANSITIONS, type Transition } from '../../fault-simulation/scenario/transitions';
import type { Outcome } from '../../fault-simulation/run';
import { PHASES } from '../../fault-simulation/scenario/scenario';

export interface BatchResult {
  readonly results: readonly SeedResult[];
  /** Wall-clock time. */
  readonly seconds: number;
  /** Whether every seed was a storm. */
  readonly storms: boolean;
}

export function replayReport(seed: number, { violations, trace, virtualSeconds }: Outcome, withTrace: boolean): string {
  const traceText = withTrace ? `${trace.join('\n')}\n\n` : '';
  const lines = violations.map((violation) => `  ${violationText(violation)}\n`).join('');
  const verdict = violations.length === 0 ? 'passes' : 'fails';
  return `${traceText}Seed ${seed} ${verdict}, after ${(virtualSeconds / 60).toFixed(0)} virtual minutes.\n${lines}`;
}

/** @param storms whether every seed was a storm */
export function failureText(result: SeedResult, storms: boolean): string {
  const { seed, violations, minimised } = result;
  const lines = violations.map((violation) => `  ${violationText(violation)}\n`).join('');
  const scenario = minimised === undefined ? '' : `\n  Minimised scenario: ${JSON.stringify(minimised.scenario)}\n`;
  const traceText = minimised === undefined ? '' : `\n${minimised.trace.map((line) => `  ${line}\n`).join('')}`;
  return `Seed ${seed} fails: ${replayCommand(result, storms)}\n${lines}${scenario}${traceText}\n`;
}

export function batchReport({ results, seconds }: BatchResult, withCoverage: boolean): string {
  const failed = results.filter(({ violations }) => violations.length > 0);
  const table = withCoverage ? tablesOf(results) : '';
  const names = failed.length === 0 ? '' : `Failed: ${failed.map(({ seed }) => seed).join(', ')}\n`;
  const pace = `${seconds.toFixed(1)} s, ${((seconds / results.length) * 1000).toFixed(0)} ms per seed`;
  return `${table}${results.length - failed.length} seeds pass, ${failed.length} fail (${pace})\n${names}`;
}

function tablesOf(results: readonly SeedResult[]): string {
  return `${coverageTable(coverageOf(results))}\n${transitionTable(transitionsOf(results))}\n`;
}

export function jsonReport({ results, seconds, storms }: BatchResult): string {
  const failed = results.filter(({ violations }) => violations.length > 0);
  const report = {
    passed: results.length - failed.length,
    failed: failed.length,
    failures: failed.map((result) => ({
      seed: result.seed,
      command: replayCommand(result, storms),
      violations: result.violations,
      ...result.minimised,
    })),
    coverage: coverageOf(results),
    unmet: unmetPairs(coverageOf(results)),
    transitions: transitionsOf(results),
    untaken: untakenTransitions(transitionsOf(results)),
    seconds,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function coverageOf(results: readonly SeedResult[]): Coverage {
  return addCoverage(results.map(({ coverage }) => coverage));
}

function transitionsOf(results: readonly SeedResult[]): Coverage {
  return addCoverage(results.map(({ transitions }) => transitions));
}

function replayCommand({ seed, violations }: SeedResult, storms: boolean): string {
  const twice = violations.some(({ invariant }) => invariant === SAME_RUN) ? ' --twice' : '';
  return `npm run simulate -- --seed ${seed}${storms ? ' --storms' : ''} --trace${twice}`;
}

function violationText({ atSeconds, invariant, what }: Violation): string {
  return `${atSeconds.toFixed(3)} s: ${invariant}: ${what}`;
}

/** A row for every kind of happening, a column for every phase. */
function coverageTable(coverage: Coverage): string {
  const kinds = Object.keys(coverage).sort();
  const others = new Set(kinds.flatMap((kind) => Object.keys(coverage[kind]!)));
  const phases = [...PHASES, ...[...others].filter((phase) => !(PHASES as readonly string[]).includes(phase)).sort()];
  const width = Math.max(...kinds.map((kind) => kind.length));
  const columns = phases.map((phase, index) => `  ${columnName(index)} ${phase}\n`).join('');
  const head = `${' '.repeat(width)}${phases.map((_, index) => columnName(index).padStart(COLUMN_WIDTH)).join('')}\n`;
  const rows = kinds.map((kind) => {
    const counts = phases.map((phase) => String(coverage[kind]![phase] ?? '-').padStart(COLUMN_WIDTH)).join('');
    return `${kind.padEnd(width)}${counts}\n`;
  });
  const unmet = unmetPairs(coverage).map(({ kind, phase }) => `  ${kind} in ${phase}\n`);
  const missing =
    unmet.length === 0 ? 'Every pair that can meet has met.\n' : `Pairs that have not met:\n${unmet.join('')}`;
  return `Which faults met which phases:\n${columns}\n${head}${rows.join('')}\n${missing}`;
}

/** A row for every transition that can be taken, in the order of the definitions. */
function transitionTable(counts: Coverage): string {
  const rows = TRANSITIONS.flatMap((each) => {
    const count = counts[each.machine]?.[nameOf(each)];
    return count === undefined ? [] : [`${String(count).padStart(COUNT_WIDTH)}  ${transitionText(each)}\n`];
  });
  const untaken = untakenTransitions(counts).map((each) => `  ${transitionText(each)}\n`);
  const missing =
    untaken.length === 0
      ? 'Every transition that can be taken was taken.\n'
      : `Transitions that were not taken:\n${untaken.join('')}`;
  return `How often executions took each transition:\n${rows.join('')}\n${missing}`;
}

function transitionText(transition: Transition): string {
  return `${transition.machine}: ${nameOf(transition)}`;
}

const COUNT_WIDTH = 8;
const COLUMN_WIDTH = 6;

function columnName(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
