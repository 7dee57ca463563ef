/** What EC2, Step Functions and the table show of all nodes at about the same time. */
import type { Tagged } from '../domain/orphans';
import type { SeenAtRest } from '../domain/reconciliation';
import { hasEnded } from '../domain/launch';
import type { StatefulNode } from '../domain/stateful-node';
import type { Fleet, Ports } from './ports';

export interface Survey {
  readonly nodes: readonly StatefulNode[];
  seenOf(node: StatefulNode): SeenAtRest;
  /** ISO 8601, UTC; undefined where EC2's status checks of the instance do not fail. */
  impairedSince(instanceId: string | undefined): string | undefined;
  /** What carries a node's tag and has not ended. */
  readonly instances: readonly Tagged[];
  readonly interfaces: readonly Tagged[];
}

/** Those that have run longest are the ones that may have stopped; the others have their turn in the next runs. */
const MAX_EXECUTIONS = 100;

export async function takeSurvey({ fleet, nodes, operations }: Ports): Promise<Survey> {
  // EC2 before the records: what it shows was made by a step whose record has been written before.
  const [instances, interfaces, elasticIps, impairments] = await Promise.all([
    fleet.instances(),
    fleet.interfaces(),
    fleet.elasticIps(),
    fleet.impairments(),
  ]);
  const all = await nodes.list();
  const stopped = await stoppedExecutions(operations, all);

  const instanceOf = byKey(instances, ({ id }) => id);
  const interfaceOf = byKey(interfaces, ({ id }) => id);
  const elasticIpOf = byKey(elasticIps, ({ allocationId }) => allocationId);
  const impairmentOf = byKey(impairments, ({ instanceId }) => instanceId);
  const impairedSince = (instanceId = '') => impairmentOf.get(instanceId)?.since;
  return {
    nodes: all,
    impairedSince,
    seenOf: ({ instance, identity, config, operation }) => ({
      instance: instanceOf.get(instance?.id ?? ''),
      interface: interfaceOf.get(identity.interfaceId ?? ''),
      elasticIp: elasticIpOf.get(config.compute.elasticIp ?? ''),
      impairedSince: impairedSince(instance?.id),
      hasExecutionEnded: stopped.has(operation?.executionId ?? ''),
    }),
    instances: taggedInstances(instances),
    interfaces: taggedInterfaces(interfaces),
  };
}

export function taggedInstances(listed: Awaited<ReturnType<Fleet['instances']>>): readonly Tagged[] {
  return listed.filter((instance) => !hasEnded(instance)).map(({ id, origin }) => ({ id, origin, isFree: true }));
}

export function taggedInterfaces(listed: Awaited<ReturnType<Fleet['interfaces']>>): readonly Tagged[] {
  return listed.map(({ id, origin, status }) => ({ id, origin, isFree: status === 'available' }));
}

/** Executions that have ended and left an operation in the record. */
async function stoppedExecutions(
  operations: Ports['operations'],
  nodes: readonly StatefulNode[],
): Promise<ReadonlySet<string>> {
  const running = nodes.flatMap(({ operation }) => (operation === undefined ? [] : [operation]));
  const oldest = running.sort((a, b) => a.startedAt.localeCompare(b.startedAt)).slice(0, MAX_EXECUTIONS);
  const ended = await Promise.all(oldest.map(({ executionId }) => operations.hasEnded(executionId)));
  return new Set(oldest.filter((_, index) => ended[index] === true).map(({ executionId }) => executionId));
}

function byKey<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}
