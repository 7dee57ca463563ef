/** The routes of what a node's operations did. */
import * as z from 'zod';
import { describedId } from '../../domain/config/ids';
import { INSTANCE_ROLES, type InstanceSighting } from '../../domain/node/node-log';
import { OPERATION_KINDS } from '../../domain/node/stateful-node';
import {
  OPERATION_OUTCOMES,
  type DescribedOperation,
  type RecordedInstance,
  type StepTaken,
} from '../../domain/operation/operation-record';
import type { StateVisit } from '../../domain/operation/state-visit';
import { awayItem, awaySchema } from './away-items';
import type { Page } from './envelope';
import { NODE_KIND, NODE_PATH } from './node-paths';
import { placeOf } from './node-operations';
import { countThatFits, limitParameter } from './paging';
import { STARTED_BY } from './shown-names';
import { route, type Route, type RouteInput } from './route';
import { DAY, instant } from './time-parameters';

const LIMIT_DEFAULT = 25;
const LIMIT_MAX = 100;
/** The key of a record. The table may reject any other key. */
const NEXT_TOKEN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#[a-z]{1,16}$/;
const time = z.iso.datetime();

const replacementsQuery = z
  .strictObject({
    since: instant(DAY.start)
      .optional()
      .describe('The earliest start, inclusive, in RFC 3339 or Unix seconds; a day means its start.'),
    until: instant(DAY.lastMillisecond)
      .optional()
      .describe('The latest start, inclusive, in RFC 3339 or Unix seconds; a day means its end.'),
    limit: limitParameter(LIMIT_MAX)
      .default(LIMIT_DEFAULT)
      .describe('The maximum number of operations. Fewer are returned if they would not fit into one response.'),
    nextToken: z
      .string()
      .regex(NEXT_TOKEN, 'must be the nextToken of a response')
      .optional()
      .describe('The nextToken of the previous response: continues where that one ended.'),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since <= until, {
    path: ['until'],
    error: 'must not be before since',
  });

const operationsQuery = replacementsQuery.safeExtend({
  kind: z.enum(OPERATION_KINDS).optional().describe('Only operations of this kind. Default: all.'),
});

const instanceSchema = z.strictObject({
  instanceId: describedId('i'),
  instanceType: z.string(),
  availabilityZone: z.string().nullable(),
  lifeCycle: z.enum(['spot', 'on_demand']),
});

const stepSchema = z.strictObject({
  step: z.string().describe('Like `detach-eni`.'),
  state: z
    .string()
    .nullable()
    .describe(
      'The state of the state machine. `null`: the step has no state of its own, or the operation began before an upgrade of Holdfast.',
    ),
  enteredAt: time,
  leftAt: time.nullable().describe('`null`: it is under way.'),
  outcome: z
    .enum(['done', 'retried', 'failed'])
    .nullable()
    .describe('`retried`: tried again until the next state began, or still. `null`: it is under way.'),
  errorName: z.string().nullable(),
});

export const operationItemSchema = z
  .strictObject({
    kind: z.enum(OPERATION_KINDS),
    startedBy: z
      .enum(STARTED_BY)
      .nullable()
      .describe('What has started it. `retry`: an earlier operation has failed. `lost`: the instance has ended.'),
    generation: z.int().describe("The number of the node's operations until then."),
    executionArn: z.string().describe('The Step Functions execution that ended it, or that has it.'),
    startedAt: time,
    endedAt: time.nullable().describe('`null`: it is under way.'),
    outcome: z
      .enum(OPERATION_OUTCOMES)
      .nullable()
      .describe('`cancelled`: an import that was cancelled. `null`: it is under way.'),
    errorName: z.string().nullable().describe('Why it failed, like `NoCapacity`.'),
    steps: z.array(stepSchema).describe('In the order in which their states were entered.'),
    instanceStates: z.array(
      z.strictObject({
        instanceId: describedId('i'),
        role: z.enum(INSTANCE_ROLES),
        state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
        at: time.describe("When EC2's event says that it began, to the second, or when Holdfast saw it."),
      }),
    ),
    before: instanceSchema.nullable().describe('The instance that carried the node. `null`: none did.'),
    after: instanceSchema.nullable().describe('The instance that carried it in the end. `null`: none did.'),
    address: awaySchema,
  })
  .meta({ id: 'Operation' });

const VISITS_DEFAULT = 100;
const VISITS_MAX = 500;

const visitsQuery = z.strictObject({
  kind: z.enum(OPERATION_KINDS).optional().describe('The `kind` of the operation. Default: any.'),
  startedAt: time.optional().describe('The `startedAt` of the operation. Default: that of the newest one.'),
  limit: limitParameter(VISITS_MAX)
    .default(VISITS_DEFAULT)
    .describe(
      'The maximum number of states: the last ones. Fewer are returned if they would not fit into one response.',
    ),
});

export const visitItemSchema = z
  .strictObject({
    state: z.string().describe('The name of the state in the state machine.'),
    enteredAt: time,
    leftAt: time.nullable().describe('`null`: the execution is in it, or has ended in it.'),
    attempts: z.int().min(0).describe('How often its task was begun. 0: the state has none.'),
    input: z.unknown().describe('Any JSON value.'),
    output: z.unknown().describe('Any JSON value. `null` until the state is left.'),
    errorName: z.string().nullable().describe('Of the last attempt that failed.'),
    errorMessage: z.string().nullable(),
  })
  .meta({ id: 'StateVisit' });

type Query = z.infer<typeof operationsQuery>;

async function pageOf(
  { service, nodeId }: Pick<RouteInput<unknown, unknown, unknown>, 'service' | 'nodeId'>,
  query: Query,
): Promise<Page> {
  const { operations, nextToken } = await service.operations(nodeId, query);
  const items = operations.map(operationItem);
  const count = countThatFits(items);
  if (count === items.length) return { items, nextToken };
  return { items: items.slice(0, count), nextToken: placeOf(operations[count - 1]!.record) };
}

const answer = { kind: `${NODE_KIND}:operation`, item: operationItemSchema };

export const operationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: `${NODE_PATH}/operations`,
    operationId: 'listNodeOperations',
    summary: "Read what a node's operations did",
    description:
      'Newest first; the operation under way is the first. Each with its steps, the states of its instances, and how ' +
      'long the address was away. Kept for 90 days.',
    query: operationsQuery,
    answer,
    run: ({ query, ...input }) => pageOf(input, query),
  }),
  route({
    method: 'GET',
    path: `${NODE_PATH}/replacements`,
    operationId: 'listNodeReplacements',
    summary: "Read what a node's replacements did",
    description: 'The operations of the kind `replace`. An import is one, too.',
    query: replacementsQuery,
    answer,
    run: ({ query, ...input }) => pageOf(input, { ...query, kind: 'replace' }),
  }),
  route({
    method: 'GET',
    path: `${NODE_PATH}/stateVisits`,
    operationId: 'listStateVisits',
    summary: 'Read what an operation passed from state to state',
    description:
      'The states that its last execution has been in, newest first, each with its input and output. Step Functions keeps ' +
      'them for 90 days after the end of the execution; then there are none.',
    query: visitsQuery,
    answer: { kind: `${NODE_KIND}:stateVisit`, item: visitItemSchema },
    run: async ({ service, nodeId, query }) => {
      const items = (await service.stateVisits(nodeId, query)).map(visitItem);
      return { items: items.slice(0, countThatFits(items)) };
    },
  }),
];

function operationItem({ record, steps, instanceStates }: DescribedOperation): z.infer<typeof operationItemSchema> {
  const { kind, startedBy, generation, executionId, startedAt, endedAt, outcome, errorName, before, after } = record;
  return {
    kind,
    startedBy: startedBy ?? null,
    generation,
    executionArn: executionId,
    startedAt,
    endedAt: endedAt ?? null,
    outcome: outcome ?? null,
    errorName: errorName ?? null,
    steps: steps.map(stepItem),
    instanceStates: instanceStates.map(sightingItem),
    before: before === undefined ? null : instanceItem(before),
    after: after === undefined ? null : instanceItem(after),
    address: awayItem(record),
  };
}

function visitItem({ stateName, enteredAt, leftAt, attempts, input, output, error }: StateVisit) {
  return {
    state: stateName,
    enteredAt,
    leftAt: leftAt ?? null,
    attempts,
    input: input ?? null,
    output: output ?? null,
    errorName: error?.name ?? null,
    errorMessage: error?.message ?? null,
  };
}

function stepItem({ stateName, ...step }: StepTaken): z.infer<typeof stepSchema> {
  return { ...step, state: stateName };
}

function sightingItem({ instanceId, role, state, at }: InstanceSighting) {
  return { instanceId, role, state, at };
}

function instanceItem({ id, instanceType, availabilityZone, lifeCycle }: RecordedInstance) {
  return { instanceId: id, instanceType, availabilityZone: availabilityZone ?? null, lifeCycle };
}
