/** Holdfast's own routes for the deployment as a whole: what it knows, and the way back. */
import * as z from 'zod';
import { REBUILD_OUTCOMES, type DeploymentState, type Rebuilt } from './recovery-service';
import { fieldApiError } from './error-responses';
import { route, type Route } from './route';

const unknownSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['instance', 'interface']),
    managedInstanceId: z.string().describe('The node that its tag names.'),
    managedInstanceName: z.string().nullable(),
  })
  .describe('Carries the tag of this deployment, and no record accounts for it. It is never removed.');

const unreadableSchema = z
  .strictObject({
    managedInstanceId: z.string(),
    field: z.string().describe('The attribute of the record, like `identity.privateIp`.'),
    message: z.string(),
  })
  .describe('A node whose record cannot be read. It runs on as it is, and nothing is done for it.');

const deploymentItemSchema = z
  .strictObject({
    deployment: z.string().describe("The stack's name, with which everything that it makes is tagged."),
    inDoubt: z
      .string()
      .nullable()
      .describe("Why nothing is done by the records; null where they are this deployment's own."),
    nodeCount: z.int().min(0),
    unreadable: z.array(unreadableSchema),
    unknown: z.array(unknownSchema),
  })
  .meta({ id: 'Deployment' });

const rebuiltItemSchema = z
  .strictObject({
    managedInstanceId: z.string(),
    outcome: z
      .enum(REBUILD_OUTCOMES)
      .describe(
        'What was done with the record, or would be. `refused`: `errors` say what is missing. `removed`: the node was ' +
          'deleted after its record was written. `unreadable`: the record cannot be read, and is left as it is; `errors` ' +
          'say why. `unseen`: EC2 shows nothing of it, and the record is left as it is.',
      ),
    name: z.string().nullable(),
    networkInterfaceId: z.string().nullable(),
    privateIp: z.string().nullable(),
    publicIp: z.string().nullable(),
    instanceId: z.string().nullable(),
    unread: z.array(z.string()).describe('Fields that EC2 does not tell. They are at their defaults.'),
    others: z.array(z.string()).describe('What else carries the tag of the node. It is left as it is.'),
    errors: z
      .array(z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() }))
      .describe('Of `refused` and `unreadable`: why. Of `made`: what is in the way of the next launch.'),
  })
  .meta({ id: 'RebuiltNode' });

const rebuildBody = z
  .strictObject({
    dryRun: z.boolean().optional().describe('Whether only to show what would be done. Default: true.'),
    managedInstanceIds: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Only these nodes; the table stays in doubt until a rebuild of all. Default: all.'),
    configurations: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'By node id, the `managedInstance` fields that EC2 does not show, or shows otherwise than they should be. For ' +
          'records that are made; those that exist keep their configuration.',
      ),
  })
  .optional();

export const recoveryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/holdfast/deployment',
    operationId: 'getDeployment',
    summary: 'See what the deployment knows of itself',
    description: 'Looks at EC2 as it is now: what carries the tag of this deployment and is in no record is unknown.',
    answer: { kind: 'holdfast:deployment', item: deploymentItemSchema },
    run: async ({ service }) => ({ items: [deploymentItem(await service.recovery.state())] }),
  }),
  route({
    method: 'POST',
    path: '/holdfast/rebuild',
    operationId: 'rebuildRecords',
    summary: 'Rebuild the records from what EC2 shows',
    description:
      'For a table that was emptied, restored to an earlier time, or lost. Makes the records that are missing and ' +
      'corrects those that are older than what EC2 shows; nothing in EC2 is touched. Without `dryRun: false` it only ' +
      "shows what it would do. Afterwards the table is this deployment's own, and the nodes are looked after again.",
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
      ...{ id, kind, managedInstanceId: nodeId, managedInstanceName: nodeName ?? null },
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
