/**
 * The policies of the functions' roles allow what the product needs, and no more. The scenarios below are all that it
 * does: nothing is refused, and for every action of a statement there is a request that only this action allows.
 */
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AttachNetworkInterfaceCommand, DetachNetworkInterfaceCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { marshall } from '@aws-sdk/util-dynamodb';
import { synthesizeTemplate } from '../../infra/app';
import { presentKey } from '../../domain/records/node-keys';
import { LocalIam, type AuthorizationDecision, type StatementDefinition } from '../../simulator/iam/iam';
import { readTemplate } from '../../simulator/cloudformation/template';
import { takeBackToFormerKeys } from './former-keys';
import { beginImport, KEEPING, launchPlain, RENEWING } from './import-play';
import { plays, type Adjust, type Play, type PlayOptions } from './play';

const template = synthesizeTemplate({ instanceRoleArns: ['arn:aws:iam::123456789012:role/web'] });
const { roles, functions } = readTemplate(template);
const functionRoles = roles.filter(({ arn }) => functions.some(({ roleArn }) => roleArn === arn));

/** Lambda writes a function's log, traces and failed events under the function's role. We simulate none of them. */
const isPlayed = ({ statement }: StatementDefinition): boolean =>
  ![statement['Action']].flat().some((action) => /^(logs|sqs|xray):/.test(String(action)));

const asked: AuthorizationDecision[] = [];
const plain = plays();
const open = (options: PlayOptions = {}): Promise<Play> =>
  plain({ template, ...options, controlPlane: { ...options.controlPlane, onDecision: (each) => asked.push(each) } });

/** An instance role, a key pair, a volume that outlives its instance, and one from a snapshot. */
const withEverything: Adjust = (document, { ec2 }) => ({
  ...document,
  compute: {
    ...document.compute,
    launchSpecification: {
      ...document.compute.launchSpecification,
      iamRole: { name: 'web' },
      keyPair: 'operator',
      blockDeviceMappings: [
        { deviceName: '/dev/sdf', ebs: { volumeSize: 100, deleteOnTermination: false } },
        { deviceName: '/dev/sdg', ebs: { snapshotId: ec2.addSnapshot({ sizeGib: 8 }) } },
      ],
    },
  },
});

const TAKE_APART = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true, shouldDeleteVolumes: true };

async function readOverHttp(play: Play): Promise<void> {
  const { token, plane } = play.sandbox;
  const headers = { authorization: `Bearer ${await token()}` };
  const answer = plane.request({ method: 'GET', path: '/aws/ec2/managedInstance', headers });
  expect((await play.settle(answer)).status).toBe(200);
}

async function byHand(play: Play, command: object): Promise<unknown> {
  const answer = await play.settle(play.sandbox.ec2.personClient.send(command as never));
  await play.passSeconds(30);
  return answer;
}

/** What the last operation passed from state to state. */
async function lookAtStates(play: Play): Promise<void> {
  const { operations } = await play.ask((service) => service.operations(play.nodeId, { limit: 1 }));
  const { kind, startedAt } = operations[0]!.record;
  const visits = await play.ask((service) => service.stateVisits(play.nodeId, { kind, startedAt, limit: 9 }));
  expect(visits).toHaveLength(9);
}

/** What a person sees who chooses what to make a node of. */
async function lookAround(play: Play): Promise<void> {
  await play.ask(async ({ account }) => {
    await account.regions();
    await account.zones();
    await account.images({ owner: 'self' });
    await account.prices(['m7g.large']);
  });
}

/** From the account's first spot launch to the deletion. */
async function lifeOfANode(): Promise<void> {
  const play = await open({ ec2: { spotServiceLinkedRole: false } });
  await play.create(withEverything);
  await readOverHttp(play);
  await play.interrupt();
  await play.untilIdle();
  await play.ask((service) => service.costs(play.nodeId, {}));
  await lookAtStates(play);
  await play.ask((service) => service.metrics(play.nodeId, { limit: 1 }));
  await play.ask((service) => service.listForPages({ order: 'id', limit: 10, withTags: true }));
  await lookAround(play);
  const left = [...play.sandbox.ec2.world.volumes.values()].find(({ attachment }) => attachment === undefined);
  await play.ask((service) => service.deleteVolume(play.nodeId, left?.id ?? ''));
  for (const action of ['pause', 'resume', 'recycle'] as const) {
    await play.ask((service) => service.act(play.nodeId, action));
  }
  await changeSettings(play);
  // The node is at rest, so the event of the instance's end starts the replacement.
  await play.terminateByHand((await play.node()).instance?.id ?? '');
  await play.untilIdle();
  await play.ask((service) => service.delete(play.nodeId, TAKE_APART));
}

/** Two nodes are created at once for one private IP: the second releases the Elastic IP that it has claimed. */
async function wantedTwice(): Promise<void> {
  const play = await open();
  const first = await play.document();
  const second = { ...first, compute: { ...first.compute, elasticIp: await play.allocate() } };
  const outcomes = await play.settle(
    Promise.allSettled([first, second].map((document) => play.service.create(document))),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
}

/** A deletion leaves everything that it can, and a person deletes it. */
async function leftBehind(): Promise<void> {
  const play = await open();
  await play.create(withEverything);
  const nothing = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false, shouldDeleteVolumes: false };
  await play.ask((service) => service.delete(play.nodeId, nothing));
  await play.passSeconds(60);
  const left = await play.ask((service) => service.resources.ofNode(play.nodeId));
  expect(left.map(({ kind }) => kind)).toEqual(['interface', 'volume']);
  for (const { id } of left) await play.ask((service) => service.resources.delete(play.nodeId, id));
}

/** A deletion leaves a volume for an hour. */
async function expired(): Promise<void> {
  const play = await open();
  await play.create(withEverything);
  await play.ask((service) =>
    service.delete(play.nodeId, { ...TAKE_APART, shouldDeleteVolumes: false, volumesTtlHours: 1 }),
  );
  await reconcileForAnHour(play);
  await reconcileForAnHour(play);
  expect(play.sandbox.ec2.world.volumes.size).toBe(0);
}

async function changeSettings(play: Play): Promise<void> {
  const { account, ec2 } = play.sandbox;
  const groupId = ec2.addSecurityGroup({ vpcId: account.vpcId, name: 'another' });
  const launchSpecification = { securityGroupIds: [groupId], tags: [{ tagKey: 'stage', tagValue: 'live' }] };
  await play.ask((service) => service.update(play.nodeId, { compute: { launchSpecification } }));
  for (const shouldTag of [true, false]) {
    const resourceTagSpecification = { volumes: { shouldTag }, enis: { shouldTag } };
    await play.ask((service) =>
      service.update(play.nodeId, { compute: { launchSpecification: { resourceTagSpecification } } }),
    );
  }
  await play.ask((service) => service.update(play.nodeId, { compute: { elasticIp: null } }));
}

/** A person attaches a hot node's interface to another instance; the reconciler brings it back. */
async function interfaceMovedAway(): Promise<void> {
  const play = await open({ attachment: 'hot' });
  const { identity, instance } = await play.create();
  const launch = new RunInstancesCommand({
    ImageId: instance?.imageId,
    InstanceType: instance?.instanceType as never,
    MinCount: 1,
    MaxCount: 1,
    NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: identity.subnetId }],
  });
  const { Instances: [stranger] = [] } = (await byHand(play, launch)) as { Instances?: { InstanceId: string }[] };
  await play.passSeconds(60);
  const eni = play.sandbox.ec2.world.networkInterfaces.get(identity.interfaceId ?? '');
  await byHand(play, new DetachNetworkInterfaceCommand({ AttachmentId: eni?.attachment?.id }));
  const [NetworkInterfaceId, InstanceId] = [identity.interfaceId, stranger?.InstanceId];
  await byHand(play, new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }));
  await play.reconcile();
  expect(await play.addresses()).toMatchObject({ instanceId: instance?.id });
}

async function imports(): Promise<void> {
  const play = await open();
  const kept = await launchPlain(play);
  const cancelled = await beginImport(play, kept, KEEPING);
  await play.untilEntered('Terminate the old instance');
  await play.ask((service) => service.migrations.cancel(cancelled));
  await play.passSeconds(300);
  await beginImport(play, kept, KEEPING);
  await play.untilIdle();
  await beginImport(
    play,
    await launchPlain(play, { PrivateIpAddress: '10.0.0.78', InstanceMarketOptions: { MarketType: 'spot' } }),
    RENEWING,
  );
  await play.untilIdle();
}

/** A replacement that ends while a step waits for it. */
async function losses(): Promise<void> {
  const play = await open();
  await play.create();
  play.sandbox.ec2.failLaunches({ stateReason: { code: 'Server.InternalError', message: 'Launch failed.' }, count: 2 });
  await play.interrupt();
  await play.untilIdle();
  await play.passSeconds(600);
  for (let round = 0; round < 3; round += 1) await play.reconcile();
  expect((await play.node()).status).toBe('ACTIVE');
}

/** All events are lost, so the step that waits for a replacement must notice its end. */
async function lossesWithoutEvents(): Promise<void> {
  const play = await open({ controlPlane: { deliver: () => ({ copies: [] }) } });
  play.sandbox.ec2.failLaunches({ stateReason: { code: 'Server.InternalError', message: 'Launch failed.' }, count: 1 });
  await play.create();
  await reconcileForAnHour(play);
  expect((await play.node()).status).toBe('ACTIVE');
}

/** A person ends a drain early. And of two nodes that ask for one Elastic IP at once, one releases its other claim. */
async function drainCutShort(): Promise<void> {
  const play = await open();
  await play.create((document) => ({ ...document, strategy: { ...document.strategy, drainingTimeout: 3600 } }));
  const document = await play.document();
  const addresses = ['10.0.0.97', '10.0.0.98'];
  const both = addresses.map((privateIp) =>
    play.service.create({ ...document, compute: { ...document.compute, privateIp } }),
  );
  await play.settle(Promise.allSettled(both));
  await play.untilIdle();
  await play.settle(play.service.act(play.nodeId, 'recycle'));
  await play.passSeconds(60);
  await play.ask((service) => service.update(play.nodeId, { strategy: { drainingTimeout: 0 } }));
  await reconcileForAnHour(play);
  expect((await play.node()).status).toBe('ACTIVE');
}

/** The node's record is restored to an earlier time, then deleted: the reconciler halts, and a person rebuilds it. */
async function tableRolledBack(): Promise<void> {
  const play = await open();
  await play.create();
  const { dynamodb, tableNames } = play.sandbox.plane;
  const [TableName] = tableNames;
  const Key = marshall(presentKey(play.nodeId));
  const { Item } = await play.settle(dynamodb.send(new GetItemCommand({ TableName, Key })));
  await play.ask((service) => service.act(play.nodeId, 'recycle'));
  await play.settle(dynamodb.send(new PutItemCommand({ TableName, Item })));
  await play.passSeconds(60);
  expect(await play.reconcile()).toMatchObject({ halted: expect.stringContaining('older') as unknown });
  await play.settle(dynamodb.send(new DeleteItemCommand({ TableName, Key })));
  await play.ask((service) => service.recovery.rebuild({ isDryRun: false, configurations: new Map() }));
  expect((await play.node()).instance).toBeDefined();
}

/** The reconciler moves the record of an earlier version. */
async function recordMoved(): Promise<void> {
  const play = await open();
  await play.create();
  await play.settle(takeBackToFormerKeys(play.sandbox, true));
  await play.passSeconds(700);
  expect(await play.reconcile()).toMatchObject({ nodes: 1, started: [] });
}

/** The reconciler removes an interface that was given up, and takes over an operation whose execution was aborted. */
async function leftToTheReconciler(): Promise<void> {
  const play = await open();
  const { identity } = await play.create();
  play.sandbox.ec2.slowRelease(identity.interfaceId ?? '', 600_000);
  await play.ask((service) => service.update(play.nodeId, { compute: { privateIp: '10.0.0.99' } }));
  await play.ask((service) => service.act(play.nodeId, 'recycle'));
  expect(play.interfaceIds()).toContain(identity.interfaceId);
  await reconcileForAnHour(play);
  expect(play.interfaceIds()).not.toContain(identity.interfaceId);

  await play.interrupt();
  await play.untilEntered('Cold: wait until the replacement runs');
  play.sandbox.plane.abort(play.executionsOf('replace-node').at(-1)?.arn ?? '');
  await reconcileForAnHour(play);
  expect((await play.node()).status).toBe('ACTIVE');
}

/** EC2 refuses to detach the interface, so the old instance remains; and it refuses to terminate the replacement at first. */
async function replacementGivenUp(): Promise<void> {
  const play = await open({ attachment: 'hot' });
  await play.create();
  play.fault = (command) =>
    ['DetachNetworkInterface', 'TerminateInstances'].includes(command)
      ? { kind: 'refuse', code: 'OperationNotPermitted', message: 'Not now.' }
      : undefined;
  await play.ask((service) => service.act(play.nodeId, 'recycle'));
  play.fault = () => undefined;
  expect(play.liveInstanceIds()).toHaveLength(2);
  await reconcileForAnHour(play);
  expect(play.liveInstanceIds()).toHaveLength(1);
}

/** A hot node moves to another subnet, and its old interface cannot be detached from the old instance. */
async function hangingInterfaceGivenUp(): Promise<void> {
  const play = await open({ attachment: 'hot' });
  const { identity, instance } = await play.create();
  play.sandbox.ec2.stickInterface(identity.interfaceId ?? '', 'forced');
  const subnetIds = play.sandbox.account.subnetIds.slice(1);
  await play.ask((service) => service.update(play.nodeId, { compute: { subnetIds, privateIp: null } }));
  await play.ask((service) => service.act(play.nodeId, 'recycle'));
  expect((await play.node()).instance?.id).not.toBe(instance?.id);
  expect(play.interfaceIds()).toContain(identity.interfaceId);
  await reconcileForAnHour(play);
  expect(play.interfaceIds()).not.toContain(identity.interfaceId);
}

/** A hot node is interrupted while many others launch, so that a fleet launches its replacement. */
async function launchedInAStorm(): Promise<void> {
  const play = await open({ attachment: 'hot' });
  await play.create(withEverything);
  const { pacer } = play.ports;
  for (let taken = 0; taken < 200; taken += 1) {
    await play.settle(pacer.take('RunInstances', new Date(play.clock.now()).toISOString()));
  }
  await play.interrupt();
  await play.untilIdle();
  expect(play.calls.map(({ command, outcome }) => `${command} ${outcome}`)).toContain('CreateFleet ok');
  await play.ask((service) => service.delete(play.nodeId, TAKE_APART));
  expect(play.sandbox.ec2.world.launchTemplates.size).toBe(0);
}

/** A hot node's configuration changes, and the reconciler deletes the launch template of the earlier one. */
async function templateOutOfDate(): Promise<void> {
  const play = await open({ attachment: 'hot' });
  await play.create();
  await play.ask((service) =>
    service.update(play.nodeId, { compute: { launchSpecification: { userData: 'aGVsbG8=' } } }),
  );
  expect(play.sandbox.ec2.world.launchTemplates.size).toBe(2);
  await play.reconcile();
  expect(play.sandbox.ec2.world.launchTemplates.size).toBe(1);
}

async function reconcileForAnHour(play: Play): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    await play.passSeconds(600);
    await play.reconcile();
  }
}

beforeAll(async () => {
  await lifeOfANode();
  await wantedTwice();
  await leftBehind();
  await expired();
  await interfaceMovedAway();
  await imports();
  await losses();
  await leftToTheReconciler();
  await launchedInAStorm();
  await templateOutOfDate();
  await replacementGivenUp();
  await hangingInterfaceGivenUp();
  await lossesWithoutEvents();
  await drainCutShort();
  await tableRolledBack();
  await recordMoved();
});

test('nothing was refused', () => {
  expect(asked.length).toBeGreaterThan(500);
  expect(asked.filter(({ allowedBy }) => allowedBy.length === 0)).toEqual([]);
});

/** The function that serves the console makes no call, so its role has nothing to refuse. */
const rolesWithCalls = functionRoles.filter(({ statements }) => statements.some(isPlayed));

test('only the role of the function that serves the console allows no call', () => {
  const others = functionRoles.filter((each) => !rolesWithCalls.includes(each));
  expect(others.map(({ arn }) => arn)).toEqual([expect.stringContaining('ConsoleFunctionRole')]);
});

describe.each(rolesWithCalls)('$arn', ({ arn, statements }) => {
  const actionsOf = ({ statement }: StatementDefinition) => [statement['Action']].flat() as string[];
  const rows = statements
    .filter(isPlayed)
    .flatMap((each) => actionsOf(each).map((action) => ({ id: each.id, action, isFor: isFor(each) })));

  test.each(rows)('some request is refused without $action of $id$isFor', ({ id, action }) => {
    const without = statements.map((each) =>
      each.id === id
        ? { id, statement: { ...each.statement, Action: actionsOf(each).filter((other) => other !== action) } }
        : each,
    );
    const iam = new LocalIam([{ arn, statements: without }]);
    const mine = asked.filter(({ roleArn }) => roleArn === arn);
    expect(mine.find(({ request }) => iam.authorize(arn, 'test', request) !== undefined)).toBeDefined();
  });
});

/** The resource types of a statement, for actions that are in several statements. */
function isFor({ statement }: StatementDefinition): string {
  const types = [statement['Resource']].flat().map((arn) => /:([\w-]+)\/\*$/.exec(String(arn))?.[1]);
  return types[0] === undefined ? '' : `, for ${types.join(', ')}`;
}
