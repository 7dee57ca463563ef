/** Whether what a node in ERROR gives as its reason is so in the world. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import { isAlive, nodeTag } from '../play/world-facts';
import type { View } from './invariants';

/** How far back the reason may lie: an operation waits for capacity for about twelve minutes. */
const BACK_MS = 16 * 60_000;
/** Instances in a row that may end before it is waited. */
const RESTARTS = 3;
/** Instances that may end in one operation before it gives up, at the least: one, where it takes long. */
const LOSSES = 1;

type Check = (view: View, node: StatefulNode, before: StatefulNode) => boolean;

const IS_TRUE: Readonly<Record<string, Check>> = {
  NoCapacity: ({ facts, nowMs }, { config }, { operation }) =>
    facts.lackedCapacity(operation?.config ?? config, nowMs - BACK_MS, nowMs),
  ElasticIpMissing: ({ world }, { config }, { operation }) => {
    const wanted = operation?.config.compute.elasticIp ?? config.compute.elasticIp;
    return wanted !== undefined && !world.elasticIps.has(wanted);
  },
  AddressTaken: ({ world }, { id, config, givenUp = [] }, { operation }) => {
    const { privateIp } = operation?.config.compute ?? config.compute;
    // The node's own interface may hold it as well, if EC2 refuses to delete what was given up.
    const isGivenUp = (eniId: string): boolean => givenUp.some((each) => 'id' in each && each.id === eniId);
    return [...world.networkInterfaces.values()].some(
      (eni) =>
        (nodeTag(eni) !== id || isGivenUp(eni.id)) &&
        eni.privateIpAddress === (operation?.interfaceRequest?.privateIp ?? privateIp),
    );
  },
  RequestRejected: (view, node) => isRefused(view, node),
  Throttled: (view, node) => isStruck(view, node),
  ServiceUnavailable: (view, node) => isStruck(view, node),
  InstancesKeepEnding: (view, node) => endedOf(view, node) >= RESTARTS,
  // Those of the operations that it goes on with count as well.
  ReplacementsKeepEnding: (view, node) => endedOf(view, node) >= LOSSES,
  // A refusal keeps from the reconciler what there is, and a record of before does not name the instance to take it off.
  ReplacementLost: (view, node) => endedOf(view, node) >= LOSSES,
  InterfaceNotFree: (view, node) =>
    isInterfaceKept(view, node) || view.facts.refusals.length > 0 || view.facts.lost.size > 0,
  ReplacementStopped: ({ facts }, { instance }) => facts.stopped.has(instance?.id ?? ''),
  NotReady: (view, node) => isInterfaceKept(view, node) || namesGivenUp(node),
  // Deleting a node cancels its import.
  ImportCancelled: (_view, { intents }) => intents.some(({ kind }) => kind === 'delete'),
};

/** How many instances of the node have ended or stopped. */
function endedOf({ world, facts }: View, { id }: StatefulNode): number {
  const ofNode = [...world.instances.values()].filter((instance) => nodeTag(instance) === id);
  return ofNode.filter((instance) => !isAlive(instance) || facts.stopped.has(instance.id)).length;
}

/** EC2 has said so of an action that it refuses, or has refused until a moment ago. */
function isRefused({ facts, nowMs }: View, { errorReason = '' }: StatefulNode): boolean {
  const isOf = facts.refusals.some(
    ({ sentence, untilMs }) => errorReason.includes(sentence) && nowMs - untilMs < BACK_MS,
  );
  // Somebody has protected the instance. EC2 says which.
  return isOf || errorReason.includes("Modify its 'disableApiTermination' instance attribute");
}

/** Something stood between the functions and EC2 for longer than a step tries again. */
function isStruck({ facts, nowMs }: View, { id }: StatefulNode): boolean {
  return facts.causes.excuse(['call'], id, nowMs - BACK_MS);
}

/** A deletion waits until EC2 has shown for ten minutes that it made nothing more. */
function namesGivenUp({ deletion, givenUp = [], errorReason = '' }: StatefulNode): boolean {
  const ids = givenUp.map((entry) => ('id' in entry ? entry.id : entry.clientToken));
  return deletion !== undefined && ids.some((id) => errorReason.includes(id));
}

/** Slow or stuck, or somebody has laid hands on it. */
function isInterfaceKept({ world, facts, nowMs }: View, node: StatefulNode): boolean {
  const eni = world.networkInterfaces.get(node.identity.interfaceId ?? '');
  return eni?.releaseDelayMs !== undefined || facts.meddledWith(node, nowMs - BACK_MS);
}

/** When it is tried again by itself, or what a person is to do. */
function hasNextStep({ failure, errorReason = '' }: StatefulNode): boolean {
  const { nextTryAt } = failure ?? {};
  return nextTryAt === undefined ? errorReason.includes(REMEDY) : errorReason.includes(`Next try: ${nextTryAt}`);
}

const REMEDY = 'Allocate another and set compute.elasticIp.';

/** Undefined where the reason is true, and says what comes next. */
export function whyUntrue(view: View, node: StatefulNode, before: StatefulNode): string | undefined {
  const reason = node.errorReason ?? '';
  const name = /^[\w-]+ failed: ([\w.]+):/.exec(reason)?.[1];
  const check = name === undefined ? undefined : IS_TRUE[name];
  if (check === undefined) return `the reason is none that a person can act on: ${reason}`;
  if (!check(view, node, before)) return `the reason is not so: ${reason}`;
  return hasNextStep(node) ? undefined : `the reason does not say what comes next: ${reason}`;
}
