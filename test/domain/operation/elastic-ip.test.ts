import {
  awaitsElasticIp,
  decideAddress,
  decideElasticIpOnPause,
  lacksElasticIp,
  withoutElasticIp,
} from '../../../domain/operation/elastic-ip';
import type { SeenElasticIp } from '../../../domain/node/observations';
import { aConfig, ALLOCATION_ID, anElasticIp, anIdentity, aNode, anOwnedNode, INTERFACE_ID } from '../builders';

const kept = aConfig({ compute: { elasticIp: ALLOCATION_ID }, persistence: { shouldKeepElasticIpOnPause: true } });
const givenUp = aConfig({ compute: { elasticIp: ALLOCATION_ID }, persistence: { shouldKeepElasticIpOnPause: false } });

describe('decideAddress', () => {
  it.each([
    { name: 'is on the interface', interfaceId: INTERFACE_ID, kind: 'nothing' },
    { name: 'is on another interface', interfaceId: 'eni-00000000000000002', kind: 'associate' },
    { name: 'is on none', interfaceId: undefined, kind: 'associate' },
  ])('an address that $name: $kind', ({ interfaceId, kind }) => {
    expect(decideAddress(anElasticIp({ interfaceId }), INTERFACE_ID)).toEqual({ kind });
  });
});

describe('awaitsElasticIp', () => {
  it.each([
    { name: 'with an instance, by default', config: aConfig(), instance: aNode().instance, awaits: true },
    { name: 'with an instance, though a pause gives it up', config: givenUp, instance: aNode().instance, awaits: true },
    { name: 'without an instance, by default', config: aConfig(), instance: undefined, awaits: true },
    { name: 'without an instance, as configured', config: kept, instance: undefined, awaits: true },
    { name: 'without an instance, if a pause gives it up', config: givenUp, instance: undefined, awaits: false },
  ])('$name: $awaits', ({ config, instance, awaits }) => {
    expect(awaitsElasticIp({ config, instance })).toBe(awaits);
  });
});

describe('lacksElasticIp', () => {
  const elsewhere = anElasticIp({ interfaceId: 'eni-00000000000000002' });
  const { identity, instance } = aNode();
  const unmade = { settled: false } as const;

  it.each([
    { name: 'on the interface', config: kept, seen: anElasticIp(), lacks: false },
    { name: 'on another interface', config: kept, seen: elsewhere, lacks: true },
    { name: 'on none', config: kept, seen: anElasticIp({ interfaceId: undefined }), lacks: true },
    { name: 'gone', config: kept, seen: undefined, lacks: true },
    { name: 'not configured', config: aConfig(), seen: undefined, lacks: false },
    { name: 'elsewhere, given up while paused', config: givenUp, seen: elsewhere, on: undefined, lacks: false },
    { name: 'elsewhere, given up, but not paused', config: givenUp, seen: elsewhere, lacks: true },
    { name: 'elsewhere, before an interface is made', config: kept, seen: elsewhere, identity: unmade, lacks: false },
  ])('$name: $lacks', ({ config, seen, lacks, ...node }) => {
    const on = 'on' in node ? node.on : instance;
    expect(lacksElasticIp({ config, identity: node.identity ?? identity, instance: on }, seen)).toBe(lacks);
  });
});

describe('decideElasticIpOnPause', () => {
  const onOurs = anElasticIp({ associationId: 'eipassoc-1' });

  it.each<{ name: string; config: typeof kept; seen: SeenElasticIp | undefined; decision: object }>([
    { name: 'stays by default', config: aConfig(), seen: onOurs, decision: { kind: 'keep' } },
    { name: 'stays as configured', config: kept, seen: onOurs, decision: { kind: 'keep' } },
    {
      name: 'is taken off',
      config: givenUp,
      seen: onOurs,
      decision: { kind: 'disassociate', associationId: 'eipassoc-1' },
    },
    {
      name: 'has been moved to another interface',
      config: givenUp,
      seen: { ...onOurs, interfaceId: 'eni-00000000000000002' },
      decision: { kind: 'given-up' },
    },
    {
      name: 'is with none',
      config: givenUp,
      seen: anElasticIp({ interfaceId: undefined }),
      decision: { kind: 'given-up' },
    },
    { name: 'is on it by no association', config: givenUp, seen: anElasticIp(), decision: { kind: 'given-up' } },
    { name: 'no longer exists', config: givenUp, seen: undefined, decision: { kind: 'given-up' } },
  ])('an address that $name', ({ config, seen, decision }) => {
    // The operation uses the configuration of its start, even if the node was updated since.
    const owned = anOwnedNode({ config: kept }, { kind: 'pause', config });

    expect(decideElasticIpOnPause(owned, seen)).toEqual(decision);
  });

  it('has nothing to say of a node without one', () => {
    const config = aConfig({ persistence: { shouldKeepElasticIpOnPause: false } });

    expect(decideElasticIpOnPause(anOwnedNode({}, { kind: 'pause', config }), undefined)).toEqual({ kind: 'keep' });
  });

  it('disassociates nothing if the node has no interface', () => {
    const owned = anOwnedNode({ config: givenUp, identity: { settled: false } }, { kind: 'pause' });

    expect(decideElasticIpOnPause(owned, anElasticIp({ interfaceId: undefined, associationId: 'eipassoc-1' }))).toEqual(
      {
        kind: 'given-up',
      },
    );
  });
});

describe('withoutElasticIp', () => {
  it('keeps everything else', () => {
    const identity = anIdentity({ allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' });

    expect(withoutElasticIp(aNode({ identity }))).toStrictEqual(aNode());
  });
});
