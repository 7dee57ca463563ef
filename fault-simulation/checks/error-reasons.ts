/** Checks that the reason which a node in ERROR gives is true in the simulated world. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import { isAlive, nodeTag } from '../facts/world-facts';
import type { View } from './invariants';

/** How old the cause of a reason may be: an operation waits for capacity for about 12 minutes. */
const LOOK_BACK_MS = 16 * 60_000;
/** How many instances may end in a row before the node waits with the next launch. */
const RESTARTS = 3;
/** The least number of ended instances after which an operation fails: one, if the operation takes long. */
const LOSSES = 1;

type Check = (view: View, node: StatefulNode, before: StatefulNode) => boolean;

const IS_TRUE: Readonly<Record<string, Check>> = {
  NoCapacity: ({ facts, nowMs }, { config }, { operation }) =>
    facts.lackedCapacity(operation?.config ?? config, nowMs - LOOK_BACK_MS, nowMs),
  ElasticIpMissing: ({ world }, { config }, { operation }) => {
    const wanted = operation?.config.compute.elasticIp ?? config.compute.elasticIp;
    return wanted !== undefined && !world.elasticIps.has(wanted);
  },
  AddressTaken: ({ world, facts }, { id, config, identity }, { operation }) => {
    // An address that came from the subnet is wanted back too.
    const { privateIp = identity.privateIp } = operation?.config.compute ?? config.compute;
    return [...world.networkInterfaces.values()].some(
      (eni) =>
        (nodeTag(eni) !== id || facts.lookalikes.has(eni.id)) &&
        eni.privateIpAddress === (operation?.interfaceRequest?.privateIp ?? privateIp),
    );
  },
  RequestRejected: (view, node) => isRefused(view, node),
  Throttled: (view, node) => hasCallFault(view, node),
  ServiceUnavailable: (view, node) => hasCallFault(view, node),
  // The last of many tries may be the one that hangs or crashes.
  'Sandbox.Timedout': (view, node) => hasCallFault(view, node),
  'Runtime.ExitError': (view, node) => hasCallFault(view, node),
  InstancesKeepEnding: (view, node) => endedOf(view, node) >= RESTARTS,
  // The ended instances of the operations that this one continues count as well.
  ReplacementsKeepEnding: (view, node) => endedOf(view, node) >= LOSSES,
  // During a refusal the reconciler cannot see the interface. A restored record may lack its instance.
  ReplacementLost: (view, node) => endedOf(view, node) >= LOSSES,
  InterfaceNotFree: (view, node) =>
    isInterfaceKept(view, node) || view.facts.refusals.length > 0 || view.facts.lost.size > 0,
  ReplacementStopped: ({ facts, world }, { id }) =>
    [...facts.stopped].some((instanceId) => nodeTag(world.instances.get(instanceId)) === id),
  // A restored record may lack the replacement that it waits for.
  NotReady: (view, node) =>
    isInterfaceKept(view, node) || namesGivenUp(node) || namesAwaited(view, node) || view.facts.lost.size > 0,
  // Deleting a node cancels its import.
  ImportCancelled: (_view, { intents }) => intents.some(({ kind }) => kind === 'delete'),
};

/** How many instances of the node have ended or stopped. */
function endedOf({ world, facts }: View, { id }: StatefulNode): number {
  const ofNode = [...world.instances.values()].filter((instance) => nodeTag(instance) === id);
  return ofNode.filter((instance) => !isAlive(instance) || facts.stopped.has(instance.id)).length;
}

/** Whether EC2 gave this reason for an action that it refuses, or refused until recently. */
function isRefused({ facts, nowMs }: View, node: StatefulNode): boolean {
  const { errorReason = '' } = node;
  const isInjected = facts.refusals.some(
    ({ sentence, untilMs }) => errorReason.includes(sentence) && nowMs - untilMs < LOOK_BACK_MS,
  );
  // The instance is protected from termination. EC2's message names this attribute.
  const isProtected = errorReason.includes("Modify its 'disableApiTermination' instance attribute");
  // A user has attached the interface to an instance that is not ours, just before a call that names the interface.
  const isOfStranger = errorReason.includes('UnauthorizedOperation') && errorReason.includes(':instance/');
  return isInjected || isProtected || (isOfStranger && facts.isExternallyChanged(node, nowMs - LOOK_BACK_MS));
}

/** Whether calls were faulted recently, which may have lasted longer than a step retries. */
function hasCallFault({ facts, nowMs }: View, { id }: StatefulNode): boolean {
  return facts.causes.excuse(['call'], id, nowMs - LOOK_BACK_MS);
}

/**
 * A deletion waits until EC2 has shown no new resource for ten minutes. The node's own former interface holds the address
 * for as long as EC2 refuses to delete it.
 */
function namesGivenUp({ givenUp = [], errorReason = '' }: StatefulNode): boolean {
  return givenUp.some((entry) => errorReason.includes('id' in entry ? entry.id : entry.clientToken));
}

/** A new node waits for the addresses of a node whose deletion takes long. */
function namesAwaited({ nodes }: View, { awaitedNodeIds = [], errorReason = '' }: StatefulNode): boolean {
  return awaitedNodeIds.some((id) => nodes.has(id) && errorReason.includes(id));
}

/** Whether the interface is slow or stuck, or a console user changed it. */
function isInterfaceKept({ world, facts, nowMs }: View, node: StatefulNode): boolean {
  const eni = world.networkInterfaces.get(node.identity.interfaceId ?? '');
  return eni?.releaseDelayMs !== undefined || facts.isExternallyChanged(node, nowMs - LOOK_BACK_MS);
}

/** Whether the reason says when Holdfast retries, or what a person must do. */
function hasNextStep({ failure, errorReason = '' }: StatefulNode): boolean {
  const { nextTryAt } = failure ?? {};
  return nextTryAt === undefined ? errorReason.includes(REMEDY) : errorReason.includes(`Next try: ${nextTryAt}`);
}

const REMEDY = 'Allocate another and set compute.elasticIp.';

/** Why the node's reason is wrong; undefined if it is true and says what comes next. */
export function whyUntrue(view: View, node: StatefulNode, before: StatefulNode): string | undefined {
  const reason = node.errorReason ?? '';
  const name = /^[\w-]+ failed: ([\w.]+):/.exec(reason)?.[1];
  const check = name === undefined ? undefined : IS_TRUE[name];
  if (check === undefined) return `the reason is none that a person can act on: ${reason}`;
  if (!check(view, node, before)) return `the reason is not true: ${reason}`;
  return hasNextStep(node) ? undefined : `the reason does not say what comes next: ${reason}`;
}
