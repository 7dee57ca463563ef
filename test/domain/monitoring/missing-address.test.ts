import {
  describeMissing,
  lacksAddress,
  missingOf,
  updateAwaySince,
  type SeenAddress,
} from '../../../domain/monitoring/missing-address';
import type { Failure, StatefulNode } from '../../../domain/node/stateful-node';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anAttachment,
  anElasticIp,
  anInstance,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
} from '../builders';

const holder = anInstance({ id: OLD_INSTANCE_ID });
const served: SeenAddress = {
  interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }),
  holder,
  elasticIp: undefined,
};
const failure: Failure = { operation: 'replace', count: 1, nextTryAt: '2026-11-03T10:05:00.000Z' };
const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const EARLIER = '2026-11-03T09:50:00.000Z';

describe('A node that should be reachable lacks its address', () => {
  it.each<{ name: string; seen: Partial<SeenAddress>; node?: Partial<StatefulNode>; lacks: boolean }>([
    { name: 'not if a running instance carries it', seen: {}, lacks: false },
    { name: 'if there is no interface', seen: { interface: undefined, holder: undefined }, lacks: true },
    { name: 'if the instance has ended', seen: { holder: { ...holder, state: 'terminated' } }, lacks: true },
    { name: 'if the instance is stopped', seen: { holder: { ...holder, state: 'stopped' } }, lacks: true },
    { name: 'if something that is not ours has the interface', seen: { holder: undefined }, lacks: true },
    {
      name: 'while it is being attached',
      seen: {
        interface: anAttachedInterface({ ...anAttachment({ instanceId: OLD_INSTANCE_ID }), status: 'attaching' }),
      },
      lacks: true,
    },
    {
      name: 'if the Elastic IP is nowhere',
      seen: { elasticIp: anElasticIp({ interfaceId: undefined }) },
      node: { config: withElasticIp },
      lacks: true,
    },
    {
      name: 'not if the Elastic IP is on the interface',
      seen: { elasticIp: anElasticIp({ interfaceId: INTERFACE_ID }) },
      node: { config: withElasticIp },
      lacks: false,
    },
  ])('$name', ({ seen, node, lacks }) => {
    expect(lacksAddress(aNode(node), { ...served, ...seen })).toBe(lacks);
  });
});

describe('Without an instance, an address is missing', () => {
  const gone: SeenAddress = { interface: undefined, holder: undefined, elasticIp: undefined };
  const paused = { status: 'PAUSED', instance: undefined } as const;

  it.each<{ name: string; node: StatefulNode; lacks: boolean }>([
    { name: 'ACTIVE: yes', node: aNode(), lacks: true },
    { name: 'RESUMING: yes', node: aNode({ ...paused, status: 'RESUMING' }), lacks: true },
    { name: 'RECYCLING: yes', node: aNode({ status: 'RECYCLING' }), lacks: true },
    { name: 'PAUSED: no', node: aNode(paused), lacks: false },
    { name: 'PAUSED, until its address is free: yes', node: aNode({ ...paused, failure }), lacks: true },
    { name: 'PAUSING: no', node: aNode({ status: 'PAUSING' }), lacks: false },
    {
      name: 'a pause is asked for: no',
      node: aNode({ intents: [{ kind: 'pause', reason: 'pause requested', requestedAt: NOW }] }),
      lacks: false,
    },
    { name: 'ERROR: yes', node: aNode({ status: 'ERROR', failure }), lacks: true },
    {
      name: 'a pause has failed: no',
      node: aNode({ status: 'ERROR', failure: { ...failure, operation: 'pause' } }),
      lacks: false,
    },
    {
      name: 'ERROR, and a pause waits for the adjustment under way: no',
      node: aBusyNode(
        { status: 'ERROR', intents: [{ kind: 'pause', reason: 'pause requested', requestedAt: NOW }] },
        { kind: 'adjust' },
      ),
      lacks: false,
    },
    {
      name: 'being deleted: no',
      node: aNode({ deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } }),
      lacks: false,
    },
  ])('$name', ({ node, lacks }) => {
    expect(lacksAddress(node, gone)).toBe(lacks);
  });
});

describe('The time since when', () => {
  it('is kept while it is missing', () => {
    expect(updateAwaySince({ [NODE_ID]: EARLIER }, [missingOf(aNode())], NOW)).toEqual({ [NODE_ID]: EARLIER });
  });

  it('is forgotten once it is there', () => {
    expect(updateAwaySince({ [NODE_ID]: EARLIER }, [], NOW)).toEqual({});
  });

  it('is now, if nothing else is known', () => {
    expect(updateAwaySince({}, [missingOf(aNode())], NOW)).toEqual({ [NODE_ID]: NOW });
  });

  it('is when the replacement under way has taken it', () => {
    const node = aBusyNode({}, { kind: 'replace', addressTakenAt: EARLIER });
    expect(updateAwaySince({}, [missingOf(node)], NOW)).toEqual({ [NODE_ID]: EARLIER });
  });

  it.each([
    { name: 'now, while the instance drains', operation: { startedAt: EARLIER } },
    { name: 'now, if the announced end is still to come', operation: { endsAt: '2026-11-03T10:02:00.000Z' } },
    {
      name: 'now, if the operation launches the first instance',
      operation: { kind: 'launch' as const, endsAt: EARLIER },
    },
  ])('is $name', ({ operation }) => {
    const node = aBusyNode({}, { kind: 'replace', ...operation });
    expect(updateAwaySince({}, [missingOf(node)], NOW)).toEqual({ [NODE_ID]: NOW });
  });

  it('is when the instance of the replacement under way has ended', () => {
    const node = aBusyNode({}, { kind: 'replace', endsAt: EARLIER });
    expect(updateAwaySince({}, [missingOf(node)], NOW)).toEqual({ [NODE_ID]: EARLIER });
  });

  it('fits into one item of the table: the nodes that have waited longest are kept', () => {
    const nodes = Array.from({ length: 5_001 }, (_, index) => aNode({ id: `smi-${String(index).padStart(8, '0')}` }));
    const kept = updateAwaySince({ 'smi-00005000': EARLIER }, nodes.map(missingOf), NOW);

    expect(Object.keys(kept)).toHaveLength(5_000);
    expect(kept['smi-00005000']).toBe(EARLIER);
    expect(JSON.stringify(kept).length).toBeLessThan(400_000);
  });
});

describe('For a person', () => {
  it.each<{ name: string; node: StatefulNode; next: string }>([
    {
      name: 'what is being done',
      node: aBusyNode({}, { kind: 'replace', startedAt: EARLIER, reason: 'recycle requested' }),
      next: `replace since ${EARLIER}: recycle requested`,
    },
    {
      name: 'when it is tried again',
      node: aNode({ failure }),
      next: 'replace is tried again at 2026-11-03T10:05:00.000Z',
    },
    {
      name: 'that nothing happens before a person acts',
      node: aNode({ failure: { operation: 'adjust', count: 1 } }),
      next: 'adjust waits for a person',
    },
    { name: 'that it was just found', node: aNode(), next: 'the reconciler starts what is missing' },
  ])('$name', ({ node, next }) => {
    expect(describeMissing(missingOf(node), EARLIER)).toMatchObject({
      nodeId: NODE_ID,
      name: node.config.name,
      since: EARLIER,
      next,
    });
  });

  it('what has failed', () => {
    expect(describeMissing(missingOf(aNode({ errorReason: 'replace failed' })), EARLIER).why).toBe('replace failed');
    expect(describeMissing(missingOf(aNode()), EARLIER).why).toBeNull();
  });
});
