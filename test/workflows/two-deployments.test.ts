/** Two deployments beside each other in one account and Region: the same EC2 and the same events, a table each. */
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { createApiPorts } from '../../lambdas/adapters/create-api-ports';
import { createNodeService } from '../../lambdas/api/create-node-service';
import { synthesizeTemplate } from '../../infra/app';
import { startControlPlane, type ControlPlane, type Ec2Hooks } from '../../local/control-plane';
import { currentFunction } from '../../local/lambda';
import { allocateElasticIp, exampleDocument } from '../../local/sandbox';
import { defaultAccount } from '../../simulator/ec2/default-account';
import { SimulatedEc2 } from '../../simulator/ec2/ec2';
import { VirtualClock } from '../../simulator/time/clock';
import { aLog } from '../lambdas/runtime';
import { Random } from '../../simulator/time/random';

const NAMES = ['Blue', 'Blue-db'] as const;
type Name = (typeof NAMES)[number];

const clock = new VirtualClock();
const random = new Random('two deployments');
const hooks = new Map<string, Ec2Hooks>();
const planes = new Map<string, ControlPlane<SimulatedEc2>>();

/** EventBridge delivers EC2's events to every rule of the Region. IAM asks the policies of the caller's deployment. */
const ec2 = new SimulatedEc2({
  clock,
  seed: 1,
  emit: (event) => hooks.forEach(({ emit }) => emit(event)),
  authorize: (request) => hooks.get(currentFunction()?.environment.DEPLOYMENT ?? '')?.authorize(request),
  callerRoleArn: () => hooks.get(NAMES[0])?.callerRoleArn(),
});
const account = defaultAccount(ec2);

const untilIdle = async (): Promise<void> => {
  const isIdle = () => [...planes.values()].every((plane) => !plane.isBusy());
  expect(await clock.run(isIdle, 24 * 60 * 60_000)).toBe('done');
};

async function deploy(name: Name): Promise<void> {
  const plane = await startControlPlane({
    clock,
    seed: name,
    template: synthesizeTemplate({ stackName: name }),
    schedules: false,
    ec2: (own) => {
      hooks.set(name, own);
      return ec2;
    },
  });
  planes.set(name, plane);
}

const planeOf = (name: Name) => planes.get(name)!;

const serviceOf = (name: Name) =>
  createNodeService(
    createApiPorts({
      environment: planeOf(name).environmentOf('NodeApi'),
      ...planeOf(name).clientsOf('NodeApi'),
      time: { now: () => new Date(clock.now()), sleep: (delayMs) => clock.sleep(delayMs) },
      randomHex: (digits) => random.hex(digits),
      log: aLog(),
      measure: () => undefined,
    }),
  );

async function createNode(name: Name, privateIp: string): Promise<string> {
  const document = exampleDocument(account, await clock.settle(allocateElasticIp({ ec2 })), 'cold');
  const compute = { ...document.compute, privateIp };
  const { id } = await clock.settle(serviceOf(name).create({ ...document, name: `${name} node`, compute }));
  await untilIdle();
  return id;
}

const nodeOf = async (name: Name, id: string) => clock.settle(serviceOf(name).get(id));

/** What the executions of an operation returned that ended since `from`. */
const outputsSince = (name: Name, from: number, machine: string) =>
  planeOf(name)
    .executions()
    .slice(from)
    .filter(({ stateMachineName }) => stateMachineName === machine)
    .map(({ status, output }) => ({ status, output }));

let blue: string;
let db: string;

beforeAll(async () => {
  for (const name of NAMES) await deploy(name);
  blue = await createNode('Blue', '10.0.0.42');
  db = await createNode('Blue-db', '10.0.0.43');
});

afterAll(() => Promise.all([...planes.values()].map((plane) => plane.stop())));

test('each makes its node, although the other has things in EC2', async () => {
  expect((await nodeOf('Blue', blue)).status).toBe('ACTIVE');
  expect((await nodeOf('Blue-db', db)).status).toBe('ACTIVE');
  const tags = [...ec2.world.instances.values()].map(({ tags: { current } }) => current['holdfast:deployment']);
  expect(tags.sort()).toEqual(['Blue', 'Blue-db']);
});

test.each([
  { hit: 'Blue', other: 'Blue-db' },
  { hit: 'Blue-db', other: 'Blue' },
] as const)("a warning about $hit's instance is $hit's alone", async ({ hit, other }) => {
  const ids = { Blue: blue, 'Blue-db': db };
  const [before, otherBefore] = [await nodeOf(hit, ids[hit]), await nodeOf(other, ids[other])];
  const [from, otherFrom] = [planeOf(hit).executions().length, planeOf(other).executions().length];
  ec2.interruptSpotInstance(before.instance!.id);
  await untilIdle();

  const after = await nodeOf(hit, ids[hit]);
  expect(after.status).toBe('ACTIVE');
  expect(after.instance?.id).not.toBe(before.instance?.id);
  expect(after.identity).toEqual(before.identity);
  expect(await nodeOf(other, ids[other])).toEqual(otherBefore);

  expect(outputsSince(hit, from, `${hit}-replace-node`)).toContainEqual({
    status: 'SUCCEEDED',
    output: expect.anything(),
  });
  const ignored = outputsSince(other, otherFrom, `${other}-replace-node`);
  expect(ignored.length).toBeGreaterThan(0);
  for (const each of ignored) {
    expect(each).toMatchObject({
      status: 'SUCCEEDED',
      output: { node: { taken: false, why: 'the instance is not a stateful node' } },
    });
  }
});

test("neither's reconciler sees the other's things, and both find nothing to do", async () => {
  const count = () => NAMES.map((name) => planeOf(name).executions().length);
  const before = count();
  for (const name of NAMES) {
    await clock.settle(planeOf(name).runSchedule('Reconciler'));
    await untilIdle();
    const { unknown, doubt } = await clock.settle(serviceOf(name).recovery.state());
    expect({ unknown, doubt }).toEqual({ unknown: [], doubt: undefined });
  }
  expect(count()).toEqual(before);
});

test("IAM refuses what one would do to the other's instance, and nothing else was refused", async () => {
  for (const name of NAMES) expect(planeOf(name).refusals).toEqual([]);
  const { instance } = await nodeOf('Blue', blue);
  const terminate = new TerminateInstancesCommand({ InstanceIds: [instance!.id] });
  await expect(clock.settle(planeOf('Blue-db').clientsOf('Steps').ec2.send(terminate))).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
  });
  expect(ec2.world.instances.get(instance!.id)?.state).toBe('running');
});
