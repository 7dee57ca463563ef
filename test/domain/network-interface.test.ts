import fc from 'fast-check';
import { carries, decideAttach, decideExistence, decideRelease, identityOn } from '../../domain/network-interface';
import type { SeenInterface } from '../../domain/observations';
import type { InterfaceRequest } from '../../domain/stateful-node';
import { someNode } from './arbitraries';
import {
  aConfig,
  aLaunch,
  anAttachedInterface,
  anAttachment,
  anInterface,
  aNode,
  anOperation,
  anOperationOf,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  SUBNET_A,
  SUBNET_B,
} from './builders';

const ATTACHMENT_ID = anAttachment().id;
const hot = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });
const movable = aConfig({ persistence: { persistPrivateIp: false } });
const inSubnetB = [{ instanceType: 'm7g.large', subnetId: SUBNET_B, lifeCycle: 'spot' as const }];

describe('decideExistence', () => {
  it('leaves an interface alone that is where it is needed', () => {
    expect(decideExistence(aNode(), anOperation(), anInterface())).toEqual({
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

    expect(decideExistence(aNode(), anOperation({ config }), seen)).toEqual({
      kind: 'nothing',
      interfaceId: INTERFACE_ID,
      setSecurityGroupIds: sets,
    });
  });

  it('retires an interface that has another private IP than the one that is asked for now', () => {
    const config = aConfig({ compute: { privateIp: '10.0.0.77' } });

    expect(decideExistence(aNode(), anOperation({ config }), anInterface())).toMatchObject({
      kind: 'create',
      request: { subnetId: SUBNET_A, privateIp: '10.0.0.77' },
      retire: INTERFACE_ID,
    });
  });

  it('leaves a subnet that an update has taken from the node', () => {
    const operation = anOperation({ eligibleSubnetIds: [SUBNET_B] });

    expect(decideExistence(aNode(), operation, anInterface())).toMatchObject({
      kind: 'create',
      request: { subnetId: SUBNET_B, privateIp: undefined },
      retire: INTERFACE_ID,
    });
  });

  it('makes an interface that is gone again, in the same subnet with the same private IP', () => {
    expect(decideExistence(aNode(), anOperation(), undefined)).toEqual({
      kind: 'create',
      retire: undefined,
      request: {
        clientToken: `${NODE_ID}-4-0000000000000000a-10.0.0.10`,
        subnetId: SUBNET_A,
        privateIp: '10.0.0.10',
        withIpv6Address: false,
        securityGroupIds: ['sg-00000000000000001'],
        tags: [
          { key: 'holdfast:node-id', value: NODE_ID },
          { key: 'holdfast:generation', value: '4' },
        ],
      },
    });
  });

  const identity = { ...aNode().identity, settled: false };
  it.each([
    { name: 'a settled one that persists', node: aNode(), privateIp: '10.0.0.10' },
    { name: 'one that persists but never served', node: aNode({ identity }), privateIp: undefined },
    { name: 'one that does not persist', node: aNode({ config: movable }), privateIp: undefined },
    {
      name: 'the one asked for, where the node is new',
      node: aNode({ identity: { settled: false }, config: aConfig({ compute: { privateIp: '10.0.0.77' } }) }),
      privateIp: '10.0.0.77',
    },
    {
      name: 'the one that an update asks for, rather than the settled one',
      node: aNode({ config: aConfig({ compute: { privateIp: '10.0.0.77' } }) }),
      privateIp: '10.0.0.77',
    },
  ])('asks for the private IP that has to be: $name', ({ node, privateIp }) => {
    const decision = decideExistence(node, anOperationOf(node), undefined);

    expect(decision).toMatchObject({ kind: 'create', request: { privateIp } });
  });

  it.each([
    { asks: true, gets: true },
    { asks: false, gets: false },
    { asks: null, gets: false },
  ])('asks for an IPv6 address as configured ($asks)', ({ asks, gets }) => {
    const networkInterfaces = [{ deviceIndex: 0 as const, associateIpv6Address: asks }];
    const node = aNode({ config: aConfig({ launchSpecification: { networkInterfaces } }) });

    expect(decideExistence(node, anOperationOf(node), undefined)).toMatchObject({ request: { withIpv6Address: gets } });
  });

  it.each([
    {
      name: 'cold: where the next pool launches, before it is asked for',
      config: movable,
      launch: aLaunch({ state: 'next', pools: inSubnetB }),
      subnetId: SUBNET_B,
    },
    {
      name: 'cold: where it is, once the launch has been asked for with it',
      config: movable,
      launch: aLaunch({ state: 'requested', pools: inSubnetB }),
      subnetId: SUBNET_A,
    },
    {
      name: 'hot: where the replacement runs',
      config: hot,
      launch: aLaunch({ state: 'launched', pools: inSubnetB }),
      subnetId: SUBNET_B,
    },
    {
      name: 'hot: where it is, while no replacement has been launched',
      config: hot,
      launch: aLaunch({ state: 'next', pools: inSubnetB }),
      subnetId: SUBNET_A,
    },
    { name: 'where it is, before any launch', config: movable, launch: undefined, subnetId: SUBNET_A },
  ])('needs the interface $name', ({ config, launch, subnetId }) => {
    const decision = decideExistence(aNode(), anOperation({ config, launch }), undefined);

    expect(decision).toMatchObject({ kind: 'create', request: { subnetId } });
  });

  it('makes the first interface in the first eligible subnet', () => {
    const node = aNode({ identity: { settled: false }, eligibleSubnetIds: [SUBNET_B] });

    expect(decideExistence(node, anOperationOf(node), undefined)).toMatchObject({ request: { subnetId: SUBNET_B } });
  });

  it('cannot make one where no subnet is eligible', () => {
    const node = aNode({ identity: { settled: false }, eligibleSubnetIds: [] });

    expect(() => decideExistence(node, anOperationOf(node), undefined)).toThrow(/smi-0a1b2c3d has no subnet/);
  });

  it('retires an interface that is left behind in another subnet', () => {
    const operation = anOperation({ config: movable, launch: aLaunch({ state: 'next', pools: inSubnetB }) });

    expect(decideExistence(aNode(), operation, anInterface())).toMatchObject({
      kind: 'create',
      request: { subnetId: SUBNET_B },
      retire: INTERFACE_ID,
    });
  });

  it('asks the identical request again after a crash, whatever has changed meanwhile', () => {
    const interfaceRequest: InterfaceRequest = {
      clientToken: 'written before',
      subnetId: SUBNET_B,
      withIpv6Address: false,
      securityGroupIds: [],
      tags: [],
    };

    expect(decideExistence(aNode(), anOperation({ interfaceRequest }), anInterface())).toEqual({
      kind: 'create',
      request: interfaceRequest,
      retire: INTERFACE_ID,
    });
    expect(decideExistence(aNode(), anOperation({ interfaceRequest }), undefined)).toEqual({
      kind: 'create',
      request: interfaceRequest,
      retire: undefined,
    });
  });

  it('gives requests in different subnets different client tokens, of at most 64 characters', () => {
    const subnets = fc.constantFrom(SUBNET_A, SUBNET_B, `subnet-${'f'.repeat(17)}`);

    fc.assert(
      fc.property(someNode, subnets, subnets, (node, here, there) => {
        const tokenIn = (subnetId: string): string => {
          const pools = [{ instanceType: 'm7g.large', subnetId, lifeCycle: 'spot' as const }];
          const state = node.config.persistence.eniAttachment === 'hot' ? 'launched' : 'next';
          const operation = anOperationOf(node, { generation: node.generation, launch: aLaunch({ state, pools }) });
          const decision = decideExistence(node, operation, undefined);
          return decision.kind === 'create' ? decision.request.clientToken : '';
        };

        expect(tokenIn(here).length).toBeLessThanOrEqual(64);
        expect(tokenIn(here) === tokenIn(there)).toBe(here === there);
      }),
    );
  });
});

describe('identityOn', () => {
  it('takes everything from the new interface, and keeps what is not of the interface', () => {
    const before = { ...aNode().identity, ipv6Address: '2001:db8::1', publicIp: '198.51.100.7' };
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

describe('decideRelease', () => {
  it('counts an interface that does not exist as free', () => {
    expect(decideRelease(undefined, REPLACEMENT_ID)).toEqual({ kind: 'free' });
  });

  it.each([
    ['available', 'free'],
    ['pending', 'wait'],
    ['associated', 'wait'],
    ['attaching', 'wait'],
    ['in-use', 'wait'],
    ['detaching', 'wait'],
  ] as const)('without an attachment, %s: %s', (status, kind) => {
    expect(decideRelease(anInterface({ status }), REPLACEMENT_ID).kind).toBe(kind);
  });

  it.each([
    { on: 'old', deviceIndex: 0, status: 'attaching', kind: 'wait' },
    // Only the end of its instance frees a primary interface.
    { on: 'old', deviceIndex: 0, status: 'attached', kind: 'wait' },
    { on: 'old', deviceIndex: 0, status: 'detaching', kind: 'wait' },
    { on: 'old', deviceIndex: 0, status: 'detached', kind: 'wait' },
    { on: 'old', deviceIndex: 1, status: 'attaching', kind: 'wait' },
    { on: 'old', deviceIndex: 1, status: 'attached', kind: 'detach' },
    { on: 'old', deviceIndex: 1, status: 'detaching', kind: 'wait' },
    { on: 'old', deviceIndex: 1, status: 'detached', kind: 'wait' },
    { on: 'replacement', deviceIndex: 0, status: 'attaching', kind: 'free' },
    { on: 'replacement', deviceIndex: 0, status: 'attached', kind: 'free' },
    { on: 'replacement', deviceIndex: 0, status: 'detaching', kind: 'free' },
    { on: 'replacement', deviceIndex: 1, status: 'attaching', kind: 'free' },
    { on: 'replacement', deviceIndex: 1, status: 'attached', kind: 'free' },
    { on: 'replacement', deviceIndex: 1, status: 'detaching', kind: 'free' },
  ] as const)('on the $on instance at $deviceIndex, $status: $kind', ({ on, deviceIndex, status, kind }) => {
    const instanceId = on === 'old' ? OLD_INSTANCE_ID : REPLACEMENT_ID;

    expect(decideRelease(anAttachedInterface({ instanceId, deviceIndex, status }), REPLACEMENT_ID).kind).toBe(kind);
  });

  it('names the attachment to detach', () => {
    const seen = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 });

    expect(decideRelease(seen, undefined)).toEqual({ kind: 'detach', attachmentId: ATTACHMENT_ID });
  });

  it('says what it waits for', () => {
    expect(decideRelease(anAttachedInterface({ instanceId: OLD_INSTANCE_ID }), undefined)).toEqual({
      kind: 'wait',
      because: `${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}`,
    });
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

  it('attaches at the index that is asked for', () => {
    expect(decideAttach(anInterface(), REPLACEMENT_ID, 1)).toEqual({ kind: 'attach', deviceIndex: 1 });
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
    { name: 'another secondary', seen: anAttachedInterface({ deviceIndex: 2 }), cold: false, hot: false },
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
    expect(carries(seen, REPLACEMENT_ID, 0)).toBe(cold);
    expect(carries(seen, REPLACEMENT_ID, 1)).toBe(asSecondary);
  });
});
