/** What EC2, Step Functions and the table show of all nodes at about the same time. */
import type { UnreadableRecord } from '../../domain/errors';
import type { SeenAtRest } from '../../domain/reconciliation/reconciliation';
import { hasEnded } from '../../domain/operation/launch';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { isAhead, isUnknown, type Tagged } from '../../domain/reconciliation/unknown';
import type { Fleet, NodeList, Ports } from '../ports';

export interface Survey {
  readonly nodes: readonly StatefulNode[];
  /** Of nodes that exist, and of which nothing else is known. What carries their tags is theirs. */
  readonly unreadable: readonly UnreadableRecord[];
  seenOf(node: StatefulNode): SeenAtRest;
  /** ISO 8601, UTC; undefined where EC2's status checks of the instance do not fail. */
  impairedSince(instanceId: string | undefined): string | undefined;
  /** What carries this deployment's tag, and no record accounts for it. */
  readonly unknown: readonly Tagged[];
  /** What proves that the record of its node is older than what EC2 shows. */
  readonly ahead: readonly Tagged[];
}

export async function takeSurvey({ fleet, nodes, operations }: Ports): Promise<Survey> {
  // EC2 before the records: what it shows was made by a step whose record has been written before.
  const [instances, interfaces, elasticIps, impairments, running] = await Promise.all([
    fleet.instances(),
    fleet.interfaces(),
    fleet.elasticIps(),
    fleet.impairments(),
    operations.running(),
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
    ...judge(taggedIn(instances, interfaces), records),
    seenOf: ({ instance, identity, config, operation }) => ({
      instance: instanceOf.get(instance?.id ?? ''),
      interface: interfaceOf.get(identity.interfaceId ?? ''),
      elasticIp: elasticIpOf.get(config.compute.elasticIp ?? ''),
      impairedSince: impairedSince(instance?.id),
      // One that has just begun may not be listed yet: a look at it by itself comes before anything is started.
      hasExecutionEnded: operation !== undefined && !running.has(operation.executionId),
    }),
  };
}

/** What carries this deployment's tag and has not ended. */
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

/** A record that cannot be read may account for whatever carries its node's tag, and proves nothing. */
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
