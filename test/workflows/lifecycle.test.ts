/** Pause, resume, recycle, update and delete: what happens to the identity, and what is left over. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import { identityIn, plays, type Play } from './play';

const open = plays();

const ATTACHMENTS = ['cold', 'hot'] as const;
const DELETE_EVERYTHING = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };

async function listed(play: Play): Promise<readonly StatefulNode[]> {
  const all = async () => {
    const found: StatefulNode[] = [];
    for await (const node of play.service.list()) found.push(node);
    return found;
  };
  return play.settle(all());
}

describe.each(ATTACHMENTS)('%s', (attachment) => {
  test('pause: the instance ends; the interface and its addresses stay, with the Elastic IP', async () => {
    const play = await open({ attachment });
    const { identity } = await play.create();
    await play.ask((service) => service.act(play.nodeId, 'pause'));
    const node = await play.node();
    expect(node.status).toBe('PAUSED');
    expect(node.instance).toBeUndefined();
    expect(play.liveInstanceIds()).toEqual([]);
    expect(play.interfaceIds()).toEqual([identity.interfaceId]);
    expect(play.elasticIpHolder()).toBe(identity.interfaceId);
  });

  test('resume: another instance, with the same addresses', async () => {
    const play = await open({ attachment });
    await play.create();
    const before = await play.addresses();
    await play.ask((service) => service.act(play.nodeId, 'pause'));
    await play.ask((service) => service.act(play.nodeId, 'resume'));
    const after = await play.addresses();
    expect((await play.node()).status).toBe('ACTIVE');
    expect(identityIn(after)).toEqual(identityIn(before));
    expect(after?.instanceId).not.toBe(before?.instanceId);
  });

  test.each(['active', 'paused'])('recycle of a node that was %s', async (from) => {
    const play = await open({ attachment });
    await play.create();
    const before = await play.addresses();
    if (from === 'paused') await play.ask((service) => service.act(play.nodeId, 'pause'));
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    await play.passSeconds(180);
    const after = await play.addresses();
    expect(identityIn(after)).toEqual(identityIn(before));
    expect(after?.instanceId).not.toBe(before?.instanceId);
    expect(play.liveInstanceIds()).toEqual([after?.instanceId]);
  });

  test('delete: nothing is left over, and another node can have the addresses', async () => {
    const play = await open({ attachment });
    await play.create();
    await play.ask((service) => service.delete(play.nodeId, DELETE_EVERYTHING));
    await play.passSeconds(180);
    expect(play.liveInstanceIds()).toEqual([]);
    expect(play.interfaceIds()).toEqual([]);
    expect(play.elasticIpHolder()).toBeUndefined();
    expect(await listed(play)).toEqual([]);
    expect(await play.settle(play.sandbox.node(play.nodeId))).toBeUndefined();
    expect(await play.claims()).toEqual([]);
  });
});

describe('actions at the same time', () => {
  test.each([
    { first: 'pause', then: 'resume', status: 'ACTIVE' },
    { first: 'recycle', then: 'pause', status: 'PAUSED' },
  ] as const)('$then during a $first is carried out after it', async ({ first, then, status }) => {
    const play = await open();
    await play.create();
    const before = await play.node();
    await play.settle(play.service.act(play.nodeId, first));
    await play.passSeconds(5);
    await play.ask((service) => service.act(play.nodeId, then));
    const node = await play.node();
    expect(node.status).toBe(status);
    expect(node.identity).toMatchObject({ interfaceId: before.identity.interfaceId, privateIp: '10.0.0.42' });
    expect(node.intents).toEqual([]);
  });

  test('the last user intent wins', async () => {
    const play = await open();
    await play.create();
    await play.settle(play.service.act(play.nodeId, 'recycle'));
    await play.passSeconds(5);
    await play.settle(play.service.act(play.nodeId, 'pause'));
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    expect((await play.node()).status).toBe('ACTIVE');
    expect(play.executionsOf('pause-node')).toEqual([]);
  });

  test.each(['pause', 'resume', 'recycle'] as const)('%s twice at once happens once', async (action) => {
    const play = await open();
    await play.create();
    if (action === 'resume') await play.ask((service) => service.act(play.nodeId, 'pause'));
    const launches = play.callsOf('RunInstances').length;
    await play.settle(Promise.all([play.service.act(play.nodeId, action), play.service.act(play.nodeId, action)]));
    await play.untilIdle();
    expect((await play.node()).status).toBe(action === 'pause' ? 'PAUSED' : 'ACTIVE');
    expect(play.callsOf('RunInstances')).toHaveLength(launches + (action === 'pause' ? 0 : 1));
  });

  test.each(['resume', 'pause'] as const)('%s of a node in that state does nothing', async (action) => {
    const play = await open();
    await play.create();
    if (action === 'pause') await play.ask((service) => service.act(play.nodeId, 'pause'));
    const before = await play.node();
    await play.ask((service) => service.act(play.nodeId, action));
    expect(await play.node()).toEqual(before);
  });

  test('an interruption during a pause changes nothing: the pause ends the instance anyway', async () => {
    const play = await open();
    await play.create();
    await play.settle(play.service.act(play.nodeId, 'pause'));
    await play.passSeconds(5);
    await play.interrupt().catch(() => undefined);
    await play.untilIdle();
    expect((await play.node()).status).toBe('PAUSED');
    expect(play.liveInstanceIds()).toEqual([]);
  });

  test('a deletion during a replacement is carried out after it', async () => {
    const play = await open();
    await play.create();
    await play.interrupt();
    await play.untilEntered('Cold: reassociate the EIP and launch the replacement');
    await play.ask((service) => service.delete(play.nodeId, DELETE_EVERYTHING));
    await play.passSeconds(180);
    expect(play.liveInstanceIds()).toEqual([]);
    expect(play.interfaceIds()).toEqual([]);
  });
});

describe('update', () => {
  const update = (play: Play, patch: object) => play.ask((service) => service.update(play.nodeId, patch));

  test('tags, security groups and the Elastic IP take effect at once, on the same instance', async () => {
    const play = await open();
    const before = await play.create();
    const groupId = play.sandbox.ec2.addSecurityGroup({ vpcId: play.sandbox.account.vpcId, name: 'other' });
    const elasticIp = await play.allocate();
    await update(play, {
      compute: {
        elasticIp,
        launchSpecification: { securityGroupIds: [groupId], tags: [{ tagKey: 'stage', tagValue: 'live' }] },
      },
    });
    const { world } = play.sandbox.ec2;
    const node = await play.node();
    expect(node).toMatchObject({ status: 'ACTIVE', instance: { id: before.instance?.id } });
    expect(world.networkInterfaces.get(before.identity.interfaceId ?? '')?.groupIds).toEqual([groupId]);
    expect(world.instances.get(before.instance?.id ?? '')?.tags.current).toMatchObject({ stage: 'live' });
    expect(world.instances.get(before.instance?.id ?? '')?.tags.current).not.toHaveProperty('service');
    expect(world.elasticIps.get(elasticIp)?.association?.networkInterfaceId).toBe(before.identity.interfaceId);
    expect(play.elasticIpHolder()).toBeUndefined();
    expect(await play.claims()).toEqual([elasticIp, `${play.sandbox.account.vpcId}/10.0.0.42`].sort());
  });

  test('an Elastic IP that is removed is disassociated, and another node can have it', async () => {
    const play = await open();
    await play.create();
    await update(play, { compute: { elasticIp: null } });
    expect(play.elasticIpHolder()).toBeUndefined();
    expect(await play.claims()).toEqual([`${play.sandbox.account.vpcId}/10.0.0.42`]);
  });

  test('launch settings take effect at the next replacement', async () => {
    const play = await open();
    await play.create();
    await update(play, { compute: { launchSpecification: { instanceTypes: { preferredType: 'm7g.xlarge' } } } });
    expect((await play.node()).instance?.instanceType).toBe('m7g.large');
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    expect((await play.node()).instance?.instanceType).toBe('m7g.xlarge');
  });

  test.each(ATTACHMENTS)(
    '%s: another private IP is another interface, confirmed before the old one is deleted',
    async (attachment) => {
      const play = await open({ attachment });
      const before = await play.create();
      await update(play, { compute: { privateIp: '10.0.0.77' } });
      expect((await play.addresses())?.privateIp).toBe('10.0.0.42');
      await play.ask((service) => service.act(play.nodeId, 'recycle'));
      await play.passSeconds(180);
      const after = await play.addresses();
      expect(after?.privateIp).toBe('10.0.0.77');
      expect(play.elasticIpHolder()).toBe(after?.networkInterfaceId);
      expect(play.interfaceIds()).not.toContain(before.identity.interfaceId);
      expect(await play.claims()).toEqual([play.elasticIp, `${play.sandbox.account.vpcId}/10.0.0.77`].sort());
    },
  );

  test('if another private IP is taken meanwhile, the recycle fails before it touches the old instance', async () => {
    const play = await open();
    const before = await play.create();
    await update(play, { compute: { privateIp: '10.0.0.77' } });
    await play.makeInterface('10.0.0.77');
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    const node = await play.node();
    expect(node).toMatchObject({ status: 'ERROR', instance: { id: before.instance?.id } });
    expect(node.errorReason).toContain('AddressTaken');
    expect((await play.addresses())?.instanceId).toBe(before.instance?.id);
  });

  test.each([
    { from: 'cold', to: 'hot' },
    { from: 'hot', to: 'cold' },
  ] as const)('the attachment changes from $from to $to with the next replacement', async ({ from, to }) => {
    const play = await open({ attachment: from });
    await play.create();
    const before = await play.addresses();
    await update(play, { persistence: { eniAttachment: to } });
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    await play.passSeconds(180);
    expect(identityIn(await play.addresses())).toEqual(identityIn(before));
    expect((await play.node()).instance?.attachment).toBe(to);
    expect(play.interfaceIds()).toHaveLength(to === 'cold' ? 1 : 2);
  });

  test('an update that comes before the launch of an operation takes part in it', async () => {
    const play = await open();
    await play.create();
    await play.interrupt();
    await play.untilEntered('Terminate the old instance');
    await update(play, { compute: { launchSpecification: { instanceTypes: { preferredType: 'm7g.xlarge' } } } });
    await play.passSeconds(180);

    const { status, instance } = await play.node();
    expect({ status, instanceType: instance?.instanceType }).toEqual({ status: 'ACTIVE', instanceType: 'm7g.xlarge' });
    expect(play.sandbox.ec2.world.instances.size).toBe(2);
  });

  test('an update during an operation is accepted, and takes effect after it', async () => {
    const play = await open();
    await play.create();
    await play.interrupt();
    await play.untilEntered('Cold: reassociate the EIP and launch the replacement');
    const elasticIp = await play.allocate();
    await update(play, { compute: { elasticIp } });
    const { identity } = await play.node();
    expect(play.sandbox.ec2.world.elasticIps.get(elasticIp)?.association?.networkInterfaceId).toBe(
      identity.interfaceId,
    );
  });
});

test('everything that is made is tagged with the deployment and with the request that made it', async () => {
  const play = await open();
  const { identity, instance } = await play.create();
  const { instances, networkInterfaces, volumes } = play.sandbox.ec2.world;
  const [eni, launched] = [networkInterfaces.get(identity.interfaceId ?? ''), instances.get(instance?.id ?? '')];
  const made = [eni, launched, ...volumes.values()].map((each) => each?.tags.current);
  expect(made.length).toBeGreaterThan(2);
  for (const tags of made) {
    expect(tags).toMatchObject({
      'holdfast:deployment': 'Holdfast',
      'holdfast:request': expect.stringContaining(play.nodeId) as unknown,
    });
  }
});

describe('delete', () => {
  test('hides the node at once, while the clean-up runs', async () => {
    const play = await open();
    await play.create();
    await play.settle(play.service.delete(play.nodeId, DELETE_EVERYTHING));
    await expect(play.settle(play.service.get(play.nodeId))).rejects.toThrow('There is no stateful node');
    expect(play.liveInstanceIds()).toHaveLength(1);
  });

  test('leaves the interface unless asked otherwise, tagged with the id of its node', async () => {
    const play = await open();
    const { identity } = await play.create();
    const keepInterface = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
    await play.ask((service) => service.delete(play.nodeId, keepInterface));
    expect(play.interfaceIds()).toEqual([identity.interfaceId]);
    const tags = play.sandbox.ec2.world.networkInterfaces.get(identity.interfaceId ?? '')?.tags.current;
    expect(tags).toMatchObject({ 'holdfast:left-by': play.nodeId });
    expect(play.elasticIpHolder()).toBeUndefined();
  });

  test('leaves the instance running with its addresses if asked to', async () => {
    const play = await open();
    await play.create();
    const before = await play.addresses();
    const leaveAll = { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: true };
    await play.ask((service) => service.delete(play.nodeId, leaveAll));
    expect(play.liveInstanceIds()).toEqual([before?.instanceId]);
    expect(play.elasticIpHolder()).toBe(before?.networkInterfaceId);
    expect(await play.claims()).toEqual([]);
  });
});

describe('claims', () => {
  test.each([
    { what: 'one Elastic IP', clash: 'compute.elasticIp', other: { privateIp: '10.0.0.50' } },
    { what: 'one private IP', clash: 'compute.privateIp', other: { elasticIp: undefined } },
    { what: 'both', clash: 'compute.elasticIp', other: {} },
  ])('of nodes created at once for $what exactly one wins, and nothing is left half-made', async ({ clash, other }) => {
    const play = await open();
    const first = await play.document();
    const second = { ...first, compute: { ...first.compute, ...other } };
    const outcomes = await play.settle(
      Promise.allSettled([first, second].map((document) => play.service.create(document))),
    );
    await play.untilIdle();
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(String(refused[0]?.reason)).toContain(clash);
    expect(await listed(play)).toHaveLength(1);
    expect(play.interfaceIds()).toHaveLength(1);
    const [winner] = await listed(play);
    expect(await play.claims()).toEqual([...(winner?.heldClaims ?? [])].sort());
  });
});

test('the log says what happened, in order', async () => {
  const play = await open();
  await play.create();
  // In virtual time much happens within one millisecond, and entries of one millisecond have no order.
  await play.passSeconds(1);
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  const { entries } = await play.settle(play.service.log(play.nodeId, { limit: 100, severity: 'INFO' }));
  const messages = entries.map(({ message }) => message);
  const inOrder = [
    'created',
    'operation 1 begins',
    'an instance is launched',
    'ACTIVE on',
    'pause requested',
    'PAUSED',
  ];
  const found = inOrder.map((start) => messages.findIndex((message) => message.startsWith(start)));
  expect(found).not.toContain(-1);
  expect([...found].sort((one, other) => one - other)).toEqual(found);
});

test('every change of status is an event on the bus', async () => {
  const play = await open();
  await play.create();
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  await play.ask((service) => service.delete(play.nodeId, DELETE_EVERYTHING));
  const published = play.sandbox.plane.eventBridge.events().filter(({ source }) => source === 'holdfast');
  expect(published.map(({ detail }) => [detail['from'], detail['to']])).toEqual([
    [null, 'RESUMING'],
    ['RESUMING', 'ACTIVE'],
    ['ACTIVE', 'PAUSING'],
    ['PAUSING', 'PAUSED'],
    ['PAUSED', 'DEALLOCATING'],
    ['DEALLOCATING', null],
  ]);
  expect(published[1]).toMatchObject({
    'detail-type': 'Stateful Node Status Change',
    detail: { nodeId: play.nodeId, name: 'licence-server', privateIp: '10.0.0.42', errorReason: null },
  });
});
