/** The charts, in the language of Vega-Lite: https://vega.github.io/vega-lite/docs/ */
import type { TopLevelSpec } from 'vega-lite';
import type { Figures, StormFigures } from './figures';

export interface Chart {
  /** Of its file, without the extension. */
  readonly name: string;
  readonly spec: TopLevelSpec;
}

/** Readable with all common kinds of colour blindness: https://jfly.uni-koeln.de/color/ */
const COLOURS = { blue: '#0072b2', orange: '#e69f00', grey: '#777777' };
const CURVES = ['Holdfast', 'ideal, just in time', 'ideal'] as const;
/** The sizes whose curves are drawn. */
const DRAWN_SIZES = [100, 300, 1_000];
/** A curve is drawn through at most so many nodes, so that the file stays small. */
const POINTS = 100;

/** A chart without figures is left out. */
export function chartsOf({ storms, windows }: Figures): readonly Chart[] {
  const usual = storms.filter(({ isUsual, carried }) => isUsual && carried !== 'mixed');
  const drawn = usual.filter(({ nodes, carried }) => carried === 'cold' && DRAWN_SIZES.includes(nodes));
  return [
    ...(drawn.length > 0 ? [{ name: 'storms-active', spec: activeOverTime(drawn) }] : []),
    ...(usual.length > 0 ? [{ name: 'storms-calls', spec: callsBySize(usual) }] : []),
    ...(windows.length > 0 ? [{ name: 'one-node-excess', spec: excessByWindow(windows) }] : []),
  ];
}

function activeOverTime(storms: readonly StormFigures[]): TopLevelSpec {
  const values = storms.flatMap(({ nodes, active, ideal, idealJustInTime }) =>
    [active, idealJustInTime, ideal].flatMap((times, curve) =>
      pointsOf(times, nodes).map((point) => ({ ...point, storm: `${nodes} nodes`, curve: CURVES[curve] })),
    ),
  );
  return {
    title: 'Storms of cold nodes: how many are ACTIVE again',
    data: { values },
    facet: {
      column: { field: 'storm', type: 'nominal', title: null, sort: storms.map(({ nodes }) => `${nodes} nodes`) },
    },
    resolve: { scale: { x: 'independent' } },
    spec: {
      width: 230,
      height: 220,
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5 },
      encoding: {
        x: { field: 'seconds', type: 'quantitative', title: 'seconds from the first warning' },
        y: { field: 'percent', type: 'quantitative', title: 'nodes ACTIVE, %', scale: { domain: [0, 100] } },
        color: {
          field: 'curve',
          type: 'nominal',
          title: null,
          scale: { domain: [...CURVES], range: [COLOURS.blue, COLOURS.orange, COLOURS.grey] },
        },
        strokeDash: {
          field: 'curve',
          type: 'nominal',
          title: null,
          scale: {
            domain: [...CURVES],
            range: [
              [1, 0],
              [6, 3],
              [2, 2],
            ],
          },
        },
      },
    },
  };
}

/** Every node of a small storm, and evenly spaced ones of a large one, the last one included. */
function pointsOf(times: readonly number[], nodes: number): readonly { seconds: number; percent: number }[] {
  const step = Math.max(1, Math.ceil(times.length / POINTS));
  const points = times
    .map((seconds, place) => ({ seconds, percent: ((place + 1) / nodes) * 100 }))
    .filter((_point, place) => place % step === 0 || place === times.length - 1);
  return [{ seconds: 0, percent: 0 }, ...points];
}

function callsBySize(storms: readonly StormFigures[]): TopLevelSpec {
  const values = storms.map(({ nodes, carried, callsANode, throttled }) => ({
    nodes,
    carried,
    callsANode,
    throttledPercent: throttled * 100,
  }));
  const bars = (field: string, title: string) => ({
    width: 300,
    height: 200,
    mark: 'bar' as const,
    encoding: {
      x: { field: 'nodes', type: 'ordinal' as const, title: 'nodes in the storm', axis: { labelAngle: 0 } },
      xOffset: { field: 'carried' },
      y: { field, type: 'quantitative' as const, title },
      color: {
        field: 'carried',
        type: 'nominal' as const,
        title: null,
        scale: { domain: ['cold', 'hot'], range: [COLOURS.blue, COLOURS.orange] },
      },
    },
  });
  return {
    title: 'Storms: what they ask of EC2',
    data: { values },
    hconcat: [bars('callsANode', 'EC2 calls a node'), bars('throttledPercent', 'calls that EC2 throttles, %')],
  };
}

function excessByWindow(windows: Figures['windows']): TopLevelSpec {
  const values = windows.flatMap(({ attachment, window, median, p99 }) => [
    { where: `${attachment}: ${window}`, seconds: median, of: 'median' },
    { where: `${attachment}: ${window}`, seconds: p99, of: 'p99' },
  ]);
  return {
    title: 'One node: what goes beyond the time that EC2 takes',
    data: { values },
    width: 420,
    height: { step: 12 },
    mark: 'bar',
    encoding: {
      y: {
        field: 'where',
        type: 'nominal',
        title: null,
        sort: windows.map(({ attachment, window }) => `${attachment}: ${window}`),
        axis: { labelLimit: 300 },
      },
      yOffset: { field: 'of' },
      x: { field: 'seconds', type: 'quantitative', title: 'seconds' },
      color: {
        field: 'of',
        type: 'nominal',
        title: null,
        scale: { domain: ['median', 'p99'], range: [COLOURS.blue, COLOURS.orange] },
      },
    },
  };
}
