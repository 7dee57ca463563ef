/** The report of the benchmark, as text and as JSON. */
import type { CodeSize } from './code-size';
import type { BenchRequest } from './options';
import { TARGET_P50_MS, type Summary } from './summary';

export interface Measured {
  readonly request: BenchRequest;
  readonly summaries: readonly Summary[];
  readonly sizes: readonly CodeSize[];
}

export function jsonReport({ request, summaries, sizes }: Measured): string {
  const { requests, nodes } = request;
  const node = process.version;
  return `${JSON.stringify({ node, requests, nodes, targetP50Ms: TARGET_P50_MS, api: summaries, code: sizes }, null, 2)}\n`;
}

export function textReport({ request, summaries, sizes }: Measured): string {
  const { requests, nodes } = request;
  const slow = summaries.filter(({ p50Ms }) => p50Ms >= TARGET_P50_MS).map(({ name }) => name);
  const verdict = slow.length === 0 ? 'met' : `missed by ${slow.join(', ')}`;
  return [
    `The API function's own time for a request, warm, ${nodes} nodes, ${requests} requests each, Node ${process.version}`,
    '',
    ...table([
      ['', 'p50 ms', 'p95 ms', 'of get', 'AWS calls'],
      ...summaries.map(({ name, p50Ms, p95Ms, ratio, awsCalls }) => [
        name,
        p50Ms.toFixed(2),
        p95Ms.toFixed(2),
        `x ${ratio.toFixed(1)}`,
        String(awsCalls),
      ]),
    ]),
    '',
    `Target: a p50 below ${TARGET_P50_MS} ms: ${verdict}.`,
    '',
    "The functions' code, minified",
    '',
    ...table([
      ['', 'KB', 'KB in gzip'],
      ...sizes.map(({ entry, bytes, gzipBytes }) => [entry, kilobytes(bytes), kilobytes(gzipBytes)]),
    ]),
    '',
  ].join('\n');
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
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
