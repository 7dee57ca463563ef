/** The schemas of the requests under /simulator. A refusal names all problems at once. */
import { z } from 'zod';
import type { DefaultAccount } from '../../simulator/ec2/default-account';
import type { World } from '../../simulator/ec2/world';
import type { Execution } from '../../simulator/step-functions/step-functions';

export interface RequestProblem {
  readonly field: string;
  readonly message: string;
}

/** The request is invalid, and nothing was changed. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';

  constructor(readonly problems: readonly RequestProblem[]) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join('; '));
  }
}

const text = (what: string) => z.string({ error: `give ${what}` });
/** A Spot instance that is pending or running. */
const spotInstance = (world: World) =>
  text('the id of a Spot instance, like i-0123456789abcdef0').refine(
    (id) => isLiveSpotInstance(world, id),
    'no pending or running Spot instance has this id; GET /simulator/world lists them',
  );

export const instanceRequest = (world: World) => z.strictObject({ instanceId: spotInstance(world) });

/** Any instance. EC2 itself refuses calls that the instance does not allow. */
const anyInstance = (world: World) =>
  text('the id of an instance, like i-0123456789abcdef0').refine(
    (id) => world.instances.has(id),
    'no instance has this id; GET /simulator/world lists them',
  );

export const anyInstanceRequest = (world: World) => z.strictObject({ instanceId: anyInstance(world) });

export const impairRequest = (world: World) =>
  z.strictObject({
    instanceId: anyInstance(world),
    check: z.enum(['instance', 'system'], { error: 'give instance or system, or leave it out' }).optional(),
  });

export const addressRequest = (world: World) =>
  z.strictObject({
    allocationId: text('the allocation id of an Elastic IP, like eipalloc-0123456789abcdef0').refine(
      (id) => world.elasticIps.has(id),
      'no Elastic IP has this allocation id; GET /simulator/world lists them',
    ),
  });

export const executionRequest = (executions: readonly Execution[]) =>
  z.strictObject({
    executionArn: text('the ARN of an execution').refine(
      (arn) => executions.some((execution) => execution.arn === arn && execution.status === 'RUNNING'),
      'no running execution has this ARN; GET /simulator/world lists them',
    ),
  });

export const capacityRequest = (world: World, account: DefaultAccount) =>
  z.strictObject({
    instanceType: text('an instance type, like m7g.large').refine(
      (type) => world.instanceTypes.has(type),
      `this instance type does not exist here; give one of ${[...world.instanceTypes.keys()].join(', ')}`,
    ),
    availabilityZone: text('an Availability Zone').refine(
      (zone) => account.availabilityZones.includes(zone),
      `this zone does not exist here; give one of ${account.availabilityZones.join(', ')}`,
    ),
    lifeCycle: z.enum(['spot', 'on_demand'], { error: 'give spot or on_demand' }),
    count: z
      .int({ error: 'give a whole number from 0, or null for no limit' })
      .min(0, { error: 'give a whole number from 0, or null for no limit' })
      .nullable(),
  });

export const interfaceRequest = (world: World) =>
  z.strictObject({
    networkInterfaceId: text('the id of a network interface, like eni-0123456789abcdef0').refine(
      (id) => world.networkInterfaces.has(id),
      'no network interface has this id; GET /simulator/world lists them',
    ),
    force: z.boolean({ error: 'give true or false, or leave it out' }).optional(),
  });

export const launchRequest = (world: World) =>
  z.strictObject({
    instanceType: text('an instance type, like m7g.large, or leave it out')
      .refine(
        (type) => world.instanceTypes.has(type),
        `this instance type does not exist here; give one of ${[...world.instanceTypes.keys()].join(', ')}`,
      )
      .optional(),
    lifeCycle: z.enum(['spot', 'on_demand'], { error: 'give spot or on_demand, or leave it out' }).optional(),
    name: text('a name, or leave it out').min(1, { error: 'give a name, or leave it out' }).optional(),
  });

export const nothing = z.strictObject({});

/** @throws BadRequest with every problem */
export function parseRequest<T>(schema: z.ZodType<T>, body: string): T {
  const { success, data, error } = schema.safeParse(parseJson(body));
  if (success) return data;
  throw new BadRequest(error.issues.flatMap(faultsOf));
}

function parseJson(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new BadRequest([{ field: 'body', message: 'the body is not JSON; send one JSON object' }]);
  }
}

function faultsOf(issue: z.core.$ZodIssue): readonly RequestProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((field) => ({ field, message: 'this field does not exist; leave it out' }));
  }
  if (issue.path.length === 0) return [{ field: 'body', message: 'send one JSON object' }];
  return [{ field: issue.path.join('.'), message: issue.message }];
}

function isLiveSpotInstance(world: World, id: string): boolean {
  const instance = world.instances.get(id);
  return instance?.lifeCycle === 'spot' && ['pending', 'running'].includes(instance.state);
}
