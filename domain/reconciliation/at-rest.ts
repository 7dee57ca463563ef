/**
 * What the reconciler compares of a node at rest. It is small, so that a look at all nodes reads little. A node is at
 * rest if its record asks for nothing: then the reconciler has something to do only if EC2 shows something else than
 * the record. In that case, and for every other node, it reads the whole record before it decides anything.
 */
import type { EniAttachment } from '../config/node-config';
import { unneededClaims } from '../node/claims';
import { hasUnappliedUpdate, type StatefulNode } from '../node/stateful-node';
import { awaitsElasticIp } from '../operation/elastic-ip';
import { carries, hasSecurityGroups } from '../operation/network-interface';
import type { SeenAtRest } from './reconciliation';
import type { Tagged } from './unknown';

export interface AtRest {
  readonly generation: number;
  readonly interfaceId: string;
  readonly securityGroupIds: readonly string[];
  /** The allocation id of the Elastic IP that the interface must have; absent if it needs none. */
  readonly elasticIp?: string | undefined;
  /** Absent while the node is paused. */
  readonly instance?: { readonly id: string; readonly attachment: EniAttachment } | undefined;
}

/** A node as an index shows it: possibly a moment old, so nothing may be decided from it but where to look. */
export interface Glance {
  readonly id: string;
  /** Absent if the node is not at rest. */
  readonly atRest?: AtRest | undefined;
}

/** Undefined if the node is not at rest. */
export function atRestOf(node: StatefulNode): AtRest | undefined {
  const { identity, instance, config, generation } = node;
  if (identity.interfaceId === undefined || !isQuiet(node)) return undefined;
  return {
    generation,
    interfaceId: identity.interfaceId,
    securityGroupIds: config.compute.launchSpecification.securityGroupIds,
    elasticIp: awaitsElasticIp(node) ? config.compute.elasticIp : undefined,
    instance: instance && { id: instance.id, attachment: instance.attachment },
  };
}

/** The status of a node at rest. */
export function statusOf({ instance }: Pick<AtRest, 'instance'>): 'ACTIVE' | 'PAUSED' {
  return instance === undefined ? 'PAUSED' : 'ACTIVE';
}

/** Whether the record asks for nothing, now or later. */
function isQuiet(node: StatefulNode): boolean {
  const { operation, failure, deletion, adoption, intents, givenUp = [], status } = node;
  const isSettled = [operation, failure, deletion, adoption].every((each) => each === undefined);
  const isDone = intents.length + givenUp.length + unneededClaims(node).length === 0 && !hasUnappliedUpdate(node);
  return isSettled && isDone && status === statusOf(node);
}

/** Whether EC2 shows of a node at rest what its record says. @param tagged what has the node's tag and has not ended */
export function isAsRecorded(
  atRest: AtRest,
  seen: Omit<SeenAtRest, 'hasExecutionEnded'>,
  tagged: readonly Tagged[],
): boolean {
  const { interfaceId, securityGroupIds, elasticIp } = atRest;
  const hasAddress = elasticIp === undefined || seen.elasticIp?.interfaceId === interfaceId;
  return (
    seen.interface !== undefined &&
    isCarriedAsRecorded(atRest, seen) &&
    hasSecurityGroups(seen.interface, securityGroupIds) &&
    hasAddress &&
    tagged.every((each) => isExpected(atRest, each))
  );
}

function isCarriedAsRecorded({ instance }: AtRest, seen: Omit<SeenAtRest, 'hasExecutionEnded'>): boolean {
  if (instance === undefined) return seen.interface?.attachment === undefined;
  const { id: instanceId, attachment } = instance;
  const isWell = seen.instance?.state === 'running' && seen.impairedSince === undefined;
  return isWell && carries(seen.interface, { instanceId, attachment });
}

function isExpected({ instance, interfaceId, generation }: AtRest, { id, origin }: Tagged): boolean {
  const isCurrent = !origin.isLeft && (origin.generation ?? 0) <= generation;
  return isCurrent && (id === interfaceId || id === instance?.id);
}

/** In how many runs, of one a minute, every record is read as a whole: more than four hours. */
const AUDIT_RUNS = 256;
const RUN_MS = 60_000;

/**
 * Whether this run reads the whole record of the node, even if it is at rest. So a record that cannot be read, or that a
 * person has changed by hand, is found within hours, although EC2 shows nothing of it.
 * @param now ISO 8601, UTC
 */
export function isAudited(nodeId: string, now: string): boolean {
  const run = Math.floor(Date.parse(now) / RUN_MS) % AUDIT_RUNS;
  return Number.parseInt(nodeId.slice('smi-'.length, 'smi-00'.length), 16) === run;
}
