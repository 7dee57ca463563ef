import fc from 'fast-check';
import type { PoolRefusal } from '../../../domain/capacity/pool-refusal';
import {
  decideExhaustion,
  decideLaunch,
  describeRefusals,
  hasEnded,
  launched,
  launchPools,
  refused,
  spent,
  withoutInterface,
  withoutRoom,
  type LaunchDecision,
} from '../../../domain/operation/launch';
import { attachmentOf, instanceTypesOf } from '../../../domain/config/node-config';
import type {
  LaunchPool,
  LaunchProgress,
  LaunchRequest,
  LaunchRound,
  Refusal,
  RequestedLaunch,
  StatefulNode,
} from '../../../domain/node/stateful-node';
import { someNode } from '../arbitraries';
import {
  aConfig,
  aLaunch,
  anExhaustedLaunch,
  aNextLaunch,
  anIdentity,
  aNode,
  anInstance,
  anOperation,
  anOperationOf,
  aPool,
  aPoolRefusal,
  aRequestedLaunch,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  REPLACEMENT_ID,
  SUBNET_A,
  SUBNET_B,
} from '../builders';

type Ec2Response = 'capacity' | 'subnet-full' | 'unsuitable' | 'quota' | 'token-spent' | 'launched and ended';

const REFUSALS = ['capacity', 'subnet-full', 'unsuitable', 'quota'] as const;
const refusal = fc.constantFrom<Ec2Response[]>(...REFUSALS);
const response = fc.constantFrom<Ec2Response[]>(...REFUSALS, 'token-spent', 'launched and ended');

interface LaunchRun {
  readonly requests: readonly LaunchRequest[];
  /** The progress that was written with each request. */
  readonly asked: readonly LaunchProgress[];
  /** The progress that was written after each response. */
  readonly progress: readonly LaunchProgress[];
}

/**
 * Simulates the launch of one operation with the given responses of EC2, over as many rounds as they need. The
 * interface moves to the subnet that the launch needs.
 */
function simulate(start: StatefulNode, responses: readonly Ec2Response[]): LaunchRun {
  let node = start;
  let operation = anOperationOf(node, { generation: node.generation });
  const requests: LaunchRequest[] = [];
  const allAsked: LaunchProgress[] = [];
  const progress: LaunchProgress[] = [];
  for (const [index, given] of responses.entries()) {
    const launchedId = operation.launch?.instanceId;
    const seen = launchedId === undefined ? undefined : anInstance({ id: launchedId, state: 'terminated' });
    let decision = decideLaunch(node, operation, seen, NOW);
    if (decision.kind === 'move') {
      operation = { ...operation, launch: decision.progress };
      const { subnetId } = decision.progress.pool;
      node = { ...node, identity: anIdentity({ subnetId, interfaceId: `eni-in-${subnetId}` }) };
      decision = decideLaunch(node, operation, seen, NOW);
    }
    const { request, progress: written } = asked(decision);
    const after = progressAfter(written, given, `i-${index}`, node.config);
    requests.push(request);
    allAsked.push(written);
    progress.push(after);
    operation = { ...operation, launch: after };
  }
  return { requests, asked: allAsked, progress };
}

function progressAfter(
  progress: RequestedLaunch,
  given: Ec2Response,
  instanceId: string,
  config: StatefulNode['config'],
): LaunchProgress {
  switch (given) {
    case 'capacity':
      return refused(progress, aPoolRefusal(), config);
    case 'subnet-full':
      return refused(progress, aPoolRefusal({ of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' }), config);
    case 'unsuitable':
      return refused(progress, aPoolRefusal({ because: 'unsuitable', code: 'Unsupported' }), config);
    case 'quota':
      return refused(progress, aPoolRefusal({ because: 'quota', code: 'VcpuLimitExceeded' }), config);
    case 'token-spent':
      return spent(progress);
    case 'launched and ended':
      return launched(progress, anInstance({ id: instanceId }));
  }
}

function asked(decision: LaunchDecision): LaunchDecision & { kind: 'ask' } {
  if (decision.kind !== 'ask') throw new Error(`expected to ask, but decided on ${decision.kind}`);
  return decision;
}

const named = ({ lifeCycle, subnetId, instanceType }: LaunchPool): string =>
  `${lifeCycle} ${subnetId.slice(-1)} ${instanceType}`;

describe('The pools of a launch', () => {
  it.each([
    {
      name: 'spot, the interface being in the first subnet and able to move',
      config: aConfig({ persistence: { persistPrivateIp: false } }),
      pools: [
        'spot a m7g.large',
        'spot a m6g.large',
        'spot b m7g.large',
        'spot b m6g.large',
        'on_demand a m7g.large',
        'on_demand a m6g.large',
        'on_demand b m7g.large',
        'on_demand b m6g.large',
      ],
    },
    {
      name: 'a settled private IP, which stays in its subnet',
      config: aConfig(),
      pools: ['spot a m7g.large', 'spot a m6g.large', 'on_demand a m7g.large', 'on_demand a m6g.large'],
    },
    {
      name: 'no fallback to on-demand',
      config: aConfig({ strategy: { lifeCycle: 'spot', fallbackToOd: false } }),
      pools: ['spot a m7g.large', 'spot a m6g.large'],
    },
    {
      name: 'on-demand only, with any fallback setting',
      config: aConfig({ strategy: { lifeCycle: 'on_demand', fallbackToOd: false } }),
      pools: ['on_demand a m7g.large', 'on_demand a m6g.large'],
    },
    {
      name: 'no strategy: spot, with the fallback',
      config: { ...aConfig(), strategy: undefined },
      pools: ['spot a m7g.large', 'spot a m6g.large', 'on_demand a m7g.large', 'on_demand a m6g.large'],
    },
  ])('$name', ({ config, pools }) => {
    expect(launchPools(aNode().identity, anOperation({ config })).map(named)).toEqual(pools);
  });

  it('begin with the subnet that the interface is in, not with the first one configured', () => {
    const config = aConfig({ persistence: { persistPrivateIp: false } });
    const identity = anIdentity({ subnetId: SUBNET_B });

    expect(launchPools(identity, anOperation({ config })).map(named)).toEqual([
      'spot b m7g.large',
      'spot b m6g.large',
      'spot a m7g.large',
      'spot a m6g.large',
      'on_demand b m7g.large',
      'on_demand b m6g.large',
      'on_demand a m7g.large',
      'on_demand a m6g.large',
    ]);
  });

  it('try all spot before any on-demand', () => {
    fc.assert(
      fc.property(someNode, (node) => {
        const lifeCycles = launchPools(node.identity, anOperationOf(node)).map(({ lifeCycle }) => lifeCycle);

        expect(lifeCycles).toEqual([...lifeCycles].sort((one, other) => other.localeCompare(one)));
      }),
    );
  });

  it("try each subnet of a life cycle with every instance type, the interface's own subnet first", () => {
    fc.assert(
      fc.property(someNode, (node) => {
        const pools = launchPools(node.identity, anOperationOf(node));
        for (const lifeCycle of new Set(pools.map((pool) => pool.lifeCycle))) {
          const ofLifeCycle = pools.filter((pool) => pool.lifeCycle === lifeCycle);
          const subnetIds = [...new Set(ofLifeCycle.map(({ subnetId }) => subnetId))];

          const present = node.eligibleSubnetIds.find((subnetId) => subnetId === node.identity.subnetId);
          if (present !== undefined) expect(subnetIds[0]).toBe(present);
          expect(ofLifeCycle.map(named)).toEqual(
            subnetIds.flatMap((subnetId) =>
              instanceTypesOf(node.config).map((instanceType) => named({ lifeCycle, subnetId, instanceType })),
            ),
          );
        }
      }),
    );
  });

  it('try the preferred instance type before the others', () => {
    fc.assert(
      fc.property(someNode, (node) => {
        const { preferredType } = node.config.compute.launchSpecification.instanceTypes;
        fc.pre(preferredType !== undefined);

        expect(launchPools(node.identity, anOperationOf(node))[0]?.instanceType).toBe(preferredType);
      }),
    );
  });

  it('never repeat themselves, and are never none', () => {
    fc.assert(
      fc.property(someNode, (node) => {
        const names = launchPools(node.identity, anOperationOf(node)).map(named);

        expect(names.length).toBeGreaterThan(0);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('never leave the subnet of a private IP that is persisted and settled, unless an update took it away', () => {
    fc.assert(
      fc.property(someNode, (node) => {
        const { config, identity, eligibleSubnetIds } = node;
        fc.pre(config.persistence.persistPrivateIp === true && identity.settled);
        fc.pre(eligibleSubnetIds.some((subnetId) => subnetId === identity.subnetId));

        for (const { subnetId } of launchPools(node.identity, anOperationOf(node)))
          expect(subnetId).toBe(node.identity.subnetId);
      }),
    );
  });

  it('lie in eligible subnets', () => {
    fc.assert(
      fc.property(someNode, (node) => {
        for (const { subnetId } of launchPools(node.identity, anOperationOf(node))) {
          expect(node.eligibleSubnetIds).toContain(subnetId);
        }
      }),
    );
  });
});

describe('decideLaunch', () => {
  it('begins with the first pool', () => {
    const { progress, request } = asked(decideLaunch(aNode(), anOperation(), undefined, NOW));

    expect(progress).toMatchObject({
      poolIndex: 0,
      attempt: 0,
      state: 'requested',
      subnetIds: [SUBNET_A],
      pool: request.pool,
      clientToken: request.clientToken,
      refusals: [],
      rounds: 1,
      losses: 0,
    });
    expect(request).toMatchObject({
      clientToken: `${NODE_ID}-4-0`,
      pool: { instanceType: 'm7g.large', subnetId: SUBNET_A, lifeCycle: 'spot' },
    });
  });

  it.each([
    { name: 'is not visible yet', seen: undefined },
    { name: 'is pending', seen: anInstance({ state: 'pending' }) },
    { name: 'runs', seen: anInstance({ state: 'running' }) },
    { name: 'is not the one that has ended', seen: anInstance({ id: 'i-lost-before', state: 'terminated' }) },
    { name: 'is stopped, which is not ended', seen: anInstance({ state: 'stopped' }) },
  ])('keeps the instance that it has launched while it $name', ({ seen }) => {
    expect(decideLaunch(aNode(), anOperation({ launch: aLaunch() }), seen, NOW)).toEqual({ kind: 'launched' });
  });

  it.each(['shutting-down', 'terminated'] as const)('launches anew where the replacement is %s', (state) => {
    const operation = anOperation({ launch: aLaunch({ attempt: 2, losses: 1, poolIndex: 2 }) });
    const { progress, request } = asked(decideLaunch(aNode(), operation, anInstance({ state }), NOW));

    expect(request.clientToken).toBe(`${NODE_ID}-4-3`);
    expect(progress).toMatchObject({ poolIndex: 0, attempt: 3, rounds: 1, losses: 2, state: 'requested' });
    expect(progress.instanceId).toBeUndefined();
  });

  it.each([
    { name: 'none configured', tags: undefined, first: [] },
    { name: 'the configured ones', tags: [{ tagKey: 'team', tagValue: 'a' }], first: [{ key: 'team', value: 'a' }] },
  ])("puts its own tags after the node's: $name", ({ tags, first }) => {
    const operation = anOperation({ config: aConfig({ launchSpecification: { tags } }) });

    expect(asked(decideLaunch(aNode(), operation, undefined, NOW)).request.tags).toEqual([
      ...first,
      { key: 'holdfast:node-id', value: NODE_ID },
      { key: 'holdfast:generation', value: '4' },
    ]);
  });

  it('begins a new round after every pool has refused, without counting a loss', () => {
    const launch = anExhaustedLaunch({ attempt: 4 });
    const { progress, request } = asked(decideLaunch(aNode(), anOperation({ launch }), undefined, NOW));

    expect(request.clientToken).toBe(`${NODE_ID}-4-4`);
    expect(progress).toMatchObject({ poolIndex: 0, attempt: 4, rounds: 2, losses: 0, refusals: [] });
  });

  const elsewhere = aNextLaunch({ subnetIds: [SUBNET_B], pool: aPool({ subnetId: SUBNET_B }) });

  it('cold: first needs an interface in the subnet of the pool', () => {
    expect(decideLaunch(aNode(), anOperation({ launch: elsewhere }), undefined, NOW)).toEqual({
      kind: 'move',
      progress: elsewhere,
    });
  });

  it('hot: launches in another subnet, because the interface follows the replacement', () => {
    const config = aConfig({ persistence: { eniAttachment: 'hot' } });
    const { request } = asked(decideLaunch(aNode(), anOperation({ config, launch: elsewhere }), undefined, NOW));

    expect(request.pool.subnetId).toBe(SUBNET_B);
  });

  it('requests everything in the configuration, with our tags last', () => {
    const launchSpecification = {
      keyPair: 'ops',
      userData: 'IyEvYmluL3No',
      iamRole: { name: 'ledger' },
      ebsOptimized: true,
      monitoring: true,
      tenancy: 'dedicated' as const,
      creditSpecification: { cpuCredits: 'unlimited' as const },
      metadataOptions: { httpTokens: 'required' as const },
      blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeSize: 20 } }],
      tags: [{ tagKey: 'team', tagValue: 'ledger' }],
    };
    const { request } = asked(
      decideLaunch(aNode(), anOperation({ config: aConfig({ launchSpecification }) }), undefined, NOW),
    );

    expect(request).toEqual({
      clientToken: `${NODE_ID}-4-0`,
      pool: { instanceType: 'm7g.large', subnetId: SUBNET_A, lifeCycle: 'spot' },
      imageId: 'ami-00000000000000001',
      securityGroupIds: ['sg-00000000000000001'],
      interfaceId: INTERFACE_ID,
      keyPair: 'ops',
      userData: 'IyEvYmluL3No',
      iamRole: { name: 'ledger' },
      ebsOptimized: true,
      monitoring: true,
      tenancy: 'dedicated',
      cpuCredits: 'unlimited',
      metadataOptions: { httpTokens: 'required' },
      blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeSize: 20 } }],
      tags: [
        { key: 'team', value: 'ledger' },
        { key: 'holdfast:node-id', value: NODE_ID },
        { key: 'holdfast:generation', value: '4' },
      ],
      volumeTags: [
        { key: 'holdfast:node-id', value: NODE_ID },
        { key: 'holdfast:generation', value: '4' },
      ],
    });
  });

  it('requests the configured tags for the volumes too, if they are asked for', () => {
    const config = aConfig({
      launchSpecification: {
        tags: [{ tagKey: 'team', tagValue: 'ledger' }],
        resourceTagSpecification: { volumes: { shouldTag: true } },
      },
    });
    const { request } = asked(decideLaunch(aNode(), anOperation({ config }), undefined, NOW));

    expect(request.volumeTags).toEqual(request.tags);
    expect(request.volumeTags).toContainEqual({ key: 'team', value: 'ledger' });
  });

  it.each([
    { asks: true, gets: true },
    { asks: false, gets: false },
    { asks: null, gets: undefined },
  ])('hot: the launch makes its own primary, with a public IP as asked ($asks)', ({ asks, gets }) => {
    const config = aConfig({
      persistence: { persistPrivateIp: true, eniAttachment: 'hot' },
      launchSpecification: { networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: asks }] },
    });
    const { request } = asked(decideLaunch(aNode(), anOperation({ config }), undefined, NOW));

    expect(request.interfaceId).toBeUndefined();
    expect(request.associatePublicIpAddress).toBe(gets);
  });
});

describe('A launch, for any responses of EC2', () => {
  it('never uses a client token for two different requests', () => {
    fc.assert(
      fc.property(someNode, fc.array(response, { maxLength: 40 }), (node, responses) => {
        const byToken = new Map<string, string>();
        for (const request of simulate(node, responses).requests) {
          const before = byToken.get(request.clientToken);
          const now = JSON.stringify(request);

          expect(before ?? now).toBe(now);
          byToken.set(request.clientToken, now);
        }
      }),
    );
  });

  it('uses a new client token after every response', () => {
    fc.assert(
      fc.property(someNode, fc.array(response, { maxLength: 40 }), (node, responses) => {
        const tokens = simulate(node, responses).requests.map(({ clientToken }) => clientToken);

        expect(new Set(tokens).size).toBe(responses.length);
      }),
    );
  });

  it('keeps client tokens within the 64 characters that EC2 allows', () => {
    fc.assert(
      fc.property(someNode, fc.array(response, { maxLength: 40 }), (node, responses) => {
        for (const { clientToken } of simulate(node, responses).requests)
          expect(clientToken.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it('ends a round after at most as many refusals as there are pools', () => {
    fc.assert(
      fc.property(someNode, fc.infiniteStream(refusal), (node, refusals) => {
        const limit = launchPools(node.identity, anOperationOf(node)).length;
        const { progress } = simulate(node, [...refusals.take(limit)]);

        expect(progress.map(({ state }) => state)).toContain('exhausted');
      }),
    );
  });

  it('tries no more pools of a life cycle in the round in which a quota refused one', () => {
    fc.assert(
      fc.property(someNode, fc.array(refusal, { minLength: 1, maxLength: 40 }), (node, refusals) => {
        const spentOf = new Map<number, string[]>();
        for (const [index, { pool, rounds }] of simulate(node, refusals).asked.entries()) {
          const spentLifeCycles = spentOf.get(rounds) ?? [];
          expect(spentLifeCycles).not.toContain(pool.lifeCycle);
          if (refusals[index] === 'quota') spentOf.set(rounds, [...spentLifeCycles, pool.lifeCycle]);
        }
      }),
    );
  });

  it('tries no more pools in a full subnet, within a life cycle', () => {
    fc.assert(
      fc.property(someNode, fc.array(refusal, { minLength: 1, maxLength: 40 }), (node, refusals) => {
        const full = new Set<string>();
        for (const [index, { pool, rounds }] of simulate(node, refusals).asked.entries()) {
          const key = `${rounds} ${pool.lifeCycle} ${pool.subnetId}`;
          expect(full).not.toContain(key);
          if (refusals[index] === 'subnet-full') full.add(key);
        }
      }),
    );
  });

  it('tries the pools of a round in order, each once', () => {
    fc.assert(
      fc.property(someNode, fc.array(refusal, { minLength: 1, maxLength: 40 }), (node, refusals) => {
        const { asked: all } = simulate(node, refusals);
        for (const round of new Set(all.map(({ rounds }) => rounds))) {
          const ofRound = all.filter(({ rounds }) => rounds === round);
          const indices = ofRound.map(({ poolIndex }) => poolIndex);
          const pools = ofRound.map(({ pool }) => named(pool));

          expect(indices).toEqual([...new Set(indices)].sort((one, other) => one - other));
          expect(new Set(pools).size).toBe(pools.length);
        }
      }),
    );
  });

  it('repeats the identical request after a crash, even if the node has changed', () => {
    fc.assert(
      fc.property(someNode, someNode, fc.array(response, { maxLength: 10 }), (node, changed, responses) => {
        const launch = simulate(node, responses).progress.at(-1);
        const operation = anOperationOf(node, { generation: node.generation, launch });
        const { instanceId } = launch ?? {};
        const lost = instanceId === undefined ? undefined : anInstance({ id: instanceId, state: 'terminated' });
        const first = decideLaunch(node, operation, lost, NOW);
        fc.pre(first.kind === 'ask');

        const written = { ...operation, launch: first.progress };
        expect(decideLaunch(node, written, undefined, NOW)).toEqual(first);
        const { id, identity } = node;
        expect(decideLaunch({ ...changed, id, identity }, written, undefined, NOW)).toEqual(first);
      }),
    );
  });

  it('makes cold requests only with an interface in the subnet of the pool', () => {
    fc.assert(
      fc.property(someNode, fc.array(response, { maxLength: 40 }), (node, responses) => {
        fc.pre(attachmentOf(node.config) === 'cold');

        for (const { interfaceId, pool } of simulate(node, responses).requests) {
          expect(interfaceId).toBe(`eni-in-${pool.subnetId}`);
        }
      }),
    );
  });

  it('counts its rounds over the pools', () => {
    fc.assert(
      fc.property(someNode, fc.array(refusal, { maxLength: 40 }), (node, refusals) => {
        const { progress } = simulate(node, [...refusals, 'capacity']);
        const exhausted = progress.slice(0, -1).filter(({ state }) => state === 'exhausted');

        expect(progress.at(-1)?.rounds).toBe(exhausted.length + 1);
      }),
    );
  });

  it('counts a loss for every instance that ended', () => {
    fc.assert(
      fc.property(someNode, fc.array(response, { minLength: 1, maxLength: 40 }), (node, responses) => {
        const ended = (given: Ec2Response) => given === 'token-spent' || given === 'launched and ended';
        const { requests, progress } = simulate(node, [...responses, 'capacity']);

        expect(requests).toHaveLength(responses.length + 1);
        expect(progress.at(-1)?.losses).toBe(responses.filter(ended).length);
      }),
    );
  });
});

describe('decideExhaustion', () => {
  const refusalOf = (because: Refusal['because']): Refusal => ({
    because,
    code: because,
    message: `of ${because}`,
    lifeCycles: ['spot'],
    pool: aPool(),
    count: 1,
  });
  const [capacity, quota, unsuitable] = [refusalOf('capacity'), refusalOf('quota'), refusalOf('unsuitable')];
  const after = (rounds: number, refusals: readonly Refusal[]) =>
    decideExhaustion(anExhaustedLaunch({ rounds, refusals }));

  it('waits longer and longer for capacity, and gives up after less than a quarter of an hour', () => {
    const decisions = Array.from({ length: 9 }, (_, index) => after(index + 1, [capacity]));
    const pauses = decisions.flatMap((decision) => (decision.kind === 'wait' ? [decision.seconds] : []));

    expect(pauses).toEqual([15, 30, 60, 120, 120, 120, 120, 120]);
    expect(decisions.at(-1)).toEqual({ kind: 'give-up' });
  });

  it.each([
    { name: 'quotas alone, which no waiting changes', refusals: [quota, quota], rounds: 1, kind: 'quota' },
    { name: 'the same, in any round', refusals: [quota], rounds: 9, kind: 'quota' },
    { name: 'a quota and capacity', refusals: [quota, capacity], rounds: 1, kind: 'wait' },
    { name: 'pools that can never serve', refusals: [unsuitable], rounds: 1, kind: 'unsuitable' },
    { name: 'the same, in any round', refusals: [unsuitable, unsuitable], rounds: 9, kind: 'unsuitable' },
    { name: 'a quota, and pools that can never serve', refusals: [quota, unsuitable], rounds: 1, kind: 'unsuitable' },
    { name: 'capacity, and pools that can never serve', refusals: [unsuitable, capacity], rounds: 1, kind: 'wait' },
    { name: 'the same, for too long', refusals: [unsuitable, capacity], rounds: 9, kind: 'give-up' },
  ])('$name, round $rounds: $kind', ({ refusals, rounds, kind }) => {
    expect(after(rounds, refusals).kind).toBe(kind);
  });
});

describe('The progress of a launch', () => {
  const noCapacity = aPoolRefusal();
  const movable = aConfig({ persistence: { persistPrivateIp: false } });
  const inBoth = { subnetIds: [SUBNET_A, SUBNET_B] };
  const asking = (overrides: Partial<LaunchRound> = {}): RequestedLaunch => aRequestedLaunch(overrides);
  const afterAll = (refusals: readonly PoolRefusal[]): LaunchProgress =>
    refusals.reduce<LaunchProgress>((progress, refusal) => {
      const isAsked = progress.state === 'next' || progress.state === 'requested';
      if (!isAsked) throw new Error('every pool has refused already');
      return refused(progress, refusal, aConfig());
    }, asking());

  it('after a refusal: the next pool, without the old request', () => {
    expect(refused(asking(), noCapacity, aConfig())).toStrictEqual({
      subnetIds: [SUBNET_A],
      poolIndex: 1,
      pool: aPool({ instanceType: 'm6g.large' }),
      attempt: 1,
      state: 'next',
      rounds: 1,
      losses: 0,
      refusals: [
        {
          because: 'capacity',
          code: 'InsufficientInstanceCapacity',
          message: 'There is no capacity.',
          lifeCycles: ['spot'],
          pool: aPool(),
          count: 1,
        },
      ],
    });
  });

  it.each([
    { name: 'want of capacity: the next type', refusal: noCapacity, next: 'spot a m6g.large' },
    {
      name: 'a quota on spot: the first on-demand pool',
      refusal: aPoolRefusal({ because: 'quota', code: 'MaxSpotInstanceCountExceeded' }),
      next: 'on_demand a m7g.large',
    },
    {
      name: 'a pool that can never serve: the next type',
      refusal: aPoolRefusal({ because: 'unsuitable', code: 'Unsupported' }),
      next: 'spot a m6g.large',
    },
    {
      name: 'a full subnet: the next subnet, for any type',
      refusal: aPoolRefusal({ of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' }),
      next: 'spot b m7g.large',
    },
  ])('after $name', ({ refusal: given, next }) => {
    const after = refused(asking(inBoth), given, movable);

    expect({ next: named(after.pool), state: after.state }).toEqual({ next, state: 'next' });
  });

  it.each([
    { name: 'the last pool', progress: { poolIndex: 3 }, refusal: noCapacity },
    { name: 'the only subnet, which is full', progress: {}, refusal: aPoolRefusal({ of: 'subnet' }), config: 'spot' },
    { name: 'the only way of buying', progress: {}, refusal: aPoolRefusal({ because: 'quota' }), config: 'spot' },
  ])('after the refusal of $name: exhausted', ({ progress, refusal: given, config }) => {
    const onlySpot = aConfig({ strategy: { lifeCycle: 'spot', fallbackToOd: config === undefined } });

    expect(refused(asking(progress), given, onlySpot)).toMatchObject({ state: 'exhausted', attempt: 1 });
  });

  it('keeps one entry for each error code, with the life cycles and the first pool', () => {
    const quota = aPoolRefusal({ because: 'quota', code: 'VcpuLimitExceeded', message: 'The limit is 8.' });
    const another = { ...noCapacity, message: 'There is none of another type.' };
    const given = [noCapacity, another, another, quota];
    const after = afterAll(given);

    expect(after.state).toBe('exhausted');
    expect(after.refusals).toEqual([
      {
        because: 'capacity',
        code: 'InsufficientInstanceCapacity',
        message: 'There is no capacity.',
        lifeCycles: ['spot', 'on_demand'],
        pool: aPool(),
        count: 3,
      },
      {
        because: 'quota',
        code: 'VcpuLimitExceeded',
        message: 'The limit is 8.',
        lifeCycles: ['on_demand'],
        pool: aPool({ instanceType: 'm6g.large', lifeCycle: 'on_demand' }),
        count: 1,
      },
    ]);
  });

  it('keeps two meanings of one code apart', () => {
    const given = [noCapacity, aPoolRefusal({ because: 'unsuitable' })];
    const after = afterAll(given);

    expect(after.refusals.map(({ because, count }) => `${because} ${count}`)).toEqual(['capacity 1', 'unsuitable 1']);
  });

  it('after the loss of an instance: the same pool under the next token', () => {
    const after = spent(asking({ poolIndex: 1 }));

    expect(after).toMatchObject({ poolIndex: 1, attempt: 1, state: 'next', losses: 1 });
    expect(after).not.toHaveProperty('clientToken');
  });

  it('if the interface is missing: the same pool under the next token, and no loss', () => {
    const launch = asking({ poolIndex: 1, attempt: 2, losses: 1 });
    const { clientToken: _token, ...kept } = launch;

    expect(withoutInterface(launch)).toStrictEqual({ ...kept, attempt: 3, state: 'next' });
  });

  it('after an instance: its id, when it was launched, and the token that made it', () => {
    expect(launched(asking(), anInstance({ id: 'i-1' }))).toStrictEqual(
      aLaunch({ instanceId: 'i-1', launchedAt: anInstance().launchedAt }),
    );
  });

  it('names each refusal for a person, with EC2’s own message', () => {
    const entry = (overrides: Partial<Refusal>): Refusal => ({
      because: 'capacity',
      code: 'InsufficientInstanceCapacity',
      message: 'There is none.',
      lifeCycles: ['spot'],
      pool: aPool(),
      count: 1,
      ...overrides,
    });

    expect(
      describeRefusals([
        entry({ count: 3 }),
        entry({ code: 'VcpuLimitExceeded', message: 'The limit is 8.', pool: aPool({ lifeCycle: 'on_demand' }) }),
      ]),
    ).toBe(
      `m7g.large spot in ${SUBNET_A} and 2 more: InsufficientInstanceCapacity: There is none.; ` +
        `m7g.large on_demand in ${SUBNET_A}: VcpuLimitExceeded: The limit is 8.`,
    );
  });

  describe('if a subnet has no free address for the interface', () => {
    const full = aPoolRefusal({ of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' });
    const node = aNode({ config: movable });

    it.each<{ name: string; launch: LaunchProgress | undefined; subnetId: string; state: string; next: string }>([
      { name: 'before any launch', launch: undefined, subnetId: SUBNET_A, state: 'next', next: 'spot b m7g.large' },
      {
        name: 'that contains the next pool',
        launch: aNextLaunch({ ...inBoth, poolIndex: 2, pool: aPool({ subnetId: SUBNET_B }) }),
        subnetId: SUBNET_B,
        state: 'next',
        next: 'on_demand a m7g.large',
      },
      {
        name: 'that does not contain the next pool',
        launch: aNextLaunch(inBoth),
        subnetId: SUBNET_B,
        state: 'next',
        next: 'spot a m7g.large',
      },
      {
        name: 'that is the only one',
        launch: aNextLaunch(),
        subnetId: SUBNET_A,
        state: 'exhausted',
        next: 'spot a m7g.large',
      },
    ])('$name', ({ launch, subnetId, state, next }) => {
      const after = withoutRoom(node, anOperationOf(node, { launch }), subnetId, full);

      expect({ state: after.state, next: named(after.pool) }).toEqual({ state, next });
    });
  });

  it.each([
    [undefined, false],
    ['pending', false],
    ['running', false],
    ['stopping', false],
    ['stopped', false],
    ['shutting-down', true],
    ['terminated', true],
  ] as const)('an instance that is %s has ended: %s', (state, ended) => {
    expect(hasEnded(state === undefined ? undefined : anInstance({ state }))).toBe(ended);
  });
});

describe('A replacement that is lost', () => {
  const launch = aLaunch({ attempt: 2, losses: 1, lossReason: 'i-before ended' });
  const lossesAfter = (seen: ReturnType<typeof anInstance> | undefined, launchedAt?: string) => {
    const operation = anOperation({ launch: { ...launch, ...(launchedAt !== undefined && { launchedAt }) } });
    const decision = decideLaunch(aNode(), operation, seen, NOW);
    return decision.kind === 'ask' ? decision.progress.lossReason : decision.kind;
  };

  it.each([
    {
      name: 'ended, and EC2 says why',
      seen: anInstance({ state: 'terminated', stateReason: 'Client.InternalError: Client error on launch' }),
      reason: `${REPLACEMENT_ID} ended: Client.InternalError: Client error on launch`,
    },
    {
      name: 'ended, and EC2 gives no reason',
      seen: anInstance({ state: 'shutting-down' }),
      reason: `${REPLACEMENT_ID} ended`,
    },
    {
      name: 'launched more than ten minutes ago and never shown',
      seen: undefined,
      launchedAt: '2026-11-03T09:49:59.999Z',
      reason: `${REPLACEMENT_ID} ended`,
    },
    {
      name: 'launched ten minutes ago and not shown: it may still appear',
      seen: undefined,
      launchedAt: '2026-11-03T09:50:00.000Z',
      reason: 'launched',
    },
    { name: 'not shown, launched just now', seen: undefined, reason: 'launched' },
  ])('$name', ({ seen, launchedAt, reason }) => {
    expect(lossesAfter(seen, launchedAt)).toBe(reason);
  });

  it('is not forgotten in the rounds after it', () => {
    const exhausted = anExhaustedLaunch({ attempt: 2, losses: 1, lossReason: 'i-before ended' });
    const decision = decideLaunch(aNode(), anOperation({ launch: exhausted }), undefined, NOW);

    expect(decision).toMatchObject({ progress: { losses: 1, lossReason: 'i-before ended', rounds: 2 } });
  });

  it('is counted, and the next round begins under a new token with the present subnets', () => {
    const operation = anOperation({ launch, config: aConfig({ persistence: { persistPrivateIp: false } }) });
    const { progress } = asked(decideLaunch(aNode(), operation, anInstance({ state: 'terminated' }), NOW));

    expect(progress).toMatchObject({
      losses: 2,
      attempt: 3,
      clientToken: `${NODE_ID}-4-3`,
      subnetIds: [SUBNET_A, SUBNET_B],
    });
  });
});
