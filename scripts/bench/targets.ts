/** The targets, and what was measured of each. */
import type { EniAttachment } from '../../domain/config/node-config';
import type { Measured } from './measure';
import type { ReplacementSummary } from './replacement/summary';
import type { StormSummary } from './storm/summary';

export interface Target {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly met: boolean;
}

/** A target of which nothing was measured has no value, and is left out. */
type Row = readonly [name: string, value: number | undefined, limit: number];

export function targetsOf(measured: Measured): readonly Target[] {
  const rows = [
    ...replacementRows(measured),
    ...stormRows(measured.storms ?? []),
    ...costRows(measured),
    ...startUpRows(measured),
    ...scaleRows(measured),
    ...(measured.simulation ?? []).map(({ cpuMs }): Row => ['npm run simulate: CPU a seed, ms', cpuMs, 60]),
    ...localRows(measured),
    ...(measured.api ?? []).map(({ name, p50Ms }): Row => [`API: ${name}, own time, ms, median`, p50Ms, 15]),
  ];
  return rows.flatMap(([name, value, limit]) =>
    value === undefined ? [] : [{ name, value, limit, met: value <= limit }],
  );
}

function replacementRows({ replacements }: Measured): readonly Row[] {
  const of = (attachment: EniAttachment): ReplacementSummary | undefined =>
    replacements?.find((each) => each.attachment === attachment);
  const [cold, hot] = [of('cold'), of('hot')];
  return [
    ['cold: warning to ACTIVE over the strict floor, median', cold?.activeRatio.median, 1.04],
    ['cold: warning to ACTIVE over the strict floor, p99', cold?.activeRatio.p99, 1.08],
    ['hot: address away beyond its floor, s, median', hot?.awayBeyondSeconds.median, 0.2],
    ['hot: address away beyond its floor, s, p99', hot?.awayBeyondSeconds.p99, 0.8],
    ['hot: warning to ACTIVE over its floor, median', hot?.activeRatio.median, 1.12],
    ['cold: transitions', cold?.transitions.median, 10],
    ['hot: transitions', hot?.transitions.median, 10],
  ];
}

/** Each storm is held to the targets of its kind. Those of 300 nodes end cold instances just in time. */
function stormRows(storms: readonly StormSummary[]): readonly Row[] {
  return storms.flatMap((storm) => {
    const { nodes, carried, hasElasticIps, isSpotDry, rateShare, active, ideal } = storm;
    const is = `storm of ${nodes} ${carried}${hasElasticIps ? ' with Elastic IPs' : ''}`;
    if (isSpotDry) {
      const usual = storms.find((each) => isUsual(each) && each.nodes === nodes && each.carried === carried);
      return [
        [`${is}, spot dry: refused launches a node`, storm.refusedLaunchesANode, 0.1],
        [`${is}, spot dry: last ACTIVE over the storm with capacity`, over(active?.last, usual?.active?.last), 1.1],
      ] as const;
    }
    if (rateShare < 1) {
      return [
        [`${is}, half the rate: last ACTIVE over its ideal`, over(active?.last, ideal?.last), 1.05],
        [`${is}, half the rate: throttled`, storm.throttled, 0.02],
      ] as const;
    }
    const common: readonly Row[] = [
      [`${is}: nodes that passed through ERROR or are not ACTIVE`, storm.failed + storm.notActive, 0],
      [`${is}: instances launched a node`, storm.launchedANode, 1],
      [`${is}: throttled`, storm.throttled, 0.005],
      [`${is}: transitions a node, less 4 for each wait`, storm.transitionsANode - 4 * storm.waitsANode, 10],
    ];
    if (carried === 'mixed') return common;
    if (carried === 'hot') return [...common, ...(nodes === 1_000 ? hotRows(is, storm) : [])];
    return [...common, ...coldRows(is, storm)];
  });
}

function coldRows(is: string, storm: StormSummary): readonly Row[] {
  const { nodes, hasElasticIps, active, ideal, idealJustInTime, callsANode, worstOverIdeal } = storm;
  const best = nodes === 300 ? idealJustInTime : ideal;
  const awayLimit = nodes === 1_000 ? 195 : 68;
  return [
    [`${is}: last ACTIVE over the ideal`, over(active?.last, best?.last), 1.05],
    [`${is}: k nodes ACTIVE over k in the just-in-time ideal, worst k`, worstOverIdeal, 1.1],
    ...(nodes < 100 ? [] : [[`${is}: EC2 calls a node`, callsANode, hasElasticIps ? 6.5 : 4.5] as const]),
    ...(nodes < 300 ? [] : [[`${is}: address away, mean, s`, active?.awayMean, awayLimit] as const]),
  ];
}

function hotRows(is: string, { active }: StormSummary): readonly Row[] {
  return [
    [`${is}: ACTIVE, s, median`, active?.median, 125],
    [`${is}: ACTIVE, s, p99`, active?.p99, 270],
    [`${is}: ACTIVE, s, last`, active?.last, 420],
  ];
}

function isUsual({ isSpotDry, hasElasticIps, rateShare }: StormSummary): boolean {
  return !isSpotDry && !hasElasticIps && rateShare === 1;
}

function over(value: number | undefined, reference: number | undefined): number | undefined {
  return value === undefined || reference === undefined ? undefined : value / reference;
}

function costRows({ replacements, idle }: Measured): readonly Row[] {
  return [
    ...(replacements ?? []).flatMap(({ attachment, usd }): readonly Row[] => [
      [`${attachment}: dollars a replacement, median`, usd.median, 0.0004],
      [`${attachment}: dollars a replacement, p99`, usd.p99, 0.001],
    ]),
    ...(idle ?? []).map(({ nodes, usd }): Row => [
      `idle: variable dollars a month, ${nodes} nodes`,
      usd,
      nodes <= 100 ? 0.2 : 5,
    ]),
  ];
}

function startUpRows({ startUp }: Measured): readonly Row[] {
  return (startUp ?? []).flatMap(({ entry, gzipBytes, loadMs }): readonly Row[] => {
    const [kilobytes, milliseconds] = entry.includes('wake-waiter') ? [40, 25] : [180, 80];
    return [
      [`${entry}: KB in gzip`, gzipBytes / 1_000, kilobytes],
      [`${entry}: CPU to load, ms`, loadMs, milliseconds],
    ];
  });
}

function scaleRows({ scale }: Measured): readonly Row[] {
  return (scale ?? []).flatMap(({ nodes, calls, readUnits, cpuSeconds, seconds, heapBytes }): readonly Row[] => [
    [`reconciler, ${nodes} nodes: EC2 calls`, calls, Math.max(25, nodes / 400)],
    // Sixteen partitions of the index are read in any case.
    [`reconciler, ${nodes} nodes: read units`, readUnits, Math.max(20, (nodes / 10_000) * 300)],
    [`reconciler, ${nodes} nodes: seconds, with this machine's computing`, seconds + cpuSeconds, 60],
    [`reconciler, ${nodes} nodes: heap, MB`, heapBytes / 1_000_000, 1_000],
  ]);
}

/** Simulated time may be a fiftieth late, because the machine does other things. */
const KEEPS_SPEED = 1.02;

function localRows({ local }: Measured): readonly Row[] {
  return (local ?? []).flatMap(({ nodes, interrupted, idleShare, stormSpeed, notReplaced }): readonly Row[] => [
    [`npm start, ${nodes} nodes at rest: share of a core`, idleShare, 0.05],
    [`npm start, ${interrupted} of ${nodes} interrupted at speed 10: 10 over its speed`, 10 / stormSpeed, KEEPS_SPEED],
    [`npm start, ${interrupted} of ${nodes} interrupted: not ACTIVE after ten minutes`, notReplaced, 0],
  ]);
}
