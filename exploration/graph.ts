/** What only the whole graph shows: states from which no good rest can be reached, and cycles without a wait. */
import type { Action } from './actions';

export interface Graph {
  /** States are numbered from 0, in the order in which they were found. */
  readonly size: number;
  /** How many edges there are. */
  readonly edges: number;
  edge(index: number): { readonly from: number; readonly to: number; readonly kind: Action['kind'] };
  isGoodRest(number: number): boolean;
}

export interface Trap {
  readonly what: string;
  /** The number of a state. */
  readonly number: number;
}

/** The first of each kind. */
export function findTraps(graph: Graph): readonly Trap[] {
  const stuck = firstWithoutRest(graph);
  const busy = firstBusyCycle(graph);
  return [
    ...(stuck === undefined
      ? []
      : [{ what: 'no good rest can be reached from here, whatever happens', number: stuck }]),
    ...(busy === undefined ? [] : [{ what: 'steps run in a cycle without a wait', number: busy }]),
  ];
}

/** The first state from which no good rest can be reached without more trouble. */
function firstWithoutRest(graph: Graph): number | undefined {
  const into = adjacency(graph, ({ kind }) => kind !== 'world', 'to');
  const reaches = new Uint8Array(graph.size);
  const open: number[] = [];
  const reach = (number: number): void => {
    if (reaches[number] === 1) return;
    reaches[number] = 1;
    open.push(number);
  };
  for (let number = 0; number < graph.size; number += 1) if (graph.isGoodRest(number)) reach(number);
  for (let number = open.pop(); number !== undefined; number = open.pop()) into.of(number).forEach(reach);
  const first = reaches.indexOf(0);
  return first === -1 ? undefined : first;
}

/** The first state on a cycle in which Holdfast and EC2 only go on. */
function firstBusyCycle(graph: Graph): number | undefined {
  const onward = adjacency(graph, ({ kind }) => kind === 'step', 'from');
  // 0: new. 1: on the way. 2: done. A state that is on the way and is met again closes a cycle.
  const marks = new Uint8Array(graph.size);
  for (let root = 0; root < graph.size; root += 1) {
    if (marks[root] !== 0) continue;
    const way: { readonly number: number; readonly next: Iterator<number> }[] = [];
    const enter = (number: number): void => {
      marks[number] = 1;
      way.push({ number, next: onward.of(number)[Symbol.iterator]() });
    };
    enter(root);
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const { value, done } = last.next.next();
      if (done === true) {
        marks[last.number] = 2;
        way.pop();
      } else if (marks[value] === 1) return value;
      else if (marks[value] === 0) enter(value);
    }
  }
  return undefined;
}

interface Adjacency {
  of(number: number): readonly number[];
}

/** The neighbours of each state along the edges that count: those that it leads to, or those that lead to it. */
function adjacency(graph: Graph, counts: (edge: ReturnType<Graph['edge']>) => boolean, at: 'from' | 'to'): Adjacency {
  const neighbours = new Map<number, number[]>();
  for (let index = 0; index < graph.edges; index += 1) {
    const edge = graph.edge(index);
    if (!counts(edge)) continue;
    const known = neighbours.get(edge[at]);
    const other = at === 'from' ? edge.to : edge.from;
    if (known === undefined) neighbours.set(edge[at], [other]);
    else known.push(other);
  }
  return { of: (number) => neighbours.get(number) ?? [] };
}
