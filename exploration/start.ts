/** Where a world begins: its nodes at rest, as Holdfast itself has made them. */
import type { Explorer } from './explore';
import { accept } from './functions';
import { isGoodRest, isSurelyAtRest } from './rest';
import type { State } from './state';
import { NOTHING, type Wish } from './world';

/** More than any undisturbed beginning takes. */
const MOST_ACTIONS = 2_000;

/** Creates the nodes and brings them to their first status. Nothing else happens meanwhile, and then they are old. */
export async function startOf(explorer: Explorer): Promise<State> {
  const { world } = explorer;
  const { nodes, bounds } = world;
  let state = emptyState(nodes.length);
  for (const { elasticIp } of nodes) if (elasticIp !== undefined) addElasticIp(state, elasticIp);
  for (const [node, plan] of nodes.entries()) {
    if (plan.start === 'new') continue;
    state = await undisturbed(explorer, state, { node, kind: 'create' });
    if (plan.start === 'paused') state = await undisturbed(explorer, state, { node, kind: 'pause' });
  }
  for (const [node, { start, isProtected }] of nodes.entries()) {
    if (start === 'new') explorer.functions.begin(state, { kind: 'api', wish: { node, kind: 'create' }, number: 9 });
    if (isProtected === true) protect(state);
  }
  state.left = { ...NOTHING, ...bounds };
  await explorer.functions.settle(state);
  return state;
}

async function undisturbed(explorer: Explorer, before: State, wish: Wish): Promise<State> {
  let state = before;
  explorer.functions.begin(state, { kind: 'api', wish, number: 9 });
  await explorer.functions.settle(state);
  accept(state, wish);
  for (let count = 0; count < MOST_ACTIONS; count += 1) {
    if (isSurelyAtRest(state, explorer.world)) return state;
    const [action] = explorer.actionsOf(state);
    if (action === undefined) break;
    state = (await explorer.take(state, action)).state;
  }
  const isGood = isGoodRest(state, explorer.world);
  throw new Error(`${explorer.world.name} does not come to its first rest (${isGood ? 'young' : 'bad'})`);
}

function emptyState(nodes: number): State {
  return {
    minute: 0,
    next: 1,
    ec2: { instances: {}, interfaces: {}, elasticIps: {}, shortIn: [] },
    table: { nodes: {}, claims: {}, index: {} },
    executions: [],
    usedNames: [],
    processes: [],
    events: [],
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
