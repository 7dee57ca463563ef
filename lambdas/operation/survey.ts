/** What EC2, Step Functions and the table show of all nodes at about the same time. */
import type { SeenAtRest } from '../../domain/reconciliation/reconciliation';
import { hasEnded } from '../../domain/operation/launch';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { isAhead, isUnknown, type Tagged } from '../../domain/reconciliation/unknown';
import type { Fleet, Ports } from '../ports';

export interface Survey {
  readonly nodes: readonly StatefulNode[];
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
  const all = await nodes.list();

  const instanceOf = byKey(instances, ({ id }) => id);
  const interfaceOf = byKey(interfaces, ({ id }) => id);
  const elasticIpOf = byKey(elasticIps, ({ allocationId }) => allocationId);
  const impairmentOf = byKey(impairments, ({ instanceId }) => instanceId);
  const impairedSince = (instanceId = '') => impairmentOf.get(instanceId)?.since;
  return {
    nodes: all,
    impairedSince,
    ...judge(taggedIn(instances, interfaces), all),
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

export function judge(tagged: readonly Tagged[], nodes: readonly StatefulNode[]): Pick<Survey, 'unknown' | 'ahead'> {
  const nodeOf = byKey(nodes, ({ id }) => id);
  return {
    unknown: tagged.filter((each) => isUnknown(each, nodeOf.get(each.origin.nodeId))),
    ahead: tagged.filter((each) => isAhead(each, nodeOf.get(each.origin.nodeId))),
  };
}

function byKey<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}
