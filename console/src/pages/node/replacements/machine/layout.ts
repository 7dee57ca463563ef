/**
 * Where each state and each line of a state machine is drawn.
 *
 * The drawing is in layers from the top to the bottom, and in lanes: Cold on the left, Hot on the right, what they share
 * between them, and beside them what errors lead to. A line over several layers has a bend in each of them, and the bends are
 * placed like states, so that no line runs behind a state.
 */
import type { Machine, MachineState, Transition } from './definition';
import { LANES, layersOf, type Lane, type Layers } from './layers';
import { spread } from './spread';

export interface Box extends MachineState {
  readonly lane: Lane;
  readonly lines: readonly string[];
  /** Of the centre of its upper edge, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line extends Transition {
  /** For the attribute `d` of an SVG path. */
  readonly path: string;
}

export interface Column {
  readonly lane: Lane;
  readonly x: number;
  readonly width: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** From the top, and from the left. */
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  /** Only the lanes that have states. */
  readonly columns: readonly Column[];
}

const BOX_WIDTH = 154;
const LINE_HEIGHT = 16;
const PADDING = 8;
const LAYER_GAP = 34;
const SIDE_GAP = 7;
const BEND_HALF = 7;
const LANE_GAP = 14;
const TOP = 34;
/** As many as fit into a box, in the font of the drawing. */
const CHARACTERS = 21;

/** A state, or a bend of a line. */
interface Item {
  readonly id: string;
  readonly lane: Lane;
  readonly layer: number;
  readonly state: MachineState | undefined;
  readonly half: number;
  x: number;
}

export function layoutOf(machine: Machine): Drawing {
  const layers = layersOf(machine);
  const items = new Map<string, Item>(
    machine.states.map((state) => [state.name, itemOf(state.name, layers, state)] as const),
  );
  const chains = machine.transitions.map((transition) => chainOf(transition, layers, items));
  const rows = rowsOf(items, chains);
  const columns = columnsOf(rows);
  place(rows, neighboursOf(chains), bendsOf(chains), columns);
  return draw(rows, columns, chains);
}

function itemOf(name: string, { layerOf, laneOf }: Layers, state: MachineState): Item {
  const half = BOX_WIDTH / 2 + SIDE_GAP;
  return { id: name, lane: laneOf.get(name) ?? 'Common', layer: layerOf.get(name) ?? 0, state, half, x: 0 };
}

interface Chain {
  readonly transition: Transition;
  /** From the upper end to the lower one, bends included. */
  readonly ids: readonly string[];
}

function chainOf(transition: Transition, { isUpward }: Layers, items: Map<string, Item>): Chain {
  const [upper, lower] = isUpward(transition) ? [transition.to, transition.from] : [transition.from, transition.to];
  const [first, last] = [items.get(upper), items.get(lower)];
  if (first === undefined || last === undefined) return { transition, ids: [] };
  const lane = sideOf(first.lane, last.lane);
  const ids = [upper];
  for (let layer = first.layer + 1; layer < last.layer; layer += 1) {
    const id = `${upper} → ${lower} ${layer}`;
    items.set(id, { id, lane, layer, state: undefined, half: BEND_HALF, x: 0 });
    ids.push(id);
  }
  return { transition, ids: [...ids, lower] };
}

/** A line between two lanes runs in the outer one. */
function sideOf(one: Lane, other: Lane): Lane {
  return one === 'Common' ? other : one;
}

type Rows = readonly (readonly Item[])[];
interface NeighboursOfOne {
  readonly above: readonly string[];
  readonly below: readonly string[];
}
type Neighbours = ReadonlyMap<string, NeighboursOfOne>;

const SWEEPS = 12;

/** The layers, each in the order that crosses few lines: an item comes where its neighbours are, on average. */
function rowsOf(items: ReadonlyMap<string, Item>, chains: readonly Chain[]): Rows {
  const neighbours = neighboursOf(chains);
  const bottom = Math.max(...[...items.values()].map(({ layer }) => layer));
  let rows: Rows = Array.from({ length: bottom + 1 }, (_, layer) =>
    inLanes([...items.values()].filter((item) => item.layer === layer)),
  );
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const side = sweep % 2 === 0 ? 'above' : 'below';
    const orders = new Map<string, number>();
    rows.forEach((row) => row.forEach(({ id }, index) => orders.set(id, (index + 0.5) / row.length)));
    const order = side === 'above' ? [...rows.keys()] : [...rows.keys()].reverse();
    const sorted = [...rows];
    for (const layer of order) {
      const row = rows[layer] ?? [];
      const mean = (item: Item): number =>
        average(neighbours.get(item.id)?.[side] ?? [], (id) => orders.get(id)) ?? orders.get(item.id) ?? 0;
      const means = new Map(row.map((item) => [item.id, mean(item)]));
      sorted[layer] = inLanes([...row].sort((one, other) => (means.get(one.id) ?? 0) - (means.get(other.id) ?? 0)));
      sorted[layer].forEach(({ id }, index) => orders.set(id, (index + 0.5) / row.length));
    }
    rows = sorted;
  }
  return rows;
}

const inLanes = (row: readonly Item[]): readonly Item[] =>
  LANES.flatMap((lane) => row.filter((item) => item.lane === lane));

function average(ids: readonly string[], valueOf: (id: string) => number | undefined): number | undefined {
  if (ids.length === 0) return undefined;
  return ids.reduce((sum, id) => sum + (valueOf(id) ?? 0), 0) / ids.length;
}

function neighboursOf(chains: readonly Chain[]): Neighbours {
  const neighbours = new Map<string, { above: string[]; below: string[] }>();
  const of = (id: string): { above: string[]; below: string[] } => {
    const known = neighbours.get(id) ?? { above: [], below: [] };
    neighbours.set(id, known);
    return known;
  };
  for (const { ids } of chains) {
    ids.forEach((id, index) => {
      const above = ids[index - 1];
      if (above === undefined) return;
      of(id).above.push(above);
      of(above).below.push(id);
    });
  }
  return neighbours;
}

/** Each lane is as wide as its widest layer. */
function columnsOf(rows: Rows): readonly Column[] {
  let x = 0;
  return LANES.flatMap((lane) => {
    const widths = rows.map((row) =>
      row.filter((item) => item.lane === lane).reduce((sum, { half }) => sum + 2 * half, 0),
    );
    const width = Math.max(...widths);
    if (width === 0) return [];
    const column = { lane, x, width };
    x += width + LANE_GAP;
    return [column];
  });
}

const ROUNDS = 40;
/** A bend is drawn towards a straight line more strongly than a state towards its neighbours. */
const BEND_WEIGHT = 4;

/** @param bends of each bend: all bends of its line */
function place(
  rows: Rows,
  neighbours: Neighbours,
  bends: ReadonlyMap<string, readonly string[]>,
  columns: readonly Column[],
): void {
  const all = new Map(rows.flat().map((item) => [item.id, item]));
  const columnOf = (item: Item): Column =>
    columns.find(({ lane }) => lane === item.lane) ?? { lane: item.lane, x: 0, width: 0 };
  for (const item of all.values()) item.x = columnOf(item).x + columnOf(item).width / 2;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const row of round % 2 === 0 ? rows : [...rows].reverse()) {
      for (const column of columns) {
        const own = row.filter(({ lane }) => lane === column.lane);
        const wanted = own.map((item) => ({
          half: item.half,
          weight: item.state === undefined ? BEND_WEIGHT : 1,
          wanted: wantedOf(item, neighbours.get(item.id), bends.get(item.id), all),
        }));
        spread(wanted, column.x, column.x + column.width).forEach((x, index) => {
          const item = own[index];
          if (item !== undefined) item.x = x;
        });
      }
    }
  }
}

/** How strongly the bends of a line keep together, against the pull of its ends. */
const TOGETHER = 0.8;

function wantedOf(
  item: Item,
  { above, below }: NeighboursOfOne = { above: [], below: [] },
  bends: readonly string[] | undefined,
  all: ReadonlyMap<string, Item>,
): number {
  const mean = (ids: readonly string[]): number | undefined => average(ids, (id) => all.get(id)?.x);
  const near = mean([...above, ...below]) ?? item.x;
  return bends === undefined ? near : TOGETHER * (mean(bends) ?? item.x) + (1 - TOGETHER) * near;
}

function bendsOf(chains: readonly Chain[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    chains.flatMap(({ ids }) => {
      const bends = ids.slice(1, -1);
      return bends.map((id) => [id, bends] as const);
    }),
  );
}

function draw(rows: Rows, columns: readonly Column[], chains: readonly Chain[]): Drawing {
  let y = TOP;
  const tops: { readonly y: number; readonly height: number }[] = [];
  for (const row of rows) {
    const height = Math.max(...row.map(({ state }) => (state === undefined ? 0 : heightOf(labelOf(state.name)))));
    tops.push({ y, height });
    y += height + LAYER_GAP;
  }
  const boxes = rows.flatMap((row, layer) =>
    row.flatMap(({ state, lane, x }) => {
      if (state === undefined) return [];
      const lines = labelOf(state.name);
      return [{ ...state, lane, lines, x, y: tops[layer]?.y ?? 0, width: BOX_WIDTH, height: heightOf(lines) }];
    }),
  );
  const items = new Map(rows.flat().map((item) => [item.id, item]));
  const lines = linesOf(chains, items, tops, new Map(boxes.map((box) => [box.name, box])));
  const last = columns.at(-1);
  return { width: last === undefined ? 0 : last.x + last.width, height: y, boxes, lines, columns };
}

const heightOf = (lines: readonly string[]): number => lines.length * LINE_HEIGHT + 2 * PADDING;

/** The name without its lane, because that is written above, in lines that fit into a box. */
function labelOf(name: string): readonly string[] {
  const lane = LANES.find((each) => name.startsWith(`${each}: `));
  const text = lane === undefined ? name : name.slice(lane.length + 2);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= CHARACTERS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function linesOf(
  chains: readonly Chain[],
  items: ReadonlyMap<string, Item>,
  tops: readonly { readonly y: number; readonly height: number }[],
  boxes: ReadonlyMap<string, Box>,
): readonly Line[] {
  const ports = portsOf(chains, items);
  return chains.flatMap(({ transition, ids }, index) => {
    const [upper, lower] = [boxes.get(ids[0] ?? ''), boxes.get(ids.at(-1) ?? '')];
    if (upper === undefined || lower === undefined) return [];
    const bends = ids.slice(1, -1).flatMap((id): Point[] => {
      const { x = 0, layer = 0 } = items.get(id) ?? {};
      const { y = 0, height = 0 } = tops[layer] ?? {};
      return [
        { x, y },
        { x, y: y + height },
      ];
    });
    const points: readonly Point[] = [
      { x: upper.x + (ports.get(`${index} below`) ?? 0), y: upper.y + upper.height },
      ...bends,
      { x: lower.x + (ports.get(`${index} above`) ?? 0), y: lower.y },
    ];
    const isDown = transition.from === upper.name;
    return [{ ...transition, path: pathThrough(isDown ? points : [...points].reverse()) }];
  });
}

/** The part of a box's edge on which lines may begin. */
const PORT_ROOM = BOX_WIDTH * 0.7;

/** Lines at the same edge of a box begin beside each other, in the order of where they come from. */
function portsOf(chains: readonly Chain[], items: ReadonlyMap<string, Item>): ReadonlyMap<string, number> {
  const edges = new Map<string, { readonly key: string; readonly x: number }[]>();
  const add = (edge: string, key: string, near: string | undefined): void => {
    const ends = edges.get(edge) ?? [];
    ends.push({ key, x: items.get(near ?? '')?.x ?? 0 });
    edges.set(edge, ends);
  };
  chains.forEach(({ ids }, index) => {
    add(`${ids[0]} below`, `${index} below`, ids[1]);
    add(`${ids.at(-1)} above`, `${index} above`, ids.at(-2));
  });
  const ports = new Map<string, number>();
  for (const ends of edges.values()) {
    ends
      .sort((one, other) => one.x - other.x)
      .forEach(({ key }, index) => ports.set(key, PORT_ROOM * ((index + 1) / (ends.length + 1) - 0.5)));
  }
  return ports;
}

/** Leaves and arrives vertically; straight along the layers that it passes. */
function pathThrough(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (first === undefined) return '';
  let before = first;
  const parts = [`M${round(first.x)},${round(first.y)}`];
  for (const point of others) {
    const middle = round((before.y + point.y) / 2);
    if (Math.abs(before.x - point.x) < 0.5) parts.push(`L${round(point.x)},${round(point.y)}`);
    else parts.push(`C${round(before.x)},${middle} ${round(point.x)},${middle} ${round(point.x)},${round(point.y)}`);
    before = point;
  }
  return parts.join(' ');
}

const round = (value: number): number => Math.round(value * 10) / 10;
