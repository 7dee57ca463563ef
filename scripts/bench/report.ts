/** The report of the benchmark, as text and as JSON. */
import { cpus } from 'node:os';
import type { Measured } from './measure';
import type { Spread } from './replacement/summary';
import { stormName } from './storm/storm';
import type { StormSummary, StormTimes } from './storm/summary';
import { targetsOf } from './targets';

/** The machine, because the times of its own computing are only comparable on the same. */
export function machine(): string {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} x ${cpu?.model ?? 'an unknown processor'}`;
}

export function jsonReport(measured: Measured): string {
  return `${JSON.stringify({ machine: machine(), targets: targetsOf(measured), ...measured }, null, 2)}\n`;
}

export function textReport(measured: Measured): string {
  const targets = targetsOf(measured);
  const sections = [
    ...ofReplacements(measured),
    ...ofStorms(measured),
    ...ofBaselines(measured),
    ...ofScale(measured),
    ...ofApi(measured),
    ...ofStartUp(measured),
    ...ofSimulation(measured),
    ...section(
      'Targets',
      targets.length > 0 ? targets : undefined,
      ['', 'value', 'limit', ''],
      ({ name, value, limit, met }) => [name, figure(value), figure(limit), met ? 'met' : 'missed'],
    ),
  ];
  return [machine(), '', ...sections].join('\n');
}

type Section = readonly string[];

function ofReplacements({ replacements }: Measured): Section {
  const windows = replacements?.flatMap(({ attachment, excessSeconds }) =>
    Object.entries(excessSeconds).map(([window, each]) => ({ name: `${attachment}: ${window}`, each })),
  );
  return [
    ...section(
      'One replacement, in modelled time',
      replacements,
      ['', 'seeds', 'ACTIVE s', 'over floor', 'p90', 'p99', 'away beyond floor s', 'p99', 'transitions', 'calls'],
      (each) => [
        each.attachment,
        String(each.seeds),
        each.activeSeconds.median.toFixed(1),
        ...spread(each.activeRatio, 3),
        each.awayBeyondSeconds.median.toFixed(2),
        each.awayBeyondSeconds.p99.toFixed(2),
        String(each.transitions.median),
        String(each.calls.median),
      ],
    ),
    ...section(
      'Where it goes beyond the floor, in seconds',
      windows,
      ['', 'median', 'p90', 'p99'],
      ({ name, each }) => [name, ...spread(each, 2)],
    ),
  ];
}

function ofStorms({ storms }: Measured): Section {
  const head = ['', 'median', 'ideal', 'p99', 'last', 'ideal', 'away, mean', 'ideal', 'calls a node', 'throttled'];
  const title = 'Storms, in modelled time: seconds from the first warning, and in the ideal on the same draws';
  return section(title, storms, [...head, 'ERROR', 'not ACTIVE'], stormRow);
}

function ofBaselines({ baselines }: Measured): Section {
  return section(
    'The same cold replacement by a script with fixed polls: seconds from the warning',
    baselines,
    ['', 'median', 'last', 'calls a node', 'throttled'],
    ({ name, median, last, callsANode, throttled }) => [
      name,
      median.toFixed(1),
      last.toFixed(1),
      callsANode.toFixed(1),
      `${(throttled * 100).toFixed(1)} %`,
    ],
  );
}

function ofScale({ scale, idle }: Measured): Section {
  return [
    ...section(
      'One run of the reconciler over nodes at rest',
      scale,
      ['nodes', 'EC2 calls', 'read units', 'modelled s', 'CPU s on this machine', 'heap MB'],
      ({ nodes, calls, readUnits, seconds, cpuSeconds, heapBytes }) => [
        ...[nodes, calls, readUnits].map(String),
        seconds.toFixed(1),
        cpuSeconds.toFixed(1),
        (heapBytes / 1_000_000).toFixed(0),
      ],
    ),
    ...section(
      'A month at rest, without what is paid for in any case',
      idle,
      ['nodes', 'US dollars'],
      ({ nodes, usd }) => [String(nodes), usd.toFixed(2)],
    ),
  ];
}

function ofApi({ api }: Measured): Section {
  return section(
    "The API function's own time for a request, warm",
    api,
    ['', 'p50 ms', 'p95 ms', 'of get', 'AWS calls'],
    ({ name, p50Ms, p95Ms, ratio, awsCalls }) => [
      name,
      p50Ms.toFixed(2),
      p95Ms.toFixed(2),
      `x ${ratio.toFixed(1)}`,
      String(awsCalls),
    ],
  );
}

function ofStartUp({ startUp }: Measured): Section {
  return section(
    "The functions' code, minified",
    startUp,
    ['', 'KB', 'KB in gzip', 'CPU ms to load'],
    ({ entry, bytes, gzipBytes, loadMs }) => [entry, kilobytes(bytes), kilobytes(gzipBytes), loadMs.toFixed(0)],
  );
}

function ofSimulation({ simulation }: Measured): Section {
  return section('The fault simulation', simulation, ['seeds', 'CPU ms a seed'], ({ seeds, cpuMs }) => [
    String(seeds),
    cpuMs.toFixed(0),
  ]);
}

function stormRow(storm: StormSummary): readonly string[] {
  const { active, ideal, callsANode, throttled, failed, notActive } = storm;
  const time = (times: StormTimes | undefined, name: keyof StormTimes): string => times?.[name].toFixed(1) ?? '-';
  return [
    stormName(storm),
    time(active, 'median'),
    time(ideal, 'median'),
    time(active, 'p99'),
    time(active, 'last'),
    time(ideal, 'last'),
    time(active, 'awayMean'),
    time(ideal, 'awayMean'),
    callsANode.toFixed(1),
    `${(throttled * 100).toFixed(1)} %`,
    String(failed),
    String(notActive),
  ];
}

/** Nothing, if nothing was measured. */
function section<T>(
  title: string,
  measured: readonly T[] | undefined,
  head: readonly string[],
  rowOf: (each: T) => readonly string[],
): Section {
  return measured === undefined ? [] : [title, '', ...table([head, ...measured.map(rowOf)]), ''];
}

function spread({ median, p90, p99 }: Spread, digits: number): readonly string[] {
  return [median, p90, p99].map((value) => value.toFixed(digits));
}

/** Four digits are enough to compare, and amounts of dollars are small. */
function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '-';
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(0);
}

/** Aligns the first column left, and the numbers right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(columns[column] ?? 0) : cell.padStart(columns[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
