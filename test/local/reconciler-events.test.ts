/** The project's own rules: which events start the reconciler at once, and which do not. */
import { CreateNetworkInterfaceCommand, DeleteNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { DEPLOYMENT_TAG } from '../../domain/node/stateful-node';
import { openSandbox, type Sandbox } from '../../local/sandbox';
import type { CreateHandler } from '../../lambdas/runtime';
import { VirtualClock } from '../../simulator/time/clock';
import { NO_LATENCY } from '../../simulator/ec2/latencies';

const clock = new VirtualClock();
let sandbox: Sandbox;
let received: any[];

/** Deletes the interface in its event. It replaces any of the functions. */
const deleting: CreateHandler = (runtime) => async (event) => {
  const { NetworkInterfaceId } = event as { NetworkInterfaceId: string };
  await runtime.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
};
/** The same for an event with an interface. Other events are only recorded. */
const reconciler: CreateHandler = (runtime) => async (event) => {
  if ('NetworkInterfaceId' in (event as object)) return deleting(runtime)(event);
  received.push(event);
  return null;
};

beforeEach(async () => {
  received = [];
  sandbox = await openSandbox({
    clock,
    seed: 1,
    ec2: { trail: true, latencies: NO_LATENCY },
    controlPlane: {
      schedules: false,
      loadEntry: async (entry) => ({ createHandler: entry.includes('reconciler') ? reconciler : deleting }),
    },
  });
});
afterEach(() => sandbox.plane.stop());

async function makeInterface(): Promise<string> {
  const Tags = [{ Key: DEPLOYMENT_TAG, Value: 'Holdfast' }];
  const command = new CreateNetworkInterfaceCommand({
    SubnetId: sandbox.account.subnetIds[0],
    TagSpecifications: [{ ResourceType: 'network-interface', Tags }],
  });
  const { NetworkInterface } = await clock.settle(sandbox.ec2.client.send(command));
  return NetworkInterface?.NetworkInterfaceId ?? '';
}

const passSecond = () => clock.advance(1_000);

test('a deletion by a person starts it at once', async () => {
  const NetworkInterfaceId = await makeInterface();
  await clock.settle(sandbox.ec2.personClient.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })));
  await passSecond();
  expect(received).toMatchObject([
    { 'detail-type': 'AWS API Call via CloudTrail', detail: { eventName: 'DeleteNetworkInterface' } },
  ]);
});

test('a deletion by the role of another application starts it at once', async () => {
  const NetworkInterfaceId = await makeInterface();
  // Outside of functions the client has the role of another caller.
  await clock.settle(sandbox.ec2.client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })));
  await passSecond();
  expect(received).toHaveLength(1);
});

test.each(['StepsFunction', 'ReconcilerFunction'])('a deletion by %s itself does not start it', async (name) => {
  const NetworkInterfaceId = await makeInterface();
  await clock.settle(sandbox.plane.invoke(name, { NetworkInterfaceId }));
  await passSecond();
  expect(sandbox.ec2.world.networkInterfaces.has(NetworkInterfaceId)).toBe(false);
  expect(received).toEqual([]);
});

test('an aborted execution starts it at once', async () => {
  const { arn } = sandbox.plane.stepFunctions.start(sandbox.plane.stateMachineArn('PauseNode'), {});
  sandbox.plane.abort(arn);
  await passSecond();
  expect(received).toMatchObject([{ 'detail-type': 'Step Functions Execution Status Change' }]);
});

test('nothing else starts it between scheduled runs', async () => {
  await clock.advance(10 * 60_000);
  expect(received).toEqual([]);
  await clock.settle(sandbox.plane.runSchedule('Reconciler'));
  expect(received).toMatchObject([{ 'detail-type': 'Scheduled Event' }]);
});
