import fc from 'fast-check';
import {
  decideExhaustion,
  decideLaunch,
  describeRefusals,
  hasEnded,
  launched,
  launchPools,
  poolOf,
  refused,
  spent,
  withoutInterface,
  type LaunchDecision,
} from '../../domain/launch';
import { attachmentOf, instanceTypesOf } from '../../domain/node-config';
import type { LaunchPool, LaunchProgress, LaunchRequest, PoolRefusal, StatefulNode } from '../../domain/stateful-node';
import { someNode } from './arbitraries';
import {
  aConfig,
  aLaunch,
  aLaunchRequest,
  aNode,
  anInstance,
  anOperation,
  anOperationOf,
  INTERFACE_ID,
  NODE_ID,
  SUBNET_A,
  SUBNET_B,
} from './builders';

type Answer = 'capacity' | 'quota' | 'token-spent' | 'launched and ended';

const refusal = fc.constantFrom<Answer[]>('capacity', 'quota');
const answer = fc.constantFrom<Answer[]>('capacity', 'quota', 'token-spent', 'launched and ended');

interface Played {
  readonly requests: readonly LaunchRequest[];
  readonly progress: readonly LaunchProgress[];
}

/**
 * Plays EC2's answers to the launch of one operation, over as many rounds as there are answers. The interface
 * follows where the launch asks for it.
 */
function play(start: StatefulNode, answers: readonly Answer[]): Played {
  let node = start;
  let operation = anOperationOf(node, { generation: node.generation });
  const requests: LaunchRequest[] = [];
  const progress: LaunchProgress[] = [];
  for (const [index, given] of answers.entries()) {
    const launchedId = operation.launch?.instanceId;
    const seen = launchedId === undefined ? undefined : anInstance({ id: launchedId, state: 'terminated' });
    let decision = decideLaunch(node, operation, seen);
    if (decision.kind === 'move') {
      operation = { ...operation, launch: decision.progress };
      const { subnetId } = poolOf(decision.progress);
      node = { ...node, identity: { ...node.identity, subnetId, interfaceId: `eni-in-${subnetId}` } };
      decision = decideLaunch(node, operation, seen);
    }
    const { request, progress: written } = asked(decision);
    const after = answered(written, given, `i-${index}`);
    requests.push(request);
    progress.push(after);
    operation = { ...operation, launch: after };
  }
  return { requests, progress };
}

function answered(progress: LaunchProgress, given: Answer, instanceId: string): LaunchProgress {
  switch (given) {
    case 'capacity':
      return refused(progress, 'capacity', 'InsufficientInstanceCapacity');
    case 'quota':
      return refused(progress, 'quota', 'VcpuLimitExceeded');
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
      name: 'a settled private IP, which stays where it is',
      config: aConfig(),
      pools: ['spot a m7g.large', 'spot a m6g.large', 'on_demand a m7g.large', 'on_demand a m6g.large'],
    },
    {
      name: 'no fallback to on-demand',
      config: aConfig({ strategy: { lifeCycle: 'spot', fallbackToOd: false } }),
      pools: ['spot a m7g.large', 'spot a m6g.large'],
    },
    {
      name: 'on-demand only, whatever is said of a fallback',
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
    const identity = { interfaceId: INTERFACE_ID, subnetId: SUBNET_B, settled: true };

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
    const { progress, request } = asked(decideLaunch(aNode(), anOperation(), undefined));

    expect(progress).toMatchObject({
      poolIndex: 0,
      attempt: 0,
      state: 'requested',
      request,
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
    expect(decideLaunch(aNode(), anOperation({ launch: aLaunch() }), seen)).toEqual({ kind: 'launched' });
  });

  it.each(['shutting-down', 'terminated'] as const)('launches anew where the replacement is %s', (state) => {
    const operation = anOperation({ launch: aLaunch({ attempt: 2, losses: 1, poolIndex: 2 }) });
    const { progress, request } = asked(decideLaunch(aNode(), operation, anInstance({ state })));

    expect(request.clientToken).toBe(`${NODE_ID}-4-3`);
    expect(progress).toMatchObject({ poolIndex: 0, attempt: 3, rounds: 1, losses: 2, state: 'requested' });
    expect(progress.instanceId).toBeUndefined();
  });

  it.each([
    { name: 'none asked for', tags: undefined, first: [] },
    { name: 'those asked for', tags: [{ tagKey: 'team', tagValue: 'a' }], first: [{ key: 'team', value: 'a' }] },
  ])("puts its own tags after the node's: $name", ({ tags, first }) => {
    const operation = anOperation({ config: aConfig({ launchSpecification: { tags } }) });

    expect(asked(decideLaunch(aNode(), operation, undefined)).request.tags).toEqual([
      ...first,
      { key: 'holdfast:node-id', value: NODE_ID },
      { key: 'holdfast:generation', value: '4' },
    ]);
  });

  it('begins a new round after every pool has refused, without counting a loss', () => {
    const launch = aLaunch({ state: 'exhausted', attempt: 4, poolIndex: 0, request: undefined, instanceId: undefined });
    const { progress, request } = asked(decideLaunch(aNode(), anOperation({ launch }), undefined));

    expect(request.clientToken).toBe(`${NODE_ID}-4-4`);
    expect(progress).toMatchObject({ poolIndex: 0, attempt: 4, rounds: 2, losses: 0, refusals: [] });
  });

  const elsewhere = aLaunch({
    state: 'next',
    poolIndex: 0,
    pools: [{ instanceType: 'm7g.large', subnetId: SUBNET_B, lifeCycle: 'spot' }],
    request: undefined,
    instanceId: undefined,
  });

  it('cold: asks for an interface in the subnet of the pool first', () => {
    expect(decideLaunch(aNode(), anOperation({ launch: elsewhere }), undefined)).toEqual({
      kind: 'move',
      progress: elsewhere,
    });
  });

  it('hot: launches in another subnet, because the interface follows the replacement', () => {
    const config = aConfig({ persistence: { eniAttachment: 'hot' } });
    const { request } = asked(decideLaunch(aNode(), anOperation({ config, launch: elsewhere }), undefined));

    expect(request.pool.subnetId).toBe(SUBNET_B);
  });

  it('asks for everything in the configuration, and for our tags last', () => {
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
      decideLaunch(aNode(), anOperation({ config: aConfig({ launchSpecification }) }), undefined),
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
    });
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
    const { request } = asked(decideLaunch(aNode(), anOperation({ config }), undefined));

    expect(request.interfaceId).toBeUndefined();
    expect(request.associatePublicIpAddress).toBe(gets);
  });
});

describe('A launch, whatever EC2 answers', () => {
  it('never asks twice with the same client token and another request', () => {
    fc.assert(
      fc.property(someNode, fc.array(answer, { maxLength: 40 }), (node, answers) => {
        const byToken = new Map<string, string>();
        for (const request of play(node, answers).requests) {
          const before = byToken.get(request.clientToken);
          const now = JSON.stringify(request);

          expect(before ?? now).toBe(now);
          byToken.set(request.clientToken, now);
        }
      }),
    );
  });

  it('asks under a new client token after every answer: an answered token is spent', () => {
    fc.assert(
      fc.property(someNode, fc.array(answer, { maxLength: 40 }), (node, answers) => {
        const tokens = play(node, answers).requests.map(({ clientToken }) => clientToken);

        expect(new Set(tokens).size).toBe(answers.length);
      }),
    );
  });

  it('keeps client tokens within the 64 characters that EC2 allows', () => {
    fc.assert(
      fc.property(someNode, fc.array(answer, { maxLength: 40 }), (node, answers) => {
        for (const { clientToken } of play(node, answers).requests) expect(clientToken.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it('ends a round after at most as many refusals as there are pools', () => {
    fc.assert(
      fc.property(someNode, fc.infiniteStream(refusal), (node, refusals) => {
        const limit = launchPools(node.identity, anOperationOf(node)).length;
        const { progress } = play(node, [...refusals.take(limit)]);

        expect(progress.map(({ state }) => state)).toContain('exhausted');
      }),
    );
  });

  it('asks nothing of a way of buying, in the round in which a quota refused it', () => {
    fc.assert(
      fc.property(someNode, fc.array(refusal, { minLength: 1, maxLength: 40 }), (node, refusals) => {
        for (const { refusals: ofRound } of play(node, refusals).progress) {
          const spentLifeCycles = new Set<string>();
          for (const { pool, because } of ofRound) {
            expect(spentLifeCycles).not.toContain(pool.lifeCycle);
            if (because === 'quota') spentLifeCycles.add(pool.lifeCycle);
          }
        }
      }),
    );
  });

  it('asks the pools of a round in their order, none twice', () => {
    fc.assert(
      fc.property(someNode, fc.array(refusal, { minLength: 1, maxLength: 40 }), (node, refusals) => {
        for (const { pools, refusals: ofRound } of play(node, refusals).progress) {
          const indices = ofRound.map(({ pool }) => pools.indexOf(pool));

          expect(indices).toEqual([...new Set(indices)].sort((one, other) => one - other));
        }
      }),
    );
  });

  it('asks the identical request again after a crash, whatever has changed meanwhile', () => {
    fc.assert(
      fc.property(someNode, someNode, fc.array(answer, { maxLength: 10 }), (node, changed, answers) => {
        const launch = play(node, answers).progress.at(-1);
        const operation = anOperationOf(node, { generation: node.generation, launch });
        const lost = operation.launch?.state === 'launched' ? anInstance({ state: 'terminated' }) : undefined;
        const first = decideLaunch(node, operation, lost);
        fc.pre(first.kind === 'ask');

        const written = { ...operation, launch: first.progress };
        expect(decideLaunch(node, written, undefined)).toEqual(first);
        const { config, eligibleSubnetIds } = changed;
        const updated = { ...written, config, eligibleSubnetIds };
        expect(decideLaunch({ ...changed, id: node.id }, updated, undefined)).toEqual(first);
      }),
    );
  });

  it('makes cold requests only with the interface that lies in the subnet of the pool', () => {
    fc.assert(
      fc.property(someNode, fc.array(answer, { maxLength: 40 }), (node, answers) => {
        fc.pre(attachmentOf(node.config) === 'cold');

        for (const { interfaceId, pool } of play(node, answers).requests) {
          expect(interfaceId).toBe(`eni-in-${pool.subnetId}`);
        }
      }),
    );
  });

  it('counts its rounds over the pools', () => {
    fc.assert(
      fc.property(someNode, fc.array(refusal, { maxLength: 40 }), (node, refusals) => {
        const { progress } = play(node, [...refusals, 'capacity']);
        const exhausted = progress.slice(0, -1).filter(({ state }) => state === 'exhausted');

        expect(progress.at(-1)?.rounds).toBe(exhausted.length + 1);
      }),
    );
  });

  it('counts a loss for every instance that ended', () => {
    fc.assert(
      fc.property(someNode, fc.array(answer, { minLength: 1, maxLength: 40 }), (node, answers) => {
        const ended = (given: Answer) => given === 'token-spent' || given === 'launched and ended';
        const { requests, progress } = play(node, [...answers, 'capacity']);

        expect(requests).toHaveLength(answers.length + 1);
        expect(progress.at(-1)?.losses).toBe(answers.filter(ended).length);
      }),
    );
  });
});

describe('decideExhaustion', () => {
  const [pool] = aLaunch().pools;
  const capacity: PoolRefusal = { pool: pool!, because: 'capacity', code: 'InsufficientInstanceCapacity' };
  const quota: PoolRefusal = { pool: pool!, because: 'quota', code: 'VcpuLimitExceeded' };
  const after = (rounds: number, refusals: readonly PoolRefusal[]) =>
    decideExhaustion(aLaunch({ state: 'exhausted', rounds, refusals }));

  it('waits longer and longer for capacity, and gives up after less than a quarter of an hour', () => {
    const decisions = Array.from({ length: 9 }, (_, index) => after(index + 1, [capacity]));
    const pauses = decisions.flatMap((decision) => (decision.kind === 'wait' ? [decision.seconds] : []));

    expect(pauses).toEqual([15, 30, 60, 120, 120, 120, 120, 120]);
    expect(decisions.at(-1)).toEqual({ kind: 'give-up' });
  });

  it.each([1, 9])('waits for no quota, which no waiting changes (round %i)', (rounds) => {
    expect(after(rounds, [quota, quota])).toEqual({ kind: 'quota' });
  });

  it('waits where a quota stands in the way of some pools only', () => {
    expect(after(1, [quota, capacity])).toEqual({ kind: 'wait', seconds: 15 });
  });
});

describe('The progress of a launch', () => {
  it('after a refusal: the next pool, and nothing left of the request', () => {
    expect(refused(aLaunch({ state: 'requested' }), 'capacity', 'InsufficientInstanceCapacity')).toEqual({
      pools: aLaunch().pools,
      poolIndex: 1,
      attempt: 1,
      state: 'next',
      rounds: 1,
      losses: 0,
      refusals: [{ pool: aLaunch().pools[0], because: 'capacity', code: 'InsufficientInstanceCapacity' }],
    });
  });

  it('after a quota on spot: the first on-demand pool', () => {
    const after = refused(aLaunch({ state: 'requested' }), 'quota', 'MaxSpotInstanceCountExceeded');

    expect(poolOf(after)).toMatchObject({ lifeCycle: 'on_demand', instanceType: 'm7g.large' });
  });

  it('after the last refusal: exhausted, with every refusal of the round', () => {
    const launch = aLaunch({ state: 'requested', pools: aLaunch().pools.slice(0, 1) });

    expect(refused(launch, 'capacity', 'Unsupported')).toMatchObject({
      state: 'exhausted',
      attempt: 1,
      refusals: [{ code: 'Unsupported' }],
    });
  });

  it('after a spent token: the same pool under the next token', () => {
    const after = spent(aLaunch({ state: 'requested', poolIndex: 1, instanceId: undefined }));

    expect(after).toMatchObject({ poolIndex: 1, attempt: 1, state: 'next', losses: 1 });
    expect(after).not.toHaveProperty('request');
  });

  it('after its interface was found missing: the same pool under the next token, and no loss', () => {
    const { request: _request, instanceId: _instanceId, ...kept } = aLaunch({ poolIndex: 1, attempt: 2, losses: 1 });

    expect(withoutInterface(aLaunch({ ...kept, state: 'requested' }))).toStrictEqual({
      ...kept,
      attempt: 3,
      state: 'next',
    });
  });

  it('after an instance: its id, and the request that made it', () => {
    expect(launched(aLaunch({ state: 'requested', instanceId: undefined }), anInstance({ id: 'i-1' }))).toMatchObject({
      state: 'launched',
      instanceId: 'i-1',
      request: aLaunchRequest(),
    });
  });

  it('names each refusal for a person', () => {
    const pool = { instanceType: 'm7g.large', subnetId: SUBNET_A, lifeCycle: 'spot' as const };

    expect(
      describeRefusals([
        { pool, because: 'capacity', code: 'InsufficientInstanceCapacity' },
        { pool: { ...pool, lifeCycle: 'on_demand' }, because: 'quota', code: 'VcpuLimitExceeded' },
      ]),
    ).toBe(
      `m7g.large spot in ${SUBNET_A}: InsufficientInstanceCapacity; m7g.large on_demand in ${SUBNET_A}: VcpuLimitExceeded`,
    );
  });

  it('has no pool beyond its last', () => {
    expect(() => poolOf(aLaunch({ poolIndex: 4 }))).toThrow(RangeError);
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
