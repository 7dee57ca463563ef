/** When the system is at rest, and whether it rests as users want it. */
import { surplusClaims } from '../domain/node/claims';
import { awaitsElasticIp } from '../domain/operation/elastic-ip';
import { carries } from '../domain/operation/network-interface';
import type { StatefulNode } from '../domain/node/stateful-node';
import { hasEnded, seenInterface } from './abstract-ec2';
import { minutesBetween, nowIn, type Instance, type Interface, type State } from './state';
import { nodeIdOf, type World } from './world';

/** Ages beyond this many minutes make no difference to any decision. */
export const OLD_MINUTES = 16;

/** Every node is as users want it, nothing is under way, and nothing is left over. */
export function isGoodRest(state: State, world: World): boolean {
  const isQuiet =
    state.executions.length === 0 &&
    state.processes.length === 0 &&
    state.events.length === 0 &&
    !state.isReconcilerDue;
  return isQuiet && areMovesOver(state) && world.nodes.every((_plan, index) => isNodeAsWanted(state, world, index));
}

function areMovesOver({ ec2 }: State): boolean {
  const isInstanceAtRest = ({ state, endsAt }: Instance): boolean =>
    state === 'terminated' || (endsAt === undefined && (state === 'running' || state === 'stopped'));
  const isInterfaceAtRest = ({ attachment }: Interface): boolean =>
    attachment === undefined || attachment.status === 'attached';
  return Object.values(ec2.instances).every(isInstanceAtRest) && Object.values(ec2.interfaces).every(isInterfaceAtRest);
}

function isNodeAsWanted(state: State, world: World, index: number): boolean {
  const id = nodeIdOf(index);
  const node = state.table.nodes[id];
  const isOurs = (each: Instance | Interface): boolean => each.nodeId === id && !each.isLeft;
  const instances = Object.values(state.ec2.instances).filter((each) => isOurs(each) && !hasEnded(each));
  const interfaces = Object.values(state.ec2.interfaces).filter(isOurs);
  const claims = Object.entries(state.table.claims).flatMap(([address, { holder }]) =>
    holder === id ? [address] : [],
  );
  switch (state.wanted[index]) {
    case 'absent':
      return node === undefined && instances.length === 0;
    case 'deleted':
      return node === undefined && instances.length === 0 && interfaces.length === 0 && mayHold(world, claims, []);
    case 'running':
      return (
        node !== undefined &&
        isSettled(node) &&
        mayHold(world, claims, node.heldClaims) &&
        runs(state, node, instances, interfaces)
      );
    case 'paused':
      return (
        node !== undefined &&
        isSettled(node) &&
        mayHold(world, claims, node.heldClaims) &&
        isPaused(state, node, instances, interfaces)
      );
    default:
      throw new RangeError(`the world has no node ${index}`);
  }
}

function isSettled(node: StatefulNode): boolean {
  const { operation, failure, intents, givenUp = [], configRevision, appliedRevision } = node;
  return (
    operation === undefined &&
    failure === undefined &&
    intents.length === 0 &&
    givenUp.length === 0 &&
    configRevision === appliedRevision &&
    surplusClaims(node).length === 0
  );
}

/**
 * A node has the claims that its record holds. A request that crashes or is throttled after its claim leaves one more,
 * which the next request for the address takes over (lambdas/api/address-claims.ts).
 */
function mayHold({ bounds }: World, claims: readonly string[], held: readonly string[]): boolean {
  const { crashes = 0, throttles = 0 } = bounds;
  const hasAll = held.every((address) => claims.includes(address));
  return hasAll && (claims.length === held.length || crashes + throttles > 0);
}

function runs(
  state: State,
  node: StatefulNode,
  instances: readonly Instance[],
  interfaces: readonly Interface[],
): boolean {
  const { status, instance, identity, config } = node;
  const [own] = interfaces;
  if (status !== 'ACTIVE' || instance === undefined || own === undefined) return false;
  return (
    instances.map(({ id }) => id).join() === instance.id &&
    instances.every((each) => each.state === 'running') &&
    interfaces.length === 1 &&
    own.id === identity.interfaceId &&
    carries(seenInterface(own, state), { instanceId: instance.id, attachment: instance.attachment }) &&
    hasElasticIp(state, config.compute.elasticIp, own.id)
  );
}

function isPaused(
  state: State,
  { status, instance, identity, config }: StatefulNode,
  instances: readonly Instance[],
  interfaces: readonly Interface[],
): boolean {
  const [own] = interfaces;
  const isKept = own === undefined || (own.id === identity.interfaceId && own.attachment === undefined);
  const wantsElasticIp = own !== undefined && awaitsElasticIp({ config });
  return (
    status === 'PAUSED' &&
    instance === undefined &&
    instances.length === 0 &&
    interfaces.length <= 1 &&
    isKept &&
    (!wantsElasticIp || hasElasticIp(state, config.compute.elasticIp, own.id))
  );
}

function hasElasticIp({ ec2 }: State, allocationId: string | undefined, interfaceId: string): boolean {
  return allocationId === undefined || ec2.elasticIps[allocationId]?.association?.interfaceId === interfaceId;
}

/** Time would change nothing any more: the system is at rest, and everything is old. */
export function isSurelyAtRest(state: State, world: World): boolean {
  return isGoodRest(state, world) && !agesIn(state).some((minutes) => minutes < OLD_MINUTES);
}

/** The ages that decisions about a node at rest depend on, in minutes. */
function agesIn(state: State): readonly number[] {
  const now = nowIn(state);
  return Object.values(state.table.nodes)
    .flatMap(({ instance, drifts, updatedAt }) => [instance?.launchedAt, instance?.activeAt, drifts?.lastAt, updatedAt])
    .filter((time) => time !== undefined)
    .map((time) => minutesBetween(time, now));
}
