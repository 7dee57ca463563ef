/** Into which layer of the drawing each state comes, from the top, and in which lane it is. */
import type { Machine, Transition } from './definition';

/** From left to right. */
export const LANES = ['Cold', 'Common', 'Hot', 'Ends'] as const;
export type Lane = (typeof LANES)[number];

export interface Layers {
  readonly layerOf: ReadonlyMap<string, number>;
  readonly laneOf: ReadonlyMap<string, Lane>;
  /** Transitions from a lower layer to a higher one: they close a loop. */
  readonly isUpward: (transition: Transition) => boolean;
}

export function layersOf(machine: Machine): Layers {
  const reached = reachedFrom(machine, machine.start);
  const laneOf = new Map(machine.states.map(({ name }) => [name, laneOfName(name, reached)]));
  const loops = loopsOf(machine);
  const downward = machine.transitions.filter((each) => !loops.has(each));
  const layerOf = new Map<string, number>();
  for (const { name } of machine.states) depth(name, downward, layerOf);
  sinkDown(machine, downward, layerOf, (name) => laneOf.get(name) === 'Ends');
  stack(machine, layerOf, laneOf);
  thin(machine, downward, layerOf, laneOf);
  return { layerOf, laneOf, isUpward: (transition) => loops.has(transition) };
}

function laneOfName(name: string, reached: ReadonlySet<string>): Lane {
  if (!reached.has(name)) return 'Ends';
  return LANES.find((lane) => name.startsWith(`${lane}: `)) ?? 'Common';
}

/** The states that are reached over the lines that are drawn. The others are reached by errors only. */
function reachedFrom({ transitions }: Machine, start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  // A set hands out what is added while it is walked through.
  for (const name of reached) {
    for (const { from, to } of transitions) if (from === name) reached.add(to);
  }
  return reached;
}

/** The transitions that lead back to a state which is still being left: depth first, in the order of the definition. */
function loopsOf({ start, states, transitions }: Machine): ReadonlySet<Transition> {
  const loops = new Set<Transition>();
  const open = new Set<string>();
  const closed = new Set<string>();
  const visit = (name: string): void => {
    open.add(name);
    for (const transition of transitions) {
      if (transition.from !== name) continue;
      if (open.has(transition.to)) loops.add(transition);
      else if (!closed.has(transition.to)) visit(transition.to);
    }
    open.delete(name);
    closed.add(name);
  };
  for (const name of [start, ...states.map((state) => state.name)]) if (!closed.has(name)) visit(name);
  return loops;
}

/** The length of the longest way to a state. */
function depth(name: string, downward: readonly Transition[], layerOf: Map<string, number>): number {
  const known = layerOf.get(name);
  if (known !== undefined) return known;
  const before = downward.filter(({ to }) => to === name).map(({ from }) => depth(from, downward, layerOf) + 1);
  const layer = Math.max(0, ...before);
  layerOf.set(name, layer);
  return layer;
}

/** Moves the states of a lane as far down as they can be: errors end at the bottom. */
function sinkDown(
  { states }: Machine,
  downward: readonly Transition[],
  layerOf: Map<string, number>,
  isMoved: (name: string) => boolean,
): void {
  const bottom = Math.max(...layerOf.values());
  const lowest = (name: string): number => {
    const after = downward
      .filter(({ from }) => from === name)
      .map(({ to }) => (isMoved(to) ? lowest(to) : layer(to)) - 1);
    return Math.min(bottom, ...after);
  };
  const layer = (name: string): number => layerOf.get(name) ?? 0;
  for (const { name } of states) if (isMoved(name)) layerOf.set(name, lowest(name));
}

/** So many states of a lane stand beside each other. More would make the drawing wider than a screen. */
const MOST_ABREAST: Readonly<Record<Lane, number>> = { Cold: 2, Common: 1, Hot: 2, Ends: 1 };

/** Moves states that lead nowhere but upward into the next layer, where a layer has too many. */
function thin(
  { states }: Machine,
  downward: readonly Transition[],
  layerOf: Map<string, number>,
  laneOf: ReadonlyMap<string, Lane>,
): void {
  const isFree = (name: string): boolean => downward.every(({ from }) => from !== name);
  const bottom = Math.max(...layerOf.values());
  for (let layer = 0; layer < bottom; layer += 1) {
    for (const lane of LANES) {
      const abreast = states.filter(({ name }) => layerOf.get(name) === layer && laneOf.get(name) === lane);
      const tooMany = Math.max(0, abreast.length - MOST_ABREAST[lane]);
      for (const { name } of abreast.filter((state) => isFree(state.name)).slice(0, tooMany)) {
        layerOf.set(name, layer + 1);
      }
    }
  }
}

/** Puts what errors lead to below each other: what nothing leads to but errors moves up to where there is room. */
function stack(
  { states, transitions }: Machine,
  layerOf: Map<string, number>,
  laneOf: ReadonlyMap<string, Lane>,
): void {
  const ends = states.map(({ name }) => name).filter((name) => laneOf.get(name) === 'Ends');
  const at = (layer: number): readonly string[] => ends.filter((name) => layerOf.get(name) === layer);
  const isMovable = (name: string): boolean => transitions.every(({ to }) => to !== name);
  for (let layer = Math.max(...layerOf.values()); layer > 0; layer -= 1) {
    for (const name of at(layer).filter(isMovable)) {
      let above = layer - 1;
      while (above > 0 && at(above).length > 0) above -= 1;
      if (at(layer).length > 1 && at(above).length === 0) layerOf.set(name, above);
    }
  }
}
