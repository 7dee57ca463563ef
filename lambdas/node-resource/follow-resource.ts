/** What each event of CloudFormation means for the node. */
import * as z from 'zod';
import { documentOf } from '../../domain/config/complete-config';
import { HoldfastError } from '../../domain/errors';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { deletionBody, deletionIn } from '../api/deletion-body';
import { isNodeId, nodeIdFor } from '../api/node-id';
import { statusItem } from '../api/node-items';
import { NodeMissing, type NodeService } from '../api/node-service';
import type { Ports } from '../ports';
import { isReplacement, patchTo } from './document-change';

/** A custom resource's values arrive as text. JSON keeps the numbers and the flags. */
const json = z.string().transform((text): unknown => JSON.parse(text));

const properties = z.object({ Document: json, Deletion: json.optional() });

const resourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  RequestId: z.string(),
  StackId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: properties,
  OldResourceProperties: properties.optional(),
  /** Our own response to the event, when the framework asks whether the resource is complete. */
  IsPolled: z.boolean().optional(),
  /** How many operations in a row had failed before the update. */
  FailuresBefore: z.number().optional(),
});

type ResourceEvent = z.infer<typeof resourceEvent>;

export interface Accepted {
  readonly PhysicalResourceId: string;
  readonly IsPolled: true;
  readonly FailuresBefore?: number;
}

export interface Progress {
  readonly IsComplete: boolean;
  readonly Data?: Readonly<Record<string, string>>;
}

/** After these, with pauses of 1, 2 and 5 minutes, a person learns why. Holdfast continues to try. */
const DELETION_FAILURES_MAX = 4;

const UNDER_WAY: Progress = { IsComplete: false };

/**
 * The response to an event names the node and makes nothing, except that an update is written. So the framework always
 * learns the id: if anything fails after that, even without a response, CloudFormation's rollback deletes the node by its
 * id. The id comes from the request, so a repeat makes no second node.
 */
export function followResource(service: NodeService, ports: Pick<Ports, 'nodes'>) {
  return async (input: unknown): Promise<Accepted | Progress> => {
    const event = resourceEvent.parse(input);
    return event.IsPolled === true ? patiently(() => progressOf(service, ports, event)) : accept(service, event);
  };
}

async function accept(service: NodeService, event: ResourceEvent): Promise<Accepted> {
  const { RequestType, PhysicalResourceId: presentId, ResourceProperties, OldResourceProperties } = event;
  const newId = nodeIdFor(keyOf(event));
  if (RequestType === 'Create' || presentId === undefined) return accepted(newId);
  if (RequestType === 'Delete') return accepted(presentId);
  // CloudFormation deletes the old node once the whole update has succeeded.
  if (isReplacement(OldResourceProperties?.Document, ResourceProperties.Document)) return accepted(newId);
  const { config, impliedFields, failure } = await service.get(presentId);
  await service.update(presentId, patchTo(documentOf(config, impliedFields), ResourceProperties.Document));
  return { ...accepted(presentId), FailuresBefore: failure?.count ?? 0 };
}

function accepted(nodeId: string): Accepted {
  return { PhysicalResourceId: nodeId, IsPolled: true };
}

async function progressOf(service: NodeService, ports: Pick<Ports, 'nodes'>, event: ResourceEvent): Promise<Progress> {
  const nodeId = event.PhysicalResourceId ?? '';
  if (event.RequestType === 'Delete') return deletionProgress(service, ports, nodeId, event.ResourceProperties);
  const key = keyOf(event);
  if (nodeId === nodeIdFor(key)) return creationProgress(await service.create(event.ResourceProperties.Document, key));
  return updateProgress(await service.get(nodeId), event.FailuresBefore ?? 0);
}

/** @throws Error with the node's `errorReason` */
function creationProgress(node: StatefulNode): Progress {
  return statusUnlessError(node) === 'ACTIVE' ? complete(node) : UNDER_WAY;
}

/**
 * A node that a person has paused gets its settings, too. The update may be what ends an ERROR: only a failure after it
 * counts.
 * @throws Error with the node's `errorReason`
 */
function updateProgress(node: StatefulNode, failuresBefore: number): Progress {
  if (node.failure !== undefined && node.failure.count <= failuresBefore) return UNDER_WAY;
  const status = statusUnlessError(node);
  const isApplied = node.appliedRevision === node.configRevision && node.operation === undefined;
  return isApplied && (status === 'ACTIVE' || status === 'PAUSED') ? complete(node) : UNDER_WAY;
}

/** An id that is not a node's is that of a resource that was never made. */
async function deletionProgress(
  service: NodeService,
  { nodes }: Pick<Ports, 'nodes'>,
  nodeId: string,
  { Deletion }: ResourceEvent['ResourceProperties'],
): Promise<Progress> {
  const node = isNodeId(nodeId) ? await nodes.get(nodeId) : undefined;
  if (node === undefined) return { IsComplete: true };
  if (node.deletion === undefined) {
    const deletion = deletionIn(deletionBody.parse({ deallocationConfig: Deletion ?? {} }));
    await service.delete(nodeId, deletion).catch(unlessMissing);
    return UNDER_WAY;
  }
  // The node may have been in ERROR before. Only failures of the deletion itself count, and most of them pass.
  if (node.failure?.operation === 'delete' && node.failure.count >= DELETION_FAILURES_MAX)
    throw new Error(`${node.id} is not deleted: ${node.errorReason ?? ''}`);
  return UNDER_WAY;
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof NodeMissing)) throw error;
}

/** @throws Error if the node is in ERROR: CloudFormation shows the message to the user */
function statusUnlessError(node: StatefulNode): string {
  const { status, errorReason } = statusItem(node);
  if (status === 'ERROR') throw new Error(`${node.id} is in ERROR: ${errorReason ?? 'no reason is recorded'}`);
  return status;
}

/** An attribute cannot be absent: a template that reads it could not be deployed. */
function complete(node: StatefulNode): Progress {
  const { privateIp, publicIp, networkInterfaceId } = statusItem(node);
  return {
    IsComplete: true,
    Data: { privateIp: privateIp ?? '', publicIp: publicIp ?? '', networkInterfaceId: networkInterfaceId ?? '' },
  };
}

/** A failure that will pass is no reason to give the resource up: the framework asks again. */
async function patiently(ask: () => Promise<Progress>): Promise<Progress> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof HoldfastError && error.category === 'transient') return UNDER_WAY;
    throw error;
  }
}

/** The same for every repeat of an event, and no other event's. */
function keyOf({ StackId, LogicalResourceId, RequestId }: ResourceEvent): string {
  return `${StackId}/${LogicalResourceId}/${RequestId}`;
}
