/**
 * Explores a world: every state that can be reached within its bounds, breadth first, each once. The way to a state is
 * the shortest one, so the story of a violation is as short as it can be.
 */
import { callViolations, stateViolations } from './properties';
import type { Action, ActionKind } from './action';
import { Actions } from './actions';
import { nameOfState } from './canonical';
import type { Definitions } from './definition';
import { Functions } from './functions';
import { findTraps, type Graph } from './graph';
import { isGoodRest } from './rest';
import { fork, type State } from './state';
import { NoFirstRest, startOf, type Stepper } from './start';
import type { World } from './world';

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** How many states are good rests. */
  readonly rests: number;
  /** The length of the longest of the shortest ways. */
  readonly depth: number;
  /** False if the limit on states ended the exploration. */
  readonly isComplete: boolean;
  readonly violations: readonly Violation[];
  /** The transitions of the definitions that were taken. */
  readonly taken: readonly string[];
}

export interface Violation {
  readonly what: string;
  /** The actions that lead to it, each by its place among those that its state allows. */
  readonly path: readonly number[];
}

export interface Limits {
  /** @default 1,000,000 */
  readonly states?: number;
  /** The exploration ends after so many violations. @default 1 */
  readonly violations?: number;
}

const NOTHING_EXPLORED: Exploration = {
  states: 0,
  transitions: 0,
  rests: 0,
  depth: 0,
  isComplete: false,
  violations: [],
  taken: [],
};

interface Visited {
  readonly state: State;
  readonly number: number;
}

/** What came of an action. */
export interface Taken {
  readonly state: State;
  readonly violations: readonly string[];
  /** What the action returned, for the story. */
  readonly said: string;
}

export class Explorer implements Stepper {
  readonly functions: Functions;
  private readonly actions: Actions;

  constructor(
    readonly world: World,
    definitions: Definitions,
  ) {
    this.functions = new Functions(world, definitions);
    this.actions = new Actions(world, this.functions);
  }

  start(): Promise<State> {
    return startOf(this);
  }

  actionsOf(state: State): readonly Action[] {
    return this.actions.of(state);
  }

  /** Applies the action to a copy of the state. */
  async take(before: State, action: Action): Promise<Taken> {
    const state = fork(before);
    const violations: string[] = [];
    this.functions.watch = (call) => violations.push(...callViolations(state, call));
    let said: unknown;
    try {
      said = await action.apply(state);
      await this.functions.settle(state);
    } catch (error) {
      // A path that leads nowhere, which Step Functions would not let any catcher catch, or a call that is not played.
      if (!(error instanceof RangeError)) throw error;
      violations.push(`cannot be explored: ${error.message}`);
    }
    return {
      state,
      said: typeof said === 'string' ? said : '',
      violations: [...violations, ...stateViolations(state)],
    };
  }

  async explore(limits: Limits = {}): Promise<Exploration> {
    try {
      return await this.exploreFrom(await this.start(), limits);
    } catch (error) {
      if (!(error instanceof NoFirstRest)) throw error;
      return { ...NOTHING_EXPLORED, violations: [{ what: error.message, path: [] }] };
    }
  }

  private async exploreFrom(
    begin: State,
    { states: most = 1_000_000, violations: mostViolations = 1 }: Limits,
  ): Promise<Exploration> {
    const graph = new Ways();
    const violations: Violation[] = [];
    graph.add(nameOfState(begin), undefined, isGoodRest(begin, this.world));
    let frontier: Visited[] = [{ state: begin, number: 0 }];
    while (frontier.length > 0 && violations.length < mostViolations && graph.size < most) {
      const next: Visited[] = [];
      for (const visited of frontier) {
        if (violations.length >= mostViolations || graph.size >= most) break;
        const found = await this.expand(visited, graph, next);
        violations.push(...found);
      }
      frontier = next;
    }
    const isComplete = frontier.length === 0;
    if (isComplete && violations.length === 0) {
      violations.push(...findTraps(graph).map(({ what, number }) => ({ what, path: graph.pathTo(number) })));
    }
    const { size, rests, edges, depth } = graph;
    return {
      states: size,
      transitions: edges,
      rests,
      depth,
      isComplete,
      violations,
      taken: [...this.functions.machines.taken].sort(),
    };
  }

  private async expand({ state, number }: Visited, graph: Ways, next: Visited[]): Promise<readonly Violation[]> {
    const violations: Violation[] = [];
    for (const [index, action] of this.actionsOf(state).entries()) {
      const taken = await this.take(state, action);
      const name = nameOfState(taken.state);
      const known = graph.numberOf(name);
      const target = known ?? graph.add(name, { from: number, action: index }, isGoodRest(taken.state, this.world));
      graph.connect(number, target, action.kind);
      if (known === undefined) next.push({ state: taken.state, number: target });
      const path = taken.violations.length === 0 ? [] : [...graph.pathTo(number), index];
      violations.push(...taken.violations.map((what) => ({ what, path })));
    }
    return violations;
  }
}

interface Arrival {
  readonly from: number;
  readonly action: number;
}

/** The graph of the states, by number, and the shortest way to each. */
class Ways implements Graph {
  private readonly numbers = new Map<string, number>();
  private readonly arrivals: (Arrival | undefined)[] = [];
  private readonly isRest: boolean[] = [];
  private readonly depths: number[] = [];
  private readonly sources: number[] = [];
  private readonly targets: number[] = [];
  private readonly kinds: ActionKind[] = [];

  get size(): number {
    return this.arrivals.length;
  }

  get edges(): number {
    return this.sources.length;
  }

  get rests(): number {
    return this.isRest.filter(Boolean).length;
  }

  get depth(): number {
    return this.depths.reduce((most, each) => Math.max(most, each), 0);
  }

  numberOf(name: string): number | undefined {
    return this.numbers.get(name);
  }

  add(name: string, arrival: Arrival | undefined, isRest: boolean): number {
    const number = this.size;
    this.numbers.set(name, number);
    this.arrivals.push(arrival);
    this.isRest.push(isRest);
    this.depths.push(arrival === undefined ? 0 : this.depths[arrival.from]! + 1);
    return number;
  }

  connect(from: number, to: number, kind: ActionKind): void {
    this.sources.push(from);
    this.targets.push(to);
    this.kinds.push(kind);
  }

  isGoodRest(number: number): boolean {
    return this.isRest[number] === true;
  }

  edge(index: number): { readonly from: number; readonly to: number; readonly kind: ActionKind } {
    return { from: this.sources[index]!, to: this.targets[index]!, kind: this.kinds[index]! };
  }

  pathTo(number: number): readonly number[] {
    const path: number[] = [];
    let arrival = this.arrivals[number];
    while (arrival !== undefined) {
      path.push(arrival.action);
      arrival = this.arrivals[arrival.from];
    }
    return path.reverse();
  }
}
