/** Holdfast's own routes for the deployment as a whole: its state, and the rebuild of its records. */
import * as z from 'zod';
import { describedId } from '../../domain/config/ids';
import { REBUILD_OUTCOMES, type DeploymentState, type Rebuilt } from './recovery-service';
import { fieldApiError } from './error-responses';
import { route, type Route } from './route';

const unknownSchema = z
  .strictObject({
    id: describedId('i', 'eni'),
    kind: z.enum(['instance', 'interface']),
    managedInstanceId: describedId('smi').describe('The node that the tag names.'),
    managedInstanceName: z.string().nullable(),
  })
  .describe('Has the tag of this deployment, and no record. Holdfast never removes it.');

const unreadableSchema = z
  .strictObject({
    managedInstanceId: describedId('smi'),
    field: z.string().describe('The attribute of the record, for example `identity.privateIp`.'),
    message: z.string(),
  })
  .describe('A node whose record cannot be read. Its instance keeps running, but Holdfast does nothing for the node.');

const deploymentItemSchema = z
  .strictObject({
    deployment: z.string().describe("The stack's name: the tag of everything that the stack creates."),
    inDoubt: z
      .string()
      .nullable()
      .describe('Why the table is in doubt, so that Holdfast does not act on its records; null if it is not.'),
    nodeCount: z.int().min(0),
    unreadable: z.array(unreadableSchema),
    unknown: z.array(unknownSchema),
  })
  .meta({ id: 'Deployment' });

const rebuiltItemSchema = z
  .strictObject({
    managedInstanceId: describedId('smi'),
    outcome: z
      .enum(REBUILD_OUTCOMES)
      .describe(
        'What was done with the record, or would be done. `refused`: see `errors` for what is missing. `removed`: the ' +
          'node was deleted after its record was written. `unreadable`: the record cannot be read and is left as it is; ' +
          'see `errors`. `unseen`: EC2 has nothing of the node, and the record is left as it is.',
      ),
    name: z.string().nullable(),
    networkInterfaceId: describedId('eni').nullable(),
    privateIp: z.string().nullable(),
    publicIp: z.string().nullable(),
    instanceId: describedId('i').nullable(),
    unread: z.array(z.string()).describe('The fields that EC2 does not show. They have their defaults.'),
    others: z.array(describedId('i', 'eni')).describe("What else has the node's tag. It is left as it is."),
    errors: z
      .array(z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() }))
      .describe('For `refused` and `unreadable`: why. For `made`: what would make the next launch fail.'),
  })
  .meta({ id: 'RebuiltNode' });

const rebuildBody = z
  .strictObject({
    dryRun: z.boolean().optional().describe('If true, only shows what would be done. Default: true.'),
    managedInstanceIds: z
      .array(describedId('smi'))
      .min(1)
      .optional()
      .describe('Only these nodes; the table stays in doubt until a rebuild of all. Default: all.'),
    configurations: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'By node id, the `managedInstance` fields that EC2 does not show, or that must differ from what it shows. Used ' +
          'for new records only: existing ones keep their configuration.',
      ),
  })
  .optional();

export const recoveryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/holdfast/deployment',
    operationId: 'getDeployment',
    summary: 'Compare the records of the deployment with EC2',
    description:
      'Reads EC2 as it is now. An instance or interface with the tag of this deployment and no record is unknown.',
    answer: { kind: 'holdfast:deployment', item: deploymentItemSchema },
    run: async ({ service }) => ({ items: [deploymentItem(await service.recovery.state())] }),
  }),
  route({
    method: 'POST',
    path: '/holdfast/rebuild',
    operationId: 'rebuildRecords',
    summary: 'Rebuild the records from what EC2 shows',
    description:
      'For a table that was emptied, restored to an earlier time, or lost. Makes the missing records and corrects those ' +
      'that are older than what EC2 shows. Changes nothing in EC2. Without `dryRun: false` it only shows what it would ' +
      'do. After a rebuild of all nodes the table is no longer in doubt, and Holdfast manages the nodes again.',
    body: { schema: rebuildBody, isRequired: false },
    answer: { kind: 'holdfast:rebuild', item: rebuiltItemSchema },
    run: async ({ service, body }) => {
      const { dryRun = true, managedInstanceIds, configurations = {} } = body ?? {};
      const rebuilt = await service.recovery.rebuild({
        isDryRun: dryRun,
        nodeIds: managedInstanceIds,
        configurations: new Map(Object.entries(configurations)),
      });
      return { items: rebuilt.map(rebuiltItem) };
    },
  }),
];

function deploymentItem({
  deployment,
  doubt,
  nodes,
  unreadable,
  unknown,
}: DeploymentState): z.infer<typeof deploymentItemSchema> {
  return {
    deployment,
    inDoubt: doubt ?? null,
    nodeCount: nodes,
    unreadable: unreadable.map(({ record, field, message }) => ({ managedInstanceId: record.id, field, message })),
    unknown: unknown.map(({ id, kind, origin: { nodeId, nodeName } }) => ({
      id,
      kind,
      managedInstanceId: nodeId,
      managedInstanceName: nodeName ?? null,
    })),
  };
}

function rebuiltItem(rebuilt: Rebuilt): z.infer<typeof rebuiltItemSchema> {
  const { nodeId, outcome, name, interfaceId, privateIp, publicIp, instanceId, unread, others, fieldErrors } = rebuilt;
  return {
    managedInstanceId: nodeId,
    outcome,
    name: name ?? null,
    networkInterfaceId: interfaceId ?? null,
    privateIp: privateIp ?? null,
    publicIp: publicIp ?? null,
    instanceId: instanceId ?? null,
    unread: [...unread],
    others: [...others],
    errors: fieldErrors.map(fieldApiError),
  };
}
