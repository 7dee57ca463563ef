/** The API's representation of nodes: flat items with the field names of the document. */
import * as z from 'zod';
import { nodeDocumentSchema } from '../../domain/config/node-config';
import { id } from '../../domain/config/ids';
import { documentOf } from '../../domain/config/complete-config';
import { shownStatus } from '../../domain/operation/intents';
import { hasUnappliedUpdate, type StatefulNode } from '../../domain/node/stateful-node';
import { lastReplacementItem, lastReplacementSchema } from './away-items';
import { NODE_STATUSES } from './shown-names';
import { LOG_SEVERITIES, type LogEntry } from '../../domain/node/node-log';

const nodeId = id('smi').describe("The node's id, for example smi-0a1b2c3d.");
const instant = z.iso.datetime();

/** The document as it was configured, with the node's id and times. */
export const nodeItemSchema = z
  .strictObject({
    ...nodeDocumentSchema.shape,
    id: nodeId,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Node' });

/** The list has every document twice: some clients read `items[].name`, others `items[].config.name`. */
export const listedNodeItemSchema = nodeItemSchema
  .extend({ config: nodeDocumentSchema.describe('The same configuration again, for clients that read it here.') })
  .meta({ id: 'ListedNode' });

/** Every field is always present: what a node does not have (yet) is `null`. */
export const statusItemSchema = z
  .strictObject({
    id: nodeId,
    name: z.string(),
    status: z.enum(NODE_STATUSES),
    errorReason: z
      .string()
      .nullable()
      .describe('In ERROR, and while it is tried again: what failed, what is kept, and what to do.'),
    nextTryAt: instant.nullable().describe('When what failed is tried again. `null`: nothing is, by itself.'),
    operation: z
      .strictObject({ kind: z.string(), startedAt: instant, reason: z.string() })
      .nullable()
      .describe('The operation under way, and its reason.'),
    isUpdatePending: z
      .boolean()
      .describe(
        'Whether an update still has settings to apply to the running instance, its volumes and the interface.',
      ),
    waitsForLaunch: z
      .array(
        z.strictObject({
          field: z.string().describe('Like `compute.launchSpecification.imageId`.'),
          running: z
            .unknown()
            .describe('What the present instance was launched with. `null`: no value. Of user data, always `null`.'),
        }),
      )
      .describe('The settings that wait for the next launch, because the present instance was launched with others.'),
    instanceId: id('i').nullable(),
    instanceType: z.string().nullable(),
    lifeCycle: z.enum(['spot', 'on_demand']).nullable().describe('The capacity that the instance uses.'),
    imageId: id('ami'),
    availabilityZone: z.string().nullable().describe('The zone of the persisted interface, and so of the instance.'),
    networkInterfaceId: id('eni').nullable().describe('The persisted interface.'),
    macAddress: z.string().nullable(),
    privateIp: z.string().nullable(),
    publicIp: z.string().nullable().describe("The Elastic IP's address."),
    ipv6Address: z.string().nullable(),
    lastReplacement: lastReplacementSchema.nullable().describe('The last one that was confirmed. `null`: none was.'),
    createdAt: instant,
    launchedAt: instant.nullable().describe('When the instance was launched.'),
  })
  .meta({ id: 'NodeStatus' });

export const logItemSchema = z
  .strictObject({
    createdAt: instant,
    severity: z.enum(LOG_SEVERITIES),
    message: z.string(),
  })
  .meta({ id: 'LogEntry' });

type NodeItem = z.infer<typeof nodeItemSchema>;

export function nodeItem({ id, config, impliedFields, createdAt, updatedAt }: StatefulNode): NodeItem {
  return { ...documentOf(config, impliedFields), id, createdAt, updatedAt };
}

export function listedNodeItem(node: StatefulNode): z.infer<typeof listedNodeItemSchema> {
  return { ...nodeItem(node), config: documentOf(node.config, node.impliedFields) };
}

export function statusItem(node: StatefulNode): z.infer<typeof statusItemSchema> {
  const { id, config, identity, instance, operation } = node;
  return {
    id,
    name: config.name,
    status: shownStatus(node),
    errorReason: node.errorReason ?? null,
    nextTryAt: node.failure?.nextTryAt ?? null,
    operation: operation === undefined ? null : shownOperation(operation),
    isUpdatePending: hasUnappliedUpdate(node),
    ...shownInstance(instance),
    imageId: instance?.imageId ?? config.compute.launchSpecification.imageId,
    availabilityZone: identity.availabilityZone ?? null,
    networkInterfaceId: identity.interfaceId ?? null,
    macAddress: identity.macAddress ?? null,
    privateIp: identity.privateIp ?? null,
    publicIp: identity.publicIp ?? null,
    ipv6Address: identity.ipv6Address ?? null,
    lastReplacement: node.lastReplacement === undefined ? null : lastReplacementItem(node.lastReplacement),
    createdAt: node.createdAt,
  };
}

export function logItem({ createdAt, severity, message }: LogEntry): z.infer<typeof logItemSchema> {
  return { createdAt, severity, message };
}

function shownOperation({ kind, startedAt, reason }: NonNullable<StatefulNode['operation']>) {
  return { kind, startedAt, reason };
}

function shownInstance(instance: StatefulNode['instance']) {
  return {
    instanceId: instance?.id ?? null,
    instanceType: instance?.instanceType ?? null,
    lifeCycle: instance?.lifeCycle ?? null,
    launchedAt: instance?.launchedAt ?? null,
    waitsForLaunch: Object.entries(instance?.outdated ?? {}).map(([field, running]) => ({ field, running })),
  };
}
