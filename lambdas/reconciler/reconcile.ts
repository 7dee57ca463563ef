/**
 * One run of the reconciler: a survey of all nodes, whose cost grows with EC2's pages, then a closer look at the nodes
 * that seem to need a repair. It writes nothing if nothing is wrong, and starts nothing if the table is in doubt.
 */
import type { UnreadableRecord } from '../../domain/errors';
import { decideHealing } from '../../domain/reconciliation/healing';
import { decideRepair, type Repair, type SeenAtRest } from '../../domain/reconciliation/reconciliation';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { areMany, type Tagged } from '../../domain/reconciliation/unknown';
import { deleteExpired, NOTHING_EXPIRED } from './delete-expired';
import { removeGivenUp } from '../operation/remove-given-up';
import type { Ports } from '../ports';
import { takeSurvey, type Survey } from '../operation/survey';
import { Findings } from './findings';
import { paced } from './paced';
import { reportOn, type Report } from './report';

export interface Reconciled {
  readonly nodes: number;
  readonly report: Report;
  /** The records that cannot be read. We leave their nodes as they are. */
  readonly unreadable: readonly UnreadableRecord[];
  /** The operations started, as `<node>: <operation>`. */
  readonly started: readonly string[];
  /** Why the run started nothing, or nothing that replaces or removes. Undefined if all is well. */
  readonly halted: string | undefined;
  /** The ids of what has this deployment's tag and no record. */
  readonly unknown: readonly string[];
  /** The ids of the nodes whose checks fail and which we do not heal, because too many fail at once. */
  readonly held: readonly string[];
  /** The ids of what a deletion had left for a limited time, and what this run has deleted. */
  readonly expired: readonly string[];
  /** The errors of the looks, repairs and removals that failed. They did not hold up the others. */
  readonly failures: readonly unknown[];
}

/** So many nodes a run looks at closely, and so many it frees of what they gave up. The next run, in a minute, goes on. */
const MAX_STARTS = 100;

/** @throws the transient errors of `domain/errors.ts` if the survey fails */
export async function reconcile(ports: Ports): Promise<Reconciled> {
  const findings = new Findings(() => ports.time.now().toISOString());
  const survey = await takeSurvey(ports, findings);
  const { nodes, unreadable, unknown } = survey;
  const doubt = await doubtOf(ports, survey);
  const done = doubt === undefined ? await repairAll(ports, survey, findings) : { ...NOTHING_DONE, halted: doubt };
  // Last, because no repair may wait for it.
  const { report, failures } = await reportOn(ports, findings, doubt !== undefined);
  return {
    nodes,
    report,
    unreadable,
    unknown: unknown.map(({ id }) => id),
    ...done,
    failures: [...done.failures, ...failures],
  };
}

type Done = Pick<Reconciled, 'started' | 'halted' | 'held' | 'expired' | 'failures'>;

const NOTHING_DONE: Done = { started: [], halted: undefined, held: [], expired: [], failures: [] };

async function repairAll(ports: Ports, survey: Survey, findings: Findings): Promise<Done> {
  const { nodes, unreadable, unknown } = survey;
  const halted = areMany(unknown.length, nodes + unreadable.length)
    ? `${unknown.length} instances and interfaces carry the tag of this deployment, and no record accounts for them`
    : undefined;
  const { due, held } = dueIn(nodes, findings, halted !== undefined);
  const looks = await paced(ports, due.slice(0, MAX_STARTS), (nodeId) => repairNode(ports, nodeId, survey));
  const givingUp = halted === undefined ? findings.givingUp.slice(0, MAX_STARTS) : [];
  const removals = await paced(ports, givingUp, (id) => removeGivenUp(ports, id));
  const expired = halted === undefined ? await deleteExpired(ports, survey) : NOTHING_EXPIRED;
  return {
    started: looks.flatMap((look) => (look.status === 'fulfilled' && look.value !== undefined ? [look.value] : [])),
    halted,
    held,
    expired: expired.deleted,
    failures: [
      ...[...looks, ...removals].flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : [])),
      ...expired.failures,
    ],
  };
}

/** Why the table is in doubt. If it has no nodes and EC2 shows nothing with our tag, the table is only new. */
async function doubtOf(
  { ownership, time }: Ports,
  { nodes, unreadable, unknown, ahead }: Survey,
): Promise<string | undefined> {
  const [first] = ahead;
  if (first !== undefined) await ownership.halt(describeAhead(first, ahead.length), time.now().toISOString());
  const isNew = nodes + unreadable.length === 0 && unknown.length === 0;
  return isNew ? undefined : ownership.doubt();
}

function describeAhead({ id, origin: { nodeId } }: Tagged, count: number): string {
  const others = count === 1 ? '' : ` (and ${count - 1} more)`;
  return `the records are older than what EC2 shows: ${id} of ${nodeId}${others} was made, or left, after its record was written`;
}

/** The nodes that seem to need a repair, without those that a limit holds back. */
function dueIn(
  nodes: number,
  { repairs, beingHealed }: Findings,
  isHalted: boolean,
): { readonly due: readonly string[]; readonly held: readonly string[] } {
  const { heal, held } = decideHealing({ nodes, beingHealed }, repairs);
  const isDue = ({ request: { cause, nodeId } }: Repair): boolean => {
    if (isHalted && (cause === 'lost' || cause === 'unhealthy')) return false;
    return cause !== 'unhealthy' || heal.includes(nodeId);
  };
  return { due: repairs.filter(isDue).map(({ request }) => request.nodeId), held };
}

/** Looks at the node itself, because the survey may be a moment old, and starts its repair. */
async function repairNode(ports: Ports, nodeId: string, survey: Survey): Promise<string | undefined> {
  const node = await ports.nodes.get(nodeId);
  if (node === undefined) return undefined;
  const seen = { ...(await lookAt(ports, node)), impairedSince: survey.impairedSince(node.instance?.id) };
  const now = ports.time.now().toISOString();
  const repair = decideRepair(node, seen, now);
  if (repair === undefined) return undefined;
  const { kind, request } = repair;
  await ports.log.append(nodeId, { createdAt: now, severity: 'WARN', message: `reconciler: ${request.reason}` });
  await ports.operations.start(kind, request, `${nodeId}-${kind}-${node.generation}-${periodOf(now)}`);
  return `${nodeId}: ${kind}`;
}

/** If an execution cannot even take its node, the next period starts it again: at most twelve times an hour. */
const PERIOD_MS = 5 * 60_000;

/** Part of an execution's name, so that a repair starts once a period while the record does not change. */
function periodOf(now: string): string {
  return String(Math.floor(Date.parse(now) / PERIOD_MS));
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
