/** Whether what a node in ERROR gives as its reason is so in the world. */
import { GENERATION_TAG, type StatefulNode } from '../domain/stateful-node';
import { isAlive, nodeTag, type View } from './invariants';

/** How far back the reason may lie: an operation waits for capacity for about twelve minutes. */
const BACK_MS = 16 * 60_000;
/** Instances that may end in one operation before it gives up, at the least. */
const LOSSES = 5;

type Check = (view: View, node: StatefulNode, before: StatefulNode) => boolean;

const IS_TRUE: Readonly<Record<string, Check>> = {
  NoCapacity: ({ facts, nowMs }, { config }, { operation }) =>
    facts.lackedCapacity(operation?.config ?? config, nowMs - BACK_MS, nowMs),
  ElasticIpMissing: ({ world }, { config }, { operation }) => {
    const wanted = operation?.config.compute.elasticIp ?? config.compute.elasticIp;
    return wanted !== undefined && !world.elasticIps.has(wanted);
  },
  AddressTaken: ({ world }, { id, config }, { operation }) => {
    const { privateIp } = operation?.config.compute ?? config.compute;
    return [...world.networkInterfaces.values()].some(
      (eni) => nodeTag(eni) !== id && eni.privateIpAddress === (operation?.interfaceRequest?.privateIp ?? privateIp),
    );
  },
  ReplacementsKeepEnding: ({ world }, { id }, { operation }) =>
    [...world.instances.values()].filter(
      (instance) =>
        nodeTag(instance) === id &&
        instance.tags.current[GENERATION_TAG] === String(operation?.generation) &&
        !isAlive(instance),
    ).length >= LOSSES,
  InterfaceNotFree: (view, node) => isInterfaceKept(view, node),
  NotReady: (view, node) => isInterfaceKept(view, node),
};

/** Slow or stuck, or somebody has laid hands on it. */
function isInterfaceKept({ world, facts, nowMs }: View, node: StatefulNode): boolean {
  const eni = world.networkInterfaces.get(node.identity.interfaceId ?? '');
  return eni?.releaseDelayMs !== undefined || facts.meddledWith(node, nowMs - BACK_MS);
}

/** Undefined where the reason is true. */
export function whyUntrue(view: View, node: StatefulNode, before: StatefulNode): string | undefined {
  const reason = node.errorReason ?? '';
  const name = /^[\w-]+ failed: ([\w.]+):/.exec(reason)?.[1];
  const check = name === undefined ? undefined : IS_TRUE[name];
  if (check === undefined) return `the reason is none that a person can act on: ${reason}`;
  return check(view, node, before) ? undefined : `the reason is not so: ${reason}`;
}
