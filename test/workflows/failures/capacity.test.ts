/** When EC2 has no capacity: the next pool, then on-demand if allowed, then a wait, then ERROR with the refusals. */
import type { NodeConfig } from '../../../domain/config/node-config';
import type { LifeCycle } from '../../../domain/config/node-config';
import { identityIn, plays, type Play } from '../play';

const open = plays();

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
const TYPES = ['m7g.large', 'm6g.large'];

const fallback =
  (fallbackToOd: boolean) =>
  (document: NodeConfig): NodeConfig => ({ ...document, strategy: { ...document.strategy, fallbackToOd } });

function setCapacity(play: Play, lifeCycle: LifeCycle, count: number, types = TYPES, zones = ZONES): void {
  for (const instanceType of types) {
    for (const availabilityZone of zones) {
      play.sandbox.ec2.setCapacity({ instanceType, availabilityZone, lifeCycle }, count);
    }
  }
}

describe.each(['cold', 'hot'] as const)('%s', (attachment) => {
  test('no spot capacity for the first type: the node gets the second type, with the same identity', async () => {
    const play = await open({ attachment });
    await play.create();
    const before = await play.addresses();
    setCapacity(play, 'spot', 0, ['m7g.large']);
    await play.interrupt();
    await play.untilIdle();
    expect((await play.node()).instance).toMatchObject({ instanceType: 'm6g.large', lifeCycle: 'spot' });
    expect(identityIn(await play.addresses())).toEqual(identityIn(before));
  });

  test('no spot capacity at all: on-demand if that is allowed', async () => {
    const play = await open({ attachment });
    await play.create(fallback(true));
    const before = await play.addresses();
    setCapacity(play, 'spot', 0);
    await play.interrupt();
    await play.untilIdle();
    expect((await play.node()).instance).toMatchObject({ instanceType: 'm7g.large', lifeCycle: 'on_demand' });
    expect(identityIn(await play.addresses())).toEqual(identityIn(before));
  });

  test('no spot capacity at all and on-demand not allowed: ERROR with EC2’s refusal, and the node keeps its interface', async () => {
    const play = await open({ attachment });
    await play.create(fallback(false));
    const before = await play.node();
    setCapacity(play, 'spot', 0);
    await play.interrupt();
    await play.untilIdle();

    const node = await play.node();
    expect(node.status).toBe('ERROR');
    expect(node.errorReason).toContain('replace failed: NoCapacity');
    // One entry for both types, with EC2's sentence about the first.
    expect(node.errorReason).toMatch(
      /m7g\.large spot in subnet-\w+ and 1 more: InsufficientInstanceCapacity: .*m7g\.large/,
    );
    expect(node.errorReason).toContain(`${before.identity.interfaceId} (10.0.0.42) is retained`);
    expect(play.interfaceIds()).toContain(before.identity.interfaceId);
    expect(node.identity).toEqual(before.identity);
    expect(node.operation).toBeUndefined();
    expect(play.callsOf('RunInstances')).toHaveLength(1);
    expect(play.executionsOf('replace-node').map(({ status, error }) => [status, error])).toEqual([
      ['FAILED', 'NoCapacity'],
    ]);
  });

  test('the replacement is launched when capacity comes back during its wait', async () => {
    const play = await open({ attachment });
    await play.create(fallback(false));
    const before = await play.addresses();
    setCapacity(play, 'spot', 0);
    await play.interrupt();
    await play.passSeconds(150);
    setCapacity(play, 'spot', 1);
    await play.untilIdle();
    expect((await play.node()).status).toBe('ACTIVE');
    expect(identityIn(await play.addresses())).toEqual(identityIn(before));
  });
});

test('after an error without capacity, a launch by hand brings the node back with its addresses', async () => {
  const play = await open();
  await play.create(fallback(false));
  const before = await play.addresses();
  setCapacity(play, 'spot', 0);
  await play.interrupt();
  await play.untilIdle();
  setCapacity(play, 'spot', 1);
  await play.startExecution('launch', { nodeId: play.nodeId, reason: 'by hand' });
  expect(await play.node()).toMatchObject({ status: 'ACTIVE' });
  expect((await play.node()).errorReason).toBeUndefined();
  expect(identityIn(await play.addresses())).toEqual(identityIn(before));
});

describe('quotas', () => {
  test('a spot quota leads to on-demand, without trying every spot pool', async () => {
    const play = await open();
    await play.create();
    play.sandbox.ec2.setVcpuQuota('spot', 0);
    await play.interrupt();
    await play.untilIdle();
    expect((await play.node()).instance?.lifeCycle).toBe('on_demand');
    expect(play.callsOf('RunInstances', 'MaxSpotInstanceCountExceeded')).toHaveLength(1);
  });

  test('if only quotas are in the way, the node is in ERROR at once, and the reason says so', async () => {
    const play = await open();
    await play.create();
    play.sandbox.ec2.setVcpuQuota('spot', 0);
    play.sandbox.ec2.setVcpuQuota('on_demand', 0);
    await play.interrupt();
    await play.untilIdle();
    const { status, errorReason } = await play.node();
    expect(status).toBe('ERROR');
    expect(errorReason).toContain('QuotaExceeded');
    expect(errorReason).toContain('MaxSpotInstanceCountExceeded');
    expect(errorReason).toContain('VcpuLimitExceeded');
    expect(play.callsOf('RunInstances', 'VcpuLimitExceeded')).toHaveLength(1);
  });
});

describe('the Elastic IP alone, over several subnets', () => {
  const elasticIpOnly = (document: NodeConfig, { account }: Play['sandbox']): NodeConfig => {
    const { privateIp: _none, ...compute } = document.compute;
    return {
      ...document,
      persistence: { ...document.persistence, persistPrivateIp: false },
      compute: { ...compute, subnetIds: [...account.subnetIds] },
    };
  };

  test.each(['cold', 'hot'] as const)(
    '%s: without capacity in one zone, the node gets an interface in another, with the EIP',
    async (attachment) => {
      const play = await open({ attachment });
      await play.create(elasticIpOnly);
      const before = await play.addresses();
      setCapacity(play, 'spot', 0, TYPES, ['us-east-1a']);
      await play.interrupt();
      await play.untilIdle();
      await play.passSeconds(180);

      const after = await play.addresses();
      const node = await play.node();
      expect(node).toMatchObject({ status: 'ACTIVE', identity: { availabilityZone: 'us-east-1b' } });
      expect(after?.publicIp).toBe(before?.publicIp);
      expect(after?.networkInterfaceId).not.toBe(before?.networkInterfaceId);
      expect(after?.privateIp).toMatch(/^10\.0\.1\./);
      // The old interface has been deleted.
      expect(play.interfaceIds()).not.toContain(before?.networkInterfaceId);
      expect(play.interfaceIds()).toHaveLength(attachment === 'cold' ? 1 : 2);
    },
  );

  test('if its zone has capacity, the interface stays', async () => {
    const play = await open();
    await play.create(elasticIpOnly);
    const before = await play.addresses();
    await play.interrupt();
    await play.untilIdle();
    expect(identityIn(await play.addresses())).toEqual(identityIn(before));
  });

  test('no capacity anywhere: ERROR, one interface, with the EIP on it', async () => {
    const play = await open();
    await play.create((document, sandbox) => fallback(false)(elasticIpOnly(document, sandbox)));
    setCapacity(play, 'spot', 0);
    await play.interrupt();
    await play.untilIdle();
    const node = await play.node();
    expect(node.status).toBe('ERROR');
    expect(play.interfaceIds()).toEqual([node.identity.interfaceId]);
    expect(play.elasticIpHolder()).toBe(node.identity.interfaceId);
  });
});

test('a persisted private IP over several subnets: the first launch uses the subnet with capacity, and the node stays there', async () => {
  const play = await open();
  const severalSubnets = (document: NodeConfig, { account }: Play['sandbox']): NodeConfig => {
    const { privateIp: _none, ...compute } = document.compute;
    return { ...fallback(false)(document), compute: { ...compute, subnetIds: [...account.subnetIds] } };
  };
  setCapacity(play, 'spot', 0, TYPES, ['us-east-1a']);
  await play.create(severalSubnets);
  const before = await play.addresses();
  expect(before?.privateIp).toMatch(/^10\.0\.1\./);
  expect(play.interfaceIds()).toHaveLength(1);

  setCapacity(play, 'spot', 0, TYPES, ['us-east-1b']);
  setCapacity(play, 'spot', 5, TYPES, ['us-east-1a']);
  await play.interrupt();
  await play.untilIdle();
  expect(await play.node()).toMatchObject({ status: 'ERROR', identity: { privateIp: before?.privateIp } });
});
