/** What EC2, Step Functions and the table show of all nodes, read at about the same time. */
import type { UnreadableRecord } from '../../domain/errors';
import type { SeenAtRest } from '../../domain/reconciliation/reconciliation';
import type { SeenAddress } from '../../domain/monitoring/missing-address';
import { hasEnded } from '../../domain/operation/launch';
import type { SeenVolume } from '../../domain/node/observations';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { isAhead, isUnknown, type Tagged } from '../../domain/reconciliation/unknown';
import type { Fleet, NodeList, Ports } from '../ports';

export interface Survey {
  readonly nodes: readonly StatefulNode[];
  /** Their nodes exist, and we know nothing else about them. What has their tags belongs to them. */
  readonly unreadable: readonly UnreadableRecord[];
  seenOf(node: StatefulNode): SeenAtRest;
  addressOf(node: StatefulNode): SeenAddress;
  /** ISO 8601, UTC. Undefined unless EC2's status checks of the instance fail. */
  impairedSince(instanceId: string | undefined): string | undefined;
  /** What has this deployment's tag and no record. */
  readonly unknown: readonly Tagged[];
  /** What deletions have left. */
  readonly leftInterfaces: Awaited<ReturnType<Fleet['interfaces']>>;
  /** What deletions have left, or why EC2 did not list it: repairs do not depend on volumes. */
  readonly leftVolumes: PromiseSettledResult<readonly SeenVolume[]>;
  /** What proves that its node's record is older than what EC2 shows. */
  readonly ahead: readonly Tagged[];
}

export async function takeSurvey({ fleet, volumes, nodes, operations }: Ports): Promise<Survey> {
  // We read EC2 before the records: a step writes the record before it makes what EC2 shows.
  const [instances, interfaces, elasticIps, impairments, running, [leftVolumes]] = await Promise.all([
    fleet.instances(),
    fleet.interfaces(),
    fleet.elasticIps(),
    fleet.impairments(),
    operations.running(),
    Promise.allSettled([volumes.left()]),
  ]);
  const records = await nodes.list();

  const instanceOf = byKey(instances, ({ id }) => id);
  const interfaceOf = byKey(interfaces, ({ id }) => id);
  const elasticIpOf = byKey(elasticIps, ({ allocationId }) => allocationId);
  const impairmentOf = byKey(impairments, ({ instanceId }) => instanceId);
  const impairedSince = (instanceId = '') => impairmentOf.get(instanceId)?.since;
  return {
    ...records,
    impairedSince,
    leftVolumes,
    leftInterfaces: interfaces.filter(({ origin }) => origin.isLeft),
    ...judge(taggedIn(instances, interfaces), records),
    addressOf: ({ identity, config }) => {
      const eni = interfaceOf.get(identity.interfaceId ?? '');
      return {
        interface: eni,
        holder: instanceOf.get(eni?.attachment?.instanceId ?? ''),
        elasticIp: elasticIpOf.get(config.compute.elasticIp ?? ''),
      };
    },
    seenOf: ({ instance, identity, config, operation }) => ({
      instance: instanceOf.get(instance?.id ?? ''),
      interface: interfaceOf.get(identity.interfaceId ?? ''),
      elasticIp: elasticIpOf.get(config.compute.elasticIp ?? ''),
      impairedSince: impairedSince(instance?.id),
      // An execution that has just begun may not be listed yet. Before a repair starts, we look at it by itself.
      hasExecutionEnded: operation !== undefined && !running.has(operation.executionId),
    }),
  };
}

/** What has this deployment's tag and has not ended. */
export function taggedIn(
  instances: Awaited<ReturnType<Fleet['instances']>>,
  interfaces: Awaited<ReturnType<Fleet['interfaces']>>,
): readonly Tagged[] {
  const living = instances.filter((instance) => !hasEnded(instance));
  return [
    ...living.map(({ id, origin }): Tagged => ({ kind: 'instance', id, origin })),
    ...interfaces.map(({ id, origin }): Tagged => ({ kind: 'interface', id, origin })),
  ];
}

/**
 * Finds what is unknown, and what is ahead of its record. Resources of a node whose record is unreadable are neither:
 * the record may contain them, and it proves nothing.
 */
export function judge(tagged: readonly Tagged[], { nodes, unreadable }: NodeList): Pick<Survey, 'unknown' | 'ahead'> {
  const nodeOf = byKey(nodes, ({ id }) => id);
  const unreadableIds = new Set(unreadable.map(({ record }) => record.id));
  const judged = tagged.filter(({ origin }) => !unreadableIds.has(origin.nodeId));
  return {
    unknown: judged.filter((each) => isUnknown(each, nodeOf.get(each.origin.nodeId))),
    ahead: judged.filter((each) => isAhead(each, nodeOf.get(each.origin.nodeId))),
  };
}

function byKey<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}
