import {
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { control, type ControlResponse } from '../../../local/server/simulator-control';
import { openSandbox, type Sandbox } from '../../../local/sandbox';
import type { CreateHandler } from '../../../lambdas/runtime';
import { VirtualClock } from '../../../simulator/time/clock';

const clock = new VirtualClock();
let sandbox: Sandbox;

const slowly =
  (entry: string): CreateHandler =>
  (runtime) =>
  async () => {
    await runtime.time.sleep(10_000);
    return `from ${entry}`;
  };

beforeEach(async () => {
  const loadEntry = async (entry: string) => ({ createHandler: slowly(entry) });
  sandbox = await openSandbox({ clock, seed: 1, controlPlane: { loadEntry } });
});
afterEach(() => sandbox.plane.stop());

const call = (method: string, path: string, body: unknown = {}): Promise<ControlResponse> =>
  clock.settle(control(sandbox, method, `/simulator/${path}`, typeof body === 'string' ? body : JSON.stringify(body)));
const post = (path: string, body?: unknown): Promise<ControlResponse> => call('POST', path, body);
const errorsOf = ({ body }: ControlResponse): any => (body as { errors: unknown }).errors;

async function launch(lifeCycle: 'spot' | 'on_demand' = 'spot'): Promise<{ instanceId: string; interfaceId: string }> {
  const { account, ec2 } = sandbox;
  const { Instances } = await clock.settle(
    ec2.client.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ImageId: account.arm64ImageId,
        InstanceType: 'm7g.large',
        SubnetId: account.subnetIds[0],
        ...(lifeCycle === 'spot' ? { InstanceMarketOptions: { MarketType: 'spot' } } : {}),
      }),
    ),
  );
  const [instance] = Instances ?? [];
  await clock.advance(5 * 60_000);
  return { instanceId: instance!.InstanceId!, interfaceId: instance!.NetworkInterfaces![0]!.NetworkInterfaceId! };
}

const stateOf = (instanceId: string): string | undefined => sandbox.ec2.world.instances.get(instanceId)?.state;

test('an interruption: the instance ends two minutes later', async () => {
  const { instanceId } = await launch();
  expect(await post('interrupt', { instanceId })).toEqual({ status: 200, body: { instanceId } });
  expect(stateOf(instanceId)).toBe('running');
  await clock.advance(10 * 60_000);
  expect(stateOf(instanceId)).toBe('terminated');
});

test('a recommendation: the instance keeps running', async () => {
  const { instanceId } = await launch();
  expect(await post('rebalance', { instanceId })).toMatchObject({ status: 200 });
  await clock.advance(10 * 60_000);
  expect(stateOf(instanceId)).toBe('running');
  expect(sandbox.plane.executions()).toMatchObject([
    { input: { 'detail-type': 'EC2 Instance Rebalance Recommendation' } },
  ]);
});

test('a pool without capacity, and with new capacity', async () => {
  const pool = { instanceType: 'm7g.large', availabilityZone: 'us-east-1a', lifeCycle: 'spot' };
  expect(await post('capacity', { ...pool, count: 0 })).toEqual({ status: 200, body: { ...pool, count: 0 } });
  await expect(launch()).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity' });
  await post('capacity', { ...pool, count: null });
  await expect(launch()).resolves.toMatchObject({ instanceId: expect.stringMatching(/^i-/) });
});

async function secondary(attachTo?: string): Promise<string> {
  const command = new CreateNetworkInterfaceCommand({ SubnetId: sandbox.account.subnetIds[0] });
  const { NetworkInterface } = await clock.settle(sandbox.ec2.client.send(command));
  const id = NetworkInterface!.NetworkInterfaceId!;
  // Before that, EC2 may not find it.
  await clock.advance(60_000);
  if (attachTo !== undefined) {
    const attach = { NetworkInterfaceId: id, InstanceId: attachTo, DeviceIndex: 1 };
    await clock.settle(sandbox.ec2.client.send(new AttachNetworkInterfaceCommand(attach)));
    await clock.advance(5 * 60_000);
  }
  return id;
}

describe('deleting an interface', () => {
  test('an available one is deleted', async () => {
    const networkInterfaceId = await secondary();
    expect(await post('delete-interface', { networkInterfaceId })).toMatchObject({ status: 200 });
    expect(sandbox.ec2.world.networkInterfaces.has(networkInterfaceId)).toBe(false);
  });

  test('an attached one is deleted only with force', async () => {
    const { instanceId } = await launch();
    const networkInterfaceId = await secondary(instanceId);
    const refused = await post('delete-interface', { networkInterfaceId });
    expect(refused.status).toBe(400);
    expect(errorsOf(refused)).toEqual([{ field: 'force', message: expect.stringContaining(instanceId) }]);
    expect(await post('delete-interface', { networkInterfaceId, force: true })).toMatchObject({ status: 200 });
    expect(sandbox.ec2.world.networkInterfaces.has(networkInterfaceId)).toBe(false);
  });

  test('a primary one is not deleted', async () => {
    const { interfaceId: networkInterfaceId } = await launch();
    const refused = await post('delete-interface', { networkInterfaceId, force: true });
    expect(refused.status).toBe(400);
    expect(errorsOf(refused)[0].message).toContain('primary');
  });
});

describe('an instance', () => {
  test('on demand is stopped and started', async () => {
    const { instanceId } = await launch('on_demand');
    expect(await post('stop', { instanceId })).toEqual({ status: 200, body: { instanceId } });
    await clock.advance(5 * 60_000);
    expect(stateOf(instanceId)).toBe('stopped');
    expect(await post('start', { instanceId })).toMatchObject({ status: 200 });
    await clock.advance(5 * 60_000);
    expect(stateOf(instanceId)).toBe('running');
  });

  test('on Spot is not stopped, and EC2 gives the reason', async () => {
    const { instanceId } = await launch();
    const refused = await post('stop', { instanceId });
    expect([refused.status, errorsOf(refused)[0].message]).toEqual([
      400,
      expect.stringContaining('UnsupportedOperation'),
    ]);
  });

  test('is terminated', async () => {
    const { instanceId } = await launch();
    expect(await post('terminate', { instanceId })).toMatchObject({ status: 200 });
    await clock.advance(5 * 60_000);
    expect(stateOf(instanceId)).toBe('terminated');
  });

  test('fails its status check, and passes it again', async () => {
    const { instanceId } = await launch();
    const impairment = () => sandbox.ec2.world.instances.get(instanceId)?.impairment;
    expect(await post('impair', { instanceId })).toEqual({ status: 200, body: { instanceId, check: 'instance' } });
    expect(impairment()).toMatchObject({ check: 'instance', status: 'impaired' });
    await post('impair', { instanceId, check: 'system' });
    expect(impairment()).toMatchObject({ check: 'system' });
    expect(await post('heal', { instanceId })).toMatchObject({ status: 200 });
    expect(impairment()).toBeUndefined();
  });
});

describe('detaching an interface', () => {
  test('a secondary one is detached, with or without force', async () => {
    const { instanceId } = await launch();
    for (const force of [undefined, true]) {
      const networkInterfaceId = await secondary(instanceId);
      expect(await post('detach-interface', { networkInterfaceId, force })).toMatchObject({ status: 200 });
      await clock.advance(5 * 60_000);
      expect(sandbox.ec2.world.networkInterfaces.get(networkInterfaceId)?.status).toBe('available');
      if (force === undefined) await post('delete-interface', { networkInterfaceId });
    }
    expect(sandbox.ec2.world.instances.get(instanceId)?.blockedDeviceIndexes).toEqual([1]);
  });

  test('a primary one is refused by EC2', async () => {
    const { interfaceId: networkInterfaceId } = await launch();
    expect(errorsOf(await post('detach-interface', { networkInterfaceId }))[0].message).toContain(
      'OperationNotPermitted',
    );
  });

  test('an available one is refused', async () => {
    const networkInterfaceId = await secondary();
    expect(errorsOf(await post('detach-interface', { networkInterfaceId }))).toEqual([
      { field: 'networkInterfaceId', message: expect.stringContaining('no instance') },
    ]);
  });
});

test('an address is disassociated and released', async () => {
  const { interfaceId } = await launch();
  const { body } = await post('allocate-address');
  const { allocationId } = body as { allocationId: string };
  expect(errorsOf(await post('disassociate-address', { allocationId }))).toEqual([
    { field: 'allocationId', message: expect.stringContaining('no interface') },
  ]);
  const associate = new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: interfaceId });
  await clock.settle(sandbox.ec2.client.send(associate));
  expect(errorsOf(await post('release-address', { allocationId }))[0].message).toContain('InvalidIPAddress.InUse');
  expect(await post('disassociate-address', { allocationId })).toEqual({ status: 200, body: { allocationId } });
  expect(await post('release-address', { allocationId })).toEqual({ status: 200, body: { allocationId } });
  expect(sandbox.ec2.world.elasticIps.size).toBe(0);
});

test("a reconciliation returns the reconciler's result", async () => {
  expect(await post('reconcile')).toEqual({ status: 200, body: { answer: 'from lambdas/reconciler/handler.ts' } });
});

test('an execution is listed while it runs, and can be stopped', async () => {
  const { plane } = sandbox;
  const { arn: executionArn } = plane.stepFunctions.start(plane.stateMachineArn('PauseNode'), { nodeId: 'smi-1' });
  const running = async () => ((await call('GET', 'world')).body as { executions: unknown }).executions;
  expect(await running()).toEqual([{ executionArn, stateMachine: 'Holdfast-pause-node', input: { nodeId: 'smi-1' } }]);
  expect(await post('abort', { executionArn })).toEqual({ status: 200, body: { executionArn } });
  expect(plane.executions()).toMatchObject([{ status: 'ABORTED' }]);
  expect(await running()).toEqual([]);
  expect(errorsOf(await post('abort', { executionArn }))[0].message).toContain('GET /simulator/world');
});

test('an address is allocated, until EC2 refuses one too many', async () => {
  for (let number = 1; number <= 5; number += 1) {
    expect(await post('allocate-address')).toMatchObject({
      status: 200,
      body: { allocationId: expect.stringMatching(/^eipalloc-/), publicIp: expect.stringMatching(/^198\.1[89]\./) },
    });
  }
  const refused = await post('allocate-address');
  expect([refused.status, errorsOf(refused)[0].message]).toEqual([
    400,
    expect.stringContaining('AddressLimitExceeded'),
  ]);
});

test('the summary of the world', async () => {
  const { instanceId, interfaceId } = await launch();
  const { body } = await call('GET', 'world');
  const { account } = sandbox;
  expect(body).toMatchObject({
    region: 'us-east-1',
    subnets: account.subnetIds.map((subnetId) => ({ subnetId, vpcId: account.vpcId })),
    images: [{ imageId: account.arm64ImageId }, { imageId: account.x86ImageId }],
    addresses: [],
    instances: [{ instanceId, state: 'running', lifeCycle: 'spot', instanceType: 'm7g.large', nodeId: null }],
    networkInterfaces: [{ networkInterfaceId: interfaceId, status: 'in-use', instanceId }],
  });
});

describe('a bad request names every field and what to do', () => {
  test.each<[string, string, unknown, object]>([
    ['text that is not JSON', 'interrupt', '{', { body: 'JSON' }],
    ['a list', 'interrupt', [], { body: 'object' }],
    ['nothing', 'interrupt', '', { instanceId: 'give the id' }],
    ['an unknown instance', 'interrupt', { instanceId: 'i-1' }, { instanceId: 'GET /simulator/world' }],
    ['an instance that is a number', 'rebalance', { instanceId: 1 }, { instanceId: 'give the id' }],
    [
      'everything wrong',
      'capacity',
      { instanceType: 'x1', availabilityZone: 'mars', lifeCycle: 'long', count: -1, zone: 1 },
      {
        instanceType: 'm7g.large',
        availabilityZone: 'us-east-1a, us-east-1b, us-east-1c',
        lifeCycle: 'spot or on_demand',
        count: 'whole number',
        zone: 'leave it out',
      },
    ],
    [
      'everything missing',
      'capacity',
      {},
      { instanceType: 'give', availabilityZone: 'give', lifeCycle: 'give', count: 'null for no limit' },
    ],
    ['half a count', 'capacity', { count: 0.5 }, { count: 'whole number' }],
    ['no interface', 'delete-interface', { networkInterfaceId: 'eni-1', force: 'yes' }, { force: 'true or false' }],
    ['a field for a request without fields', 'allocate-address', { publicIp: 1 }, { publicIp: 'leave it out' }],
    ['a field for a reconciliation', 'reconcile', { nodeId: 1 }, { nodeId: 'leave it out' }],
    ['no instance to stop', 'stop', { instanceId: 'i-1' }, { instanceId: 'GET /simulator/world' }],
    [
      'an unknown check',
      'impair',
      { instanceId: 'i-1', check: 'disk' },
      { instanceId: 'GET /simulator/world', check: 'instance or system' },
    ],
    [
      'an address by its number',
      'release-address',
      { allocationId: '198.18.0.1' },
      { allocationId: 'GET /simulator/world' },
    ],
    ['no address', 'disassociate-address', {}, { allocationId: 'give the allocation id' }],
    ['no execution', 'abort', { executionArn: 'arn:none' }, { executionArn: 'GET /simulator/world' }],
  ])('%s', async (_name, path, body, expected) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    const messages = Object.fromEntries(errorsOf(response).map(({ field, message }: any) => [field, message]));
    for (const [field, part] of Object.entries(expected)) expect(messages[field]).toContain(part);
  });

  test('an on-demand instance is never interrupted', async () => {
    const { instanceId } = await launch('on_demand');
    expect(await post('interrupt', { instanceId })).toMatchObject({ status: 400 });
  });
});

describe('launching a plain instance', () => {
  test('it is unmanaged, and defaults fill in missing fields', async () => {
    const { status, body } = await post('launch', { name: 'old ledger' });
    expect(status).toBe(200);
    const { instanceId, networkInterfaceId, privateIp } = body as Record<string, string>;
    await clock.advance(5 * 60_000);
    const { instances, networkInterfaces } = sandbox.ec2.world;
    expect(instances.get(instanceId!)).toMatchObject({
      state: 'running',
      lifeCycle: 'on_demand',
      instanceType: 'm7g.large',
      tags: { current: { Name: 'old ledger' } },
    });
    expect(networkInterfaces.get(networkInterfaceId!)).toMatchObject({ privateIpAddress: privateIp });
  });

  test('it has the requested properties', async () => {
    const { body } = await post('launch', { instanceType: 't3.micro', lifeCycle: 'spot' });
    const { instanceId } = body as Record<string, string>;
    expect(sandbox.ec2.world.instances.get(instanceId!)).toMatchObject({ lifeCycle: 'spot', instanceType: 't3.micro' });
  });

  test('a refusal names every problem', async () => {
    const response = await post('launch', { instanceType: 'm1.none', lifeCycle: 'reserved', name: '' });
    expect(response.status).toBe(400);
    const fields = errorsOf(response).map(({ field }: { field: string }) => field);
    expect(fields).toEqual(['instanceType', 'lifeCycle', 'name']);
  });
});
