/**
 * One run of the reconciler: a survey of all nodes at a cost that grows with EC2's pages, then a closer look at those
 * that seem to be wrong. Nothing is written where nothing is wrong.
 */
import { decideMending, type SeenAtRest } from '../domain/reconciliation';
import type { StatefulNode } from '../domain/stateful-node';
import { removeOrphans, type OrphanOutcome } from './orphans';
import type { Ports } from './ports';
import { takeSurvey, type Survey } from './survey';

export interface Reconciled extends OrphanOutcome {
  readonly nodes: number;
  /** What was started, as `<node>: <operation>`. */
  readonly started: readonly string[];
  /** What could not be looked at or mended this time. It kept nobody else waiting. */
  readonly failures: readonly unknown[];
}

/** A run that starts more would only meet EC2's rate limits; the next one is a minute away. */
const MAX_STARTS = 100;

/** @throws the transient errors of `domain/errors.ts` where the survey fails */
export async function reconcile(ports: Ports): Promise<Reconciled> {
  const survey = await takeSurvey(ports);
  const now = ports.time.now().toISOString();
  const suspects = survey.nodes.filter((node) => decideMending(node, survey.seenOf(node), now) !== undefined);
  const looks = await Promise.allSettled(suspects.slice(0, MAX_STARTS).map(({ id }) => mend(ports, id, survey)));
  const { failures, ...orphans } = await removeOrphans(ports, survey);
  return {
    nodes: survey.nodes.length,
    started: looks.flatMap((look) => (look.status === 'fulfilled' && look.value !== undefined ? [look.value] : [])),
    ...orphans,
    failures: [...looks.flatMap((look) => (look.status === 'rejected' ? [look.reason as unknown] : [])), ...failures],
  };
}

/** Looks at the node itself, because a listing may be a moment old, and starts what is missing. */
async function mend(ports: Ports, nodeId: string, survey: Survey): Promise<string | undefined> {
  const node = await ports.nodes.get(nodeId);
  if (node === undefined) return undefined;
  const seen = { ...(await lookAt(ports, node)), impairedSince: survey.impairedSince(node.instance?.id) };
  const now = ports.time.now().toISOString();
  const mending = decideMending(node, seen, now);
  if (mending === undefined) return undefined;
  const { kind, request } = mending;
  await ports.log.append(nodeId, { createdAt: now, severity: 'WARN', message: `reconciler: ${request.reason}` });
  // Once a minute: a start that came to nothing is not in the way of the next.
  const minute = now.slice(0, 16).replace(/\D/g, '');
  await ports.operations.start(kind, request, `${nodeId}-${kind}-${node.generation}-${minute}`);
  return `${nodeId}: ${kind}`;
}

async function lookAt(
  { instances, interfaces, elasticIps, operations }: Ports,
  { instance, identity, config, operation }: StatefulNode,
): Promise<SeenAtRest> {
  const { elasticIp } = config.compute;
  const [seenInstance, seenInterface, seenElasticIp, hasExecutionEnded] = await Promise.all([
    instance && instances.observe(instance.id),
    identity.interfaceId === undefined ? undefined : interfaces.observe(identity.interfaceId),
    elasticIp === undefined ? undefined : elasticIps.observe(elasticIp),
    operation !== undefined && operations.hasEnded(operation.executionId),
  ]);
  return { instance: seenInstance, interface: seenInterface, elasticIp: seenElasticIp, hasExecutionEnded };
}
