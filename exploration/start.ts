/** Where a world begins: its nodes at rest, as Holdfast itself has made them. */
import type { Action } from './action';
import { accept, type Functions } from './functions';
import { isGoodRest, isSurelyAtRest } from './rest';
import type { State } from './state';
import { NOTHING, type Wish, type World } from './world';

/** More than any undisturbed beginning takes. */
const MOST_ACTIONS = 2_000;

/** An undisturbed world does not even begin well. */
export class NoFirstRest extends Error {
  override readonly name = 'NoFirstRest';
}

/** What takes a world from one state to the next. */
export interface Stepper {
  readonly world: World;
  readonly functions: Functions;
  actionsOf(state: State): readonly Action[];
  take(state: State, action: Action): Promise<{ readonly state: State }>;
}

/** Creates the nodes and brings them to their first status. Nothing else happens meanwhile, and then they are old. */
export async function startOf(stepper: Stepper): Promise<State> {
  const { world } = stepper;
  const { nodes, bounds } = world;
  let state = emptyState(nodes.length);
  for (const { elasticIp } of nodes) if (elasticIp !== undefined) addElasticIp(state, elasticIp);
  for (const [node, plan] of nodes.entries()) {
    if (plan.start === 'new') continue;
    state = await undisturbed(stepper, state, { node, kind: 'create' });
    if (plan.start === 'paused') state = await undisturbed(stepper, state, { node, kind: 'pause' });
  }
  for (const [node, { start, isProtected }] of nodes.entries()) {
    if (start === 'new') stepper.functions.begin(state, { kind: 'api', wish: { node, kind: 'create' }, number: 9 });
    if (isProtected === true) protect(state);
  }
  state.left = { ...NOTHING, ...bounds };
  await stepper.functions.settle(state);
  return state;
}

async function undisturbed(stepper: Stepper, before: State, wish: Wish): Promise<State> {
  let state = before;
  stepper.functions.begin(state, { kind: 'api', wish, number: 9 });
  await stepper.functions.settle(state);
  accept(state, wish);
  for (let count = 0; count < MOST_ACTIONS; count += 1) {
    if (isSurelyAtRest(state, stepper.world)) return state;
    const [action] = stepper.actionsOf(state);
    if (action === undefined) break;
    state = (await stepper.take(state, action)).state;
  }
  const isGood = isGoodRest(state, stepper.world);
  throw new NoFirstRest(`the world does not come to its first rest: it stays ${isGood ? 'young' : 'bad'}`);
}

export function emptyState(nodes: number): State {
  return {
    minute: 0,
    next: 1,
    ec2: { instances: {}, interfaces: {}, elasticIps: {}, refusals: [], spentTokens: [] },
    table: { nodes: {}, claims: {}, index: {} },
    executions: [],
    usedNames: [],
    processes: [],
    events: [],
    isEndless: false,
    isReconcilerDue: false,
    left: NOTHING,
    causes: [],
    wanted: Array.from({ length: nodes }, () => 'absent' as const),
  };
}

function addElasticIp({ ec2 }: State, allocationId: string): void {
  ec2.elasticIps[allocationId] ??= { allocationId, publicIp: `203.0.113.${Object.keys(ec2.elasticIps).length + 1}` };
}

function protect({ ec2 }: State): void {
  for (const each of Object.values(ec2.instances)) ec2.instances[each.id] = { ...each, isProtected: true };
}
