import fc from 'fast-check';
import {
  carrierOf,
  carries,
  decideAttach,
  decideExistence,
  decideRelease,
  hasSecurityGroups,
  identityOn,
  isGone,
  isSlowRelease,
  withDetachment,
  type ExistenceDecision,
  type Release,
  type ReleaseDecision,
} from '../../../domain/operation/network-interface';
import type { SeenInterface } from '../../../domain/node/observations';
import type {
  Detachment,
  InterfaceRequest,
  NetworkIdentity,
  Operation,
  StatefulNode,
} from '../../../domain/node/stateful-node';
import { someNode } from '../arbitraries';
import {
  aConfig,
  aLaunch,
  anAttachedInterface,
  anAttachment,
  aNextLaunch,
  anIdentity,
  anInterface,
  aNode,
  anOperation,
  anOperationOf,
  anOwnedNode,
  aPool,
  aRequestedLaunch,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  SUBNET_A,
  SUBNET_B,
} from '../builders';

const ATTACHMENT_ID = anAttachment().id;
const hot = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });
const movable = aConfig({ persistence: { persistPrivateIp: false } });
const pool = aPool({ subnetId: SUBNET_B });

/** A request for an interface that an operation has written down and whose response was lost. */
function aWrittenRequest(overrides: Partial<InterfaceRequest> = {}): InterfaceRequest {
  return {
    clientToken: 'written before',
    subnetId: SUBNET_A,
    withIpv6Address: false,
    securityGroupIds: ['sg-00000000000000001'],
    tags: [],
    ...overrides,
  };
}

/** @param retired by the operation, and still there */
function existence(
  node: StatefulNode,
  operation: Operation,
  seen: SeenInterface | undefined,
  retired: readonly SeenInterface[] = [],
): ExistenceDecision {
  return decideExistence(node, operation, { interface: seen, retired }, NOW);
}

describe('decideExistence', () => {
  it('changes nothing if the interface is where it is needed', () => {
    expect(existence(aNode(), anOperation(), anInterface())).toEqual({
      kind: 'nothing',
      interfaceId: INTERFACE_ID,
    });
  });

  it.each([
    {
      name: 'has the same, in another order and twice',
      has: ['sg-b', 'sg-a'],
      asks: ['sg-a', 'sg-b', 'sg-a'],
      sets: undefined,
    },
    { name: 'has other security groups', has: ['sg-a'], asks: ['sg-b'], sets: ['sg-b'] },
    { name: 'has too few', has: ['sg-a'], asks: ['sg-a', 'sg-b'], sets: ['sg-a', 'sg-b'] },
    { name: 'has too many', has: ['sg-a', 'sg-b'], asks: ['sg-a'], sets: ['sg-a'] },
  ])('sets the security groups of an interface that $name: $sets', ({ has, asks, sets }) => {
    const config = aConfig({ launchSpecification: { securityGroupIds: asks } });
    const seen = anInterface({ securityGroupIds: has });

    expect(existence(aNode(), anOperation({ config }), seen)).toEqual({
      kind: 'nothing',
      interfaceId: INTERFACE_ID,
      setSecurityGroupIds: sets,
    });
  });

  it('retires an interface whose private IP is not the configured one', () => {
    const config = aConfig({ compute: { privateIp: '10.0.0.77' } });

    expect(existence(aNode(), anOperation({ config }), anInterface())).toMatchObject({
      kind: 'create',
      request: { subnetId: SUBNET_A, privateIp: '10.0.0.77' },
      retire: INTERFACE_ID,
    });
  });

  it.each([
    {
      name: 'has the configured private IP',
      operation: anOperation({ config: aConfig({ compute: { privateIp: '10.0.0.10' } }) }),
    },
    {
      name: 'is in another subnet than the first one that it may be in',
      operation: anOperation({ eligibleSubnetIds: [SUBNET_B, SUBNET_A] }),
    },
    {
      name: 'will be carried by a replacement that is not launched yet',
      operation: anOperation({ config: aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } }) }),
    },
  ])('changes no interface that $name', ({ operation }) => {
    expect(existence(aNode(), operation, anInterface())).toEqual({
      kind: 'nothing',
      interfaceId: INTERFACE_ID,
    });
  });

  it('requests no IPv6 address if the interfaces do not mention it', () => {
    const operation = anOperation({ config: aConfig({ launchSpecification: { networkInterfaces: [] } }) });

    expect(existence(aNode(), operation, undefined)).toMatchObject({ request: { withIpv6Address: false } });
  });

  it('leaves a subnet that an update has removed from the node', () => {
    const operation = anOperation({ eligibleSubnetIds: [SUBNET_B] });

    expect(existence(aNode(), operation, anInterface())).toMatchObject({
      kind: 'create',
      request: { subnetId: SUBNET_B, privateIp: undefined },
      retire: INTERFACE_ID,
    });
  });

  it.each([
    { name: 'another private IP', config: aConfig({ compute: { privateIp: '10.0.0.77' } }), subnets: [SUBNET_A] },
    { name: 'another subnet', config: aConfig(), subnets: [SUBNET_B] },
  ])('an adjustment does not change the identity if an update asks for $name', ({ config, subnets }) => {
    const operation = anOperation({ kind: 'adjust', config, eligibleSubnetIds: subnets });

    expect(existence(aNode(), operation, anInterface({ securityGroupIds: ['sg-other'] }))).toEqual({
      kind: 'nothing',
      interfaceId: INTERFACE_ID,
      setSecurityGroupIds: ['sg-00000000000000001'],
    });
  });

  it.each(['replace', 'adjust'] as const)('makes no second one while EC2 may show the first one late: %s', (kind) => {
    const node = aNode({ identity: anIdentity({ madeAt: NOW }) });

    expect(existence(node, anOperation({ kind }), undefined)).toEqual({
      kind: 'wait',
      because: `${INTERFACE_ID} is not visible yet`,
    });
  });

  it.each([0, 1, 7])('makes the next one under a new token: after %d', (interfacesMade) => {
    expect(existence(aNode(), anOperation({ interfacesMade }), undefined)).toMatchObject({
      request: { clientToken: `${NODE_ID}-4-eni-${interfacesMade}` },
    });
  });

  const moving = anOperation({ config: movable, launch: aNextLaunch({ pool }) });
  const retired = anInterface({ id: 'eni-retired', subnetId: SUBNET_B });
  it.each([
    { name: 'and retires the present one', seen: anInterface(), retire: INTERFACE_ID },
    { name: 'in the place of one that is gone', seen: undefined, retire: undefined },
  ])('uses a retired interface again if it is needed, $name', ({ seen, retire }) => {
    expect(existence(aNode(), moving, seen, [anInterface({ id: 'eni-elsewhere' }), retired])).toEqual({
      kind: 'reuse',
      interface: retired,
      retire,
    });
  });

  it.each([
    { name: 'is in another subnet', operation: moving, others: anInterface({ id: 'eni-elsewhere' }) },
    {
      name: 'has another private IP',
      operation: anOperation({ config: aConfig({ compute: { privateIp: '10.0.0.77' } }) }),
      others: anInterface({ id: 'eni-retired' }),
    },
  ])('does not use a retired interface again that $name', ({ operation, others }) => {
    expect(existence(aNode(), operation, anInterface(), [others])).toMatchObject({ kind: 'create' });
  });

  it('uses none again while one is being made: EC2 may have made it', () => {
    const interfaceRequest = aWrittenRequest({ subnetId: SUBNET_B });

    expect(existence(aNode(), { ...moving, interfaceRequest }, anInterface(), [retired])).toMatchObject({
      kind: 'create',
      request: interfaceRequest,
    });
  });

  it('an adjustment makes an interface again that is gone', () => {
    expect(existence(aNode(), anOperation({ kind: 'adjust' }), undefined)).toMatchObject({
      kind: 'create',
      request: { subnetId: SUBNET_A, privateIp: '10.0.0.10' },
    });
  });

  it.each([
    { name: 'in the same subnet, with the same address', request: { privateIp: '10.0.0.10' }, retire: undefined },
    { name: 'in the same subnet, with any address', request: {}, retire: undefined },
    { name: 'with another address', request: { privateIp: '10.0.0.77' }, retire: INTERFACE_ID },
    { name: 'in another subnet', request: { subnetId: SUBNET_B }, retire: INTERFACE_ID },
  ])('retires the interface that the new one replaces: one $name, $retire', ({ request, retire }) => {
    const interfaceRequest = aWrittenRequest(request);

    expect(existence(aNode(), anOperation({ interfaceRequest }), anInterface())).toEqual({
      kind: 'create',
      request: interfaceRequest,
      retire,
    });
  });

  it('makes an interface that is gone again, in the same subnet with the same private IP', () => {
    expect(existence(aNode(), anOperation(), undefined)).toEqual({
      kind: 'create',
      retire: undefined,
      request: {
        clientToken: `${NODE_ID}-4-eni-0`,
        subnetId: SUBNET_A,
        privateIp: '10.0.0.10',
        withIpv6Address: false,
        securityGroupIds: ['sg-00000000000000001'],
        tags: [
          { key: 'holdfast:node-id', value: NODE_ID },
          { key: 'holdfast:generation', value: '4' },
          { key: 'holdfast:node-name', value: 'ledger' },
        ],
      },
    });
  });

  const identity = anIdentity({ settled: false });
  it.each([
    { name: 'a settled one that persists', node: aNode(), privateIp: '10.0.0.10' },
    { name: 'one that persists but never served', node: aNode({ identity }), privateIp: undefined },
    { name: 'one that does not persist', node: aNode({ config: movable }), privateIp: undefined },
    {
      name: 'the configured one, if the node is new',
      node: aNode({ identity: { settled: false }, config: aConfig({ compute: { privateIp: '10.0.0.77' } }) }),
      privateIp: '10.0.0.77',
    },
    {
      name: 'the one of an update, rather than the settled one',
      node: aNode({ config: aConfig({ compute: { privateIp: '10.0.0.77' } }) }),
      privateIp: '10.0.0.77',
    },
  ])('requests the right private IP: $name', ({ node, privateIp }) => {
    const decision = existence(node, anOperationOf(node), undefined);

    expect(decision).toMatchObject({ kind: 'create', request: { privateIp } });
  });

  it.each([
    { asks: true, gets: true },
    { asks: false, gets: false },
    { asks: null, gets: false },
  ])('requests an IPv6 address as configured ($asks)', ({ asks, gets }) => {
    const networkInterfaces = [{ deviceIndex: 0 as const, associateIpv6Address: asks }];
    const node = aNode({ config: aConfig({ launchSpecification: { networkInterfaces } }) });

    expect(existence(node, anOperationOf(node), undefined)).toMatchObject({
      request: { withIpv6Address: gets },
    });
  });

  it.each([
    {
      name: 'cold: in the subnet of the next pool, before the launch is requested',
      config: movable,
      launch: aNextLaunch({ pool }),
      subnetId: SUBNET_B,
    },
    {
      name: 'cold: where it is, once the launch has been requested with it',
      config: movable,
      launch: aRequestedLaunch({ pool }),
      subnetId: SUBNET_A,
    },
    {
      name: 'hot: where the replacement runs',
      config: hot,
      launch: aLaunch({ state: 'launched', pool }),
      subnetId: SUBNET_B,
    },
    {
      name: 'hot: where it is, while no replacement has been launched',
      config: hot,
      launch: aNextLaunch({ pool }),
      subnetId: SUBNET_A,
    },
    { name: 'where it is, before any launch', config: movable, launch: undefined, subnetId: SUBNET_A },
  ])('needs the interface $name', ({ config, launch, subnetId }) => {
    const decision = existence(aNode(), anOperation({ config, launch }), undefined);

    expect(decision).toMatchObject({ kind: 'create', request: { subnetId } });
  });

  it('makes the first interface in the first eligible subnet', () => {
    const node = aNode({ identity: { settled: false }, eligibleSubnetIds: [SUBNET_B] });

    expect(existence(node, anOperationOf(node), undefined)).toMatchObject({
      request: { subnetId: SUBNET_B },
    });
  });

  it('cannot make one if no subnet is eligible', () => {
    const node = aNode({ identity: { settled: false }, eligibleSubnetIds: [] });

    expect(() => existence(node, anOperationOf(node), undefined)).toThrow(/smi-0a1b2c3d has no subnet/);
  });

  it('retires an interface that is left behind in another subnet', () => {
    const operation = anOperation({ config: movable, launch: aNextLaunch({ pool }) });

    expect(existence(aNode(), operation, anInterface())).toMatchObject({
      kind: 'create',
      request: { subnetId: SUBNET_B },
      retire: INTERFACE_ID,
    });
  });

  it('repeats the identical request after a crash', () => {
    const interfaceRequest = aWrittenRequest({ subnetId: SUBNET_B });

    expect(existence(aNode(), anOperation({ interfaceRequest }), anInterface())).toEqual({
      kind: 'create',
      request: interfaceRequest,
      retire: INTERFACE_ID,
    });
    expect(existence(aNode(), anOperation({ interfaceRequest }), undefined)).toEqual({
      kind: 'create',
      request: interfaceRequest,
      retire: undefined,
    });
  });

  it.each<{ name: string; request: Partial<InterfaceRequest>; operation?: Partial<Operation>; kind: string }>([
    { name: 'the configuration asks for the same', request: {}, kind: 'create' },
    {
      name: 'the same security groups in another order',
      request: { securityGroupIds: ['sg-b', 'sg-a'] },
      operation: { config: aConfig({ launchSpecification: { securityGroupIds: ['sg-a', 'sg-b'] } }) },
      kind: 'create',
    },
    {
      name: 'the earlier address, which no configuration names',
      request: { privateIp: '10.0.0.10' },
      kind: 'create',
    },
    { name: 'other security groups', request: { securityGroupIds: ['sg-deleted'] }, kind: 'find' },
    {
      name: 'a subnet that an update has taken away',
      request: {},
      operation: { eligibleSubnetIds: [SUBNET_B] },
      kind: 'find',
    },
    {
      name: 'another private IP than an update asks for',
      request: { privateIp: '10.0.0.10' },
      operation: { config: aConfig({ compute: { privateIp: '10.0.0.77' } }) },
      kind: 'find',
    },
    {
      name: 'any private IP, if an update asks for one',
      request: {},
      operation: { config: aConfig({ compute: { privateIp: '10.0.0.77' } }) },
      kind: 'find',
    },
  ])('a pending request, to $kind: $name', ({ request, operation, kind }) => {
    const interfaceRequest = aWrittenRequest(request);

    expect(existence(aNode(), anOperation({ interfaceRequest, ...operation }), undefined)).toEqual({
      kind,
      request: interfaceRequest,
      retire: undefined,
    });
  });

  it('retires the present one for one that a pending request has made elsewhere', () => {
    const interfaceRequest = aWrittenRequest({ subnetId: SUBNET_B, securityGroupIds: ['sg-deleted'] });

    expect(existence(aNode(), anOperation({ interfaceRequest }), anInterface())).toEqual({
      kind: 'find',
      request: interfaceRequest,
      retire: INTERFACE_ID,
    });
  });

  it('gives no two requests of an operation one client token, nor one of more than 64 characters', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });

    fc.assert(
      fc.property(someNode, count, count, (node, some, others) => {
        const tokenAfter = (interfacesMade: number): string => {
          const operation = anOperationOf(node, { generation: node.generation, interfacesMade });
          const decision = existence(node, operation, undefined);
          return decision.kind === 'create' ? decision.request.clientToken : '';
        };

        expect(tokenAfter(some).length).toBeLessThanOrEqual(64);
        expect(tokenAfter(some) === tokenAfter(others)).toBe(some === others);
      }),
    );
  });
});

describe('identityOn', () => {
  it('takes everything from the new interface, and keeps the rest', () => {
    const before = anIdentity({ ipv6Address: '2001:db8::1', publicIp: '198.51.100.7' });
    const made = anInterface({ id: 'eni-2', subnetId: SUBNET_B, availabilityZone: 'eu-west-1b', macAddress: '02:02' });

    expect(identityOn({ ...made, privateIp: '10.0.1.5' }, before)).toEqual({
      interfaceId: 'eni-2',
      subnetId: SUBNET_B,
      availabilityZone: 'eu-west-1b',
      privateIp: '10.0.1.5',
      macAddress: '02:02',
      ipv6Address: undefined,
      publicIp: '198.51.100.7',
      settled: true,
    });
  });
});

/** The release of an interface for a replacement, with no detachment requested yet. */
function aRelease(overrides: Partial<Release> = {}): Release {
  return {
    carrierId: REPLACEMENT_ID,
    isLaunching: false,
    endingInstanceId: OLD_INSTANCE_ID,
    detachments: [],
    now: NOW,
    ...overrides,
  };
}

describe('decideRelease', () => {
  it('counts an interface that does not exist as free', () => {
    expect(decideRelease(undefined, aRelease())).toEqual({ kind: 'free' });
  });

  it.each([
    ['available', 'free'],
    ['pending', 'wait'],
    ['associated', 'wait'],
    ['attaching', 'wait'],
    ['in-use', 'wait'],
    ['detaching', 'wait'],
  ] as const)('without an attachment, %s: %s', (status, kind) => {
    expect(decideRelease(anInterface({ status }), aRelease())).toEqual(
      kind === 'free' ? { kind } : { kind, because: `${INTERFACE_ID} is ${status}` },
    );
  });

  it.each([
    { on: 'old', deviceIndex: 0, status: 'attaching', kind: 'wait' },
    // A primary interface is released only when its instance ends.
    { on: 'old', deviceIndex: 0, status: 'attached', kind: 'wait' },
    { on: 'old', deviceIndex: 0, status: 'detaching', kind: 'wait' },
    { on: 'old', deviceIndex: 0, status: 'detached', kind: 'wait' },
    { on: 'old', deviceIndex: 1, status: 'attaching', kind: 'wait' },
    { on: 'old', deviceIndex: 1, status: 'attached', kind: 'detach' },
    // Another caller has begun it. Its start is written down, so that a detachment that hangs is forced too.
    { on: 'old', deviceIndex: 1, status: 'detaching', kind: 'note' },
    { on: 'old', deviceIndex: 1, status: 'detached', kind: 'wait' },
    { on: 'replacement', deviceIndex: 0, status: 'attaching', kind: 'free' },
    { on: 'replacement', deviceIndex: 0, status: 'attached', kind: 'free' },
    { on: 'replacement', deviceIndex: 0, status: 'detaching', kind: 'free' },
    { on: 'replacement', deviceIndex: 1, status: 'attaching', kind: 'free' },
    { on: 'replacement', deviceIndex: 1, status: 'attached', kind: 'free' },
    { on: 'replacement', deviceIndex: 1, status: 'detaching', kind: 'note' },
  ] as const)('on the $on instance at $deviceIndex, $status: $kind', ({ on, deviceIndex, status, kind }) => {
    const instanceId = on === 'old' ? OLD_INSTANCE_ID : REPLACEMENT_ID;

    expect(decideRelease(anAttachedInterface({ instanceId, deviceIndex, status }), aRelease()).kind).toBe(kind);
  });

  it('is not free while an attachment is shown, with any status', () => {
    const seen = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, status: 'detaching' }, { status: 'available' });

    expect(decideRelease(seen, aRelease()).kind).toBe('wait');
  });

  it('names the attachment to detach', () => {
    const seen = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 });

    expect(decideRelease(seen, aRelease())).toEqual({ kind: 'detach', attachmentId: ATTACHMENT_ID });
  });

  it('detaches it from any instance if no carrier is needed', () => {
    const seen = anAttachedInterface({ instanceId: REPLACEMENT_ID, deviceIndex: 1 });

    expect(decideRelease(seen, aRelease({ carrierId: undefined }))).toEqual({
      kind: 'detach',
      attachmentId: ATTACHMENT_ID,
    });
  });

  it('says what it waits for', () => {
    expect(decideRelease(anAttachedInterface({ instanceId: OLD_INSTANCE_ID }), aRelease())).toEqual({
      kind: 'wait',
      because: `${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}`,
    });
  });
});

describe('decideRelease, while a launch is requested and not answered', () => {
  const wait = (instanceId: string) => ({ kind: 'wait', because: `${INTERFACE_ID} is attached on ${instanceId}` });

  it.each([
    {
      name: 'a primary of an instance that may be the one',
      instanceId: 'i-new',
      deviceIndex: 0,
      decision: { kind: 'free' },
    },
    {
      name: 'a primary of the old instance',
      instanceId: OLD_INSTANCE_ID,
      deviceIndex: 0,
      decision: wait(OLD_INSTANCE_ID),
    },
    {
      name: 'a secondary, which no launch makes',
      instanceId: 'i-new',
      deviceIndex: 1,
      decision: { kind: 'detach', attachmentId: ATTACHMENT_ID },
    },
  ])('$name', ({ instanceId, deviceIndex, decision }) => {
    const seen = anAttachedInterface({ instanceId, deviceIndex });

    expect(decideRelease(seen, aRelease({ carrierId: undefined, isLaunching: true }))).toEqual(decision);
  });

  it('and not before or after that', () => {
    const seen = anAttachedInterface({ instanceId: 'i-new' });

    expect(decideRelease(seen, aRelease({ carrierId: undefined }))).toEqual(wait('i-new'));
  });
});

describe('isGone', () => {
  const made = (madeAt: string) => anIdentity({ madeAt });

  it.each<{ name: string; identity: NetworkIdentity; seen: SeenInterface | undefined; gone: boolean }>([
    { name: 'one that EC2 shows', identity: aNode().identity, seen: anInterface(), gone: false },
    { name: 'one that EC2 does not show', identity: aNode().identity, seen: undefined, gone: true },
    { name: 'one that was never made', identity: { settled: false }, seen: undefined, gone: false },
    { name: 'one made just now', identity: made(NOW), seen: undefined, gone: false },
    { name: 'one made almost a minute ago', identity: made('2026-11-03T09:59:00.001Z'), seen: undefined, gone: false },
    { name: 'one made a minute ago', identity: made('2026-11-03T09:59:00.000Z'), seen: undefined, gone: true },
    {
      name: 'one made a minute ago that EC2 shows',
      identity: made('2026-11-03T09:59:00.000Z'),
      seen: anInterface(),
      gone: false,
    },
  ])('$name: $gone', ({ identity, seen, gone }) => {
    expect(isGone(identity, seen, NOW)).toBe(gone);
  });
});

describe('decideRelease, if a detachment hangs', () => {
  const wait = { kind: 'wait', because: `${INTERFACE_ID} is detaching on ${OLD_INSTANCE_ID}` } as const;
  const force = { kind: 'force', attachmentId: ATTACHMENT_ID } as const;
  const terminate = { kind: 'terminate', attachmentId: ATTACHMENT_ID, instanceId: OLD_INSTANCE_ID } as const;
  const stuck = { kind: 'stuck', attachmentId: ATTACHMENT_ID, instanceId: OLD_INSTANCE_ID } as const;
  const aMinuteAgo = '2026-11-03T09:59:00.000Z';
  const lessThanAMinuteAgo = '2026-11-03T09:59:00.001Z';
  const longAgo = '2026-11-03T09:50:00.000Z';
  const asked = (askedAt: string, forcedAt?: string): Detachment => ({
    attachmentId: ATTACHMENT_ID,
    askedAt,
    ...(forcedAt !== undefined && { forcedAt }),
  });

  it.each<{
    name: string;
    detachments: readonly Detachment[];
    status?: 'attached' | 'detaching';
    deviceIndex?: number;
    release?: Partial<Release>;
    decision: ReleaseDecision;
  }>([
    { name: 'requested just now', detachments: [asked(NOW)], decision: wait },
    { name: 'requested less than a minute ago', detachments: [asked(lessThanAMinuteAgo)], decision: wait },
    {
      name: 'requested less than a minute ago, and not shown yet: requested again',
      detachments: [asked(lessThanAMinuteAgo)],
      status: 'attached',
      decision: { kind: 'detach', attachmentId: ATTACHMENT_ID },
    },
    { name: 'requested a minute ago', detachments: [asked(aMinuteAgo)], decision: force },
    {
      name: 'requested a minute ago, and not even shown',
      detachments: [asked(aMinuteAgo)],
      status: 'attached',
      decision: force,
    },
    {
      name: 'begun by another caller, although another attachment was requested to detach',
      detachments: [{ ...asked(longAgo, longAgo), attachmentId: 'eni-attach-before' }],
      decision: {
        kind: 'note',
        attachmentId: ATTACHMENT_ID,
        because: `it is being detached from ${OLD_INSTANCE_ID}`,
      },
    },
    {
      name: 'requested a minute ago, after another one',
      detachments: [{ ...asked(longAgo, longAgo), attachmentId: 'eni-attach-before' }, asked(aMinuteAgo)],
      decision: force,
    },
    { name: 'forced less than a minute ago', detachments: [asked(longAgo, lessThanAMinuteAgo)], decision: wait },
    {
      name: 'forced less than a minute ago, and shown as attached again: not requested again',
      detachments: [asked(longAgo, lessThanAMinuteAgo)],
      status: 'attached',
      decision: { kind: 'wait', because: `${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}` },
    },
    { name: 'forced a minute ago', detachments: [asked(longAgo, aMinuteAgo)], decision: terminate },
    {
      name: 'forced a minute ago, on an instance that must not end',
      detachments: [asked(longAgo, aMinuteAgo)],
      release: { endingInstanceId: 'i-of-another' },
      decision: stuck,
    },
    {
      name: 'forced a minute ago, by an operation that ends no instance',
      detachments: [asked(longAgo, aMinuteAgo)],
      release: { endingInstanceId: undefined },
      decision: stuck,
    },
    {
      name: 'forced less than a minute ago, by an operation that ends no instance',
      detachments: [asked(longAgo, lessThanAMinuteAgo)],
      release: { endingInstanceId: undefined },
      decision: wait,
    },
    {
      name: 'a primary is not forced within the four minutes that EC2 takes at the most',
      detachments: [asked('2026-11-03T09:56:00.001Z')],
      deviceIndex: 0,
      decision: wait,
    },
    {
      name: 'a primary that is not released after four minutes is stuck',
      detachments: [asked('2026-11-03T09:56:00.000Z')],
      deviceIndex: 0,
      decision: stuck,
    },
    {
      name: 'a stuck primary that was forced is waited for',
      detachments: [asked(longAgo, lessThanAMinuteAgo)],
      deviceIndex: 0,
      decision: wait,
    },
    {
      name: 'and is forced again after a minute, because EC2 may have refused it',
      detachments: [asked(longAgo, aMinuteAgo)],
      deviceIndex: 0,
      decision: stuck,
    },
    {
      name: 'a primary of which nothing is written down',
      detachments: [{ ...asked(longAgo), attachmentId: 'eni-attach-before' }],
      deviceIndex: 0,
      decision: wait,
    },
    {
      name: 'a primary that may be of the launch under way is no stuck one',
      detachments: [asked(longAgo)],
      deviceIndex: 0,
      release: { isLaunching: true, endingInstanceId: 'i-of-before' },
      decision: { kind: 'free' },
    },
    {
      name: 'a secondary that force has not taken off is forced again once four minutes are over',
      detachments: [asked('2026-11-03T09:56:00.000Z', aMinuteAgo)],
      status: 'attached',
      decision: { kind: 'force', attachmentId: ATTACHMENT_ID },
    },
    {
      name: 'and its instance ended before that',
      detachments: [asked('2026-11-03T09:56:00.001Z', aMinuteAgo)],
      status: 'attached',
      decision: terminate,
    },
    {
      name: 'the carrier is not ended for it: the detachment is forced again',
      detachments: [asked(longAgo, aMinuteAgo)],
      release: { carrierId: OLD_INSTANCE_ID },
      decision: stuck,
    },
    {
      name: 'and not within a minute',
      detachments: [asked(longAgo, lessThanAMinuteAgo)],
      release: { carrierId: OLD_INSTANCE_ID },
      decision: wait,
    },
  ])('$name', ({ detachments, status = 'detaching', deviceIndex = 1, release = {}, decision }) => {
    const seen = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex, status });

    expect(decideRelease(seen, aRelease({ detachments, ...release }))).toEqual(decision);
  });
});

describe('The detachments that are written down', () => {
  const first = { attachmentId: 'eni-attach-1', askedAt: NOW };
  const LATER = '2026-11-03T10:01:00.000Z';

  it.each<{ name: string; before: readonly Detachment[]; how: 'asked' | 'forced'; after: readonly Detachment[] }>([
    {
      name: 'one is requested',
      before: [],
      how: 'asked',
      after: [{ attachmentId: 'eni-attach-2', askedAt: LATER }],
    },
    {
      name: 'another one is requested',
      before: [first],
      how: 'asked',
      after: [first, { attachmentId: 'eni-attach-2', askedAt: LATER }],
    },
    {
      name: 'requested again: the first time counts',
      before: [{ attachmentId: 'eni-attach-2', askedAt: NOW }, first],
      how: 'asked',
      after: [first, { attachmentId: 'eni-attach-2', askedAt: NOW }],
    },
    {
      name: 'forced',
      before: [first, { attachmentId: 'eni-attach-2', askedAt: NOW }],
      how: 'forced',
      after: [first, { attachmentId: 'eni-attach-2', askedAt: NOW, forcedAt: LATER }],
    },
  ])('$name', ({ before, how, after }) => {
    expect(withDetachment(before, 'eni-attach-2', how, LATER)).toStrictEqual(after);
  });
});

describe('isSlowRelease', () => {
  const at = (second: number) => new Date(Date.parse(NOW) + second * 1000).toISOString();

  it.each<{ name: string; deviceIndex?: number; detachments: readonly Detachment[]; isSlow: boolean }>([
    { name: 'an attachment that is not noted', detachments: [], isSlow: false },
    { name: 'another attachment', detachments: [{ attachmentId: 'eni-attach-2', askedAt: at(0) }], isSlow: false },
    { name: '59.9 s', detachments: [{ attachmentId: 'eni-attach-1', askedAt: at(0.1) }], isSlow: false },
    { name: '60 s', detachments: [{ attachmentId: 'eni-attach-1', askedAt: at(0) }], isSlow: true },
    {
      name: 'a primary interface, 4.9 s',
      deviceIndex: 0,
      detachments: [{ attachmentId: 'eni-attach-1', askedAt: at(55.1) }],
      isSlow: false,
    },
    {
      name: 'a primary interface, 5 s',
      deviceIndex: 0,
      detachments: [{ attachmentId: 'eni-attach-1', askedAt: at(55) }],
      isSlow: true,
    },
    {
      name: 'force 59.9 s ago',
      detachments: [{ attachmentId: 'eni-attach-1', askedAt: at(-100), forcedAt: at(0.1) }],
      isSlow: false,
    },
    {
      name: 'force 60 s ago',
      detachments: [{ attachmentId: 'eni-attach-1', askedAt: at(-100), forcedAt: at(0) }],
      isSlow: true,
    },
  ])('$name: $isSlow', ({ deviceIndex = 1, detachments, isSlow }) => {
    expect(isSlowRelease({ id: 'eni-attach-1', deviceIndex }, { detachments, now: at(60) })).toBe(isSlow);
  });
});

describe('carrierOf', () => {
  const hotInstance = { ...aNode().instance!, attachment: 'hot' as const };

  it.each([
    {
      name: 'an operation that has launched: its instance, carried as configured',
      owned: anOwnedNode({}, { launch: aLaunch() }),
      carrier: { instanceId: REPLACEMENT_ID, attachment: 'cold' },
    },
    {
      name: 'a hot one',
      owned: anOwnedNode({ config: hot }, { launch: aLaunch() }),
      carrier: { instanceId: REPLACEMENT_ID, attachment: 'hot' },
    },
    { name: 'an operation that has not launched', owned: anOwnedNode(), carrier: undefined },
    {
      name: 'a launch whose response is missing',
      owned: anOwnedNode({}, { launch: aRequestedLaunch() }),
      carrier: undefined,
    },
    {
      name: 'an adjustment: the instance of the node, carried as it was launched',
      owned: anOwnedNode({ instance: hotInstance }, { kind: 'adjust' }),
      carrier: { instanceId: OLD_INSTANCE_ID, attachment: 'hot' },
    },
    {
      name: 'an adjustment of a node without an instance',
      owned: anOwnedNode({ instance: undefined }, { kind: 'adjust' }),
      carrier: undefined,
    },
  ])('$name', ({ owned, carrier }) => {
    expect(carrierOf(owned)).toEqual(carrier);
  });
});

describe('hasSecurityGroups', () => {
  it.each([
    { name: 'the same', has: ['sg-1', 'sg-2'], wanted: ['sg-1', 'sg-2'], is: true },
    { name: 'the same in another order', has: ['sg-2', 'sg-1'], wanted: ['sg-1', 'sg-2'], is: true },
    { name: 'the same in yet another order', has: ['sg-1', 'sg-2'], wanted: ['sg-2', 'sg-1'], is: true },
    { name: 'one that is named twice', has: ['sg-1'], wanted: ['sg-1', 'sg-1'], is: true },
    { name: 'one too many', has: ['sg-1', 'sg-2'], wanted: ['sg-1'], is: false },
    { name: 'one missing', has: ['sg-1'], wanted: ['sg-1', 'sg-2'], is: false },
    { name: 'another', has: ['sg-1'], wanted: ['sg-2'], is: false },
    { name: 'none', has: [], wanted: ['sg-1'], is: false },
  ])('$name: $is', ({ has, wanted, is }) => {
    const seen = anInterface({ securityGroupIds: has });

    expect(hasSecurityGroups(seen, wanted)).toBe(is);
    expect(seen.securityGroupIds).toEqual(has);
  });
});

describe('decideAttach', () => {
  it('waits for an interface that is not visible', () => {
    expect(decideAttach(undefined, REPLACEMENT_ID, 1)).toEqual({
      kind: 'wait',
      because: 'the interface is not visible',
    });
  });

  it.each([
    ['available', 1, 'attach'],
    // The launch itself attaches the primary.
    ['available', 0, 'wait'],
    ['pending', 1, 'wait'],
    ['associated', 1, 'wait'],
    ['attaching', 1, 'wait'],
    ['in-use', 1, 'wait'],
    ['detaching', 1, 'wait'],
    ['in-use', 0, 'wait'],
  ] as const)('without an attachment, %s, for index %i: %s', (status, deviceIndex, kind) => {
    expect(decideAttach(anInterface({ status }), REPLACEMENT_ID, deviceIndex).kind).toBe(kind);
  });

  it('attaches at the requested index', () => {
    expect(decideAttach(anInterface(), REPLACEMENT_ID, 1)).toEqual({ kind: 'attach', deviceIndex: 1 });
  });

  it.each([
    { seen: anInterface({ status: 'detaching' }), because: `${INTERFACE_ID} is detaching` },
    {
      seen: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }),
      because: `${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}`,
    },
    {
      seen: anAttachedInterface({ status: 'attaching' }),
      because: `${INTERFACE_ID} is attaching on ${REPLACEMENT_ID}`,
    },
  ])('says what it waits for: $because', ({ seen, because }) => {
    expect(decideAttach(seen, REPLACEMENT_ID, 1)).toEqual({ kind: 'wait', because });
  });

  it.each([
    { on: 'replacement', status: 'attaching', deleteOnTermination: false, kind: 'wait' },
    { on: 'replacement', status: 'attached', deleteOnTermination: false, kind: 'nothing' },
    { on: 'replacement', status: 'detaching', deleteOnTermination: false, kind: 'wait' },
    { on: 'replacement', status: 'detached', deleteOnTermination: false, kind: 'wait' },
    { on: 'replacement', status: 'attaching', deleteOnTermination: true, kind: 'wait' },
    { on: 'replacement', status: 'attached', deleteOnTermination: true, kind: 'protect' },
    { on: 'replacement', status: 'detaching', deleteOnTermination: true, kind: 'wait' },
    { on: 'old', status: 'attaching', deleteOnTermination: false, kind: 'wait' },
    { on: 'old', status: 'attached', deleteOnTermination: false, kind: 'wait' },
    { on: 'old', status: 'attached', deleteOnTermination: true, kind: 'wait' },
    { on: 'old', status: 'detaching', deleteOnTermination: false, kind: 'wait' },
  ] as const)(
    '$status on the $on instance, deleted with it $deleteOnTermination: $kind',
    ({ on, status, deleteOnTermination, kind }) => {
      const instanceId = on === 'old' ? OLD_INSTANCE_ID : REPLACEMENT_ID;
      const seen = anAttachedInterface({ instanceId, status, deleteOnTermination });

      expect(decideAttach(seen, REPLACEMENT_ID, 0).kind).toBe(kind);
    },
  );

  it('names the attachment to protect', () => {
    expect(decideAttach(anAttachedInterface({ deleteOnTermination: true }), REPLACEMENT_ID, 0)).toEqual({
      kind: 'protect',
      attachmentId: ATTACHMENT_ID,
    });
  });
});

describe('carries', () => {
  it.each<{ name: string; seen: SeenInterface | undefined; cold: boolean; hot: boolean }>([
    { name: 'the primary', seen: anAttachedInterface({ deviceIndex: 0 }), cold: true, hot: false },
    { name: 'the first secondary', seen: anAttachedInterface({ deviceIndex: 1 }), cold: false, hot: true },
    // A guest configures a secondary interface at any index.
    { name: 'another secondary', seen: anAttachedInterface({ deviceIndex: 2 }), cold: false, hot: true },
    { name: 'the last secondary', seen: anAttachedInterface({ deviceIndex: 15 }), cold: false, hot: true },
    { name: 'on its way', seen: anAttachedInterface({ status: 'attaching' }), cold: false, hot: false },
    {
      name: 'on another instance',
      seen: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }),
      cold: false,
      hot: false,
    },
    { name: 'deleted with it', seen: anAttachedInterface({ deleteOnTermination: true }), cold: false, hot: false },
    { name: 'free', seen: anInterface(), cold: false, hot: false },
    { name: 'not visible', seen: undefined, cold: false, hot: false },
  ])('an interface that is $name: cold $cold, hot $hot', ({ seen, cold, hot: asSecondary }) => {
    expect(carries(seen, { instanceId: REPLACEMENT_ID, attachment: 'cold' })).toBe(cold);
    expect(carries(seen, { instanceId: REPLACEMENT_ID, attachment: 'hot' })).toBe(asSecondary);
  });
});
