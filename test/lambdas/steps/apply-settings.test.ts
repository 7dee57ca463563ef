import { ElasticIpMissing, NotReady, OwnershipLost } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { applySettings } from '../../../lambdas/steps/apply-settings';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anIdentity,
  anInstance,
  anInterface,
  aVolume,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
  type ConfigOverrides,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const BEFORE = 'eipalloc-before';
const withElasticIp: ConfigOverrides = { compute: { elasticIp: ALLOCATION_ID } };
const givenUpOnPause: ConfigOverrides = { ...withElasticIp, persistence: { shouldKeepElasticIpOnPause: false } };
const associated = `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`;

/** Ports of a node that is being adjusted to a configuration, on an instance that carries it. */
function portsOf(overrides: ConfigOverrides = {}, node: Partial<StatefulNode> = {}): InMemoryPorts {
  const ports = new InMemoryPorts(
    aBusyNode({ status: 'ACTIVE', config: aConfig(overrides), ...node }, { kind: 'adjust', configRevision: 2 }),
  );
  ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));
  return ports;
}

const tagged = { launchSpecification: { tags: [{ tagKey: 'team', tagValue: 'ledger' }] } };
type TagSpecification = NonNullable<ConfigOverrides['launchSpecification']>['resourceTagSpecification'];
const taggedOn = (resourceTagSpecification: TagSpecification): ConfigOverrides => ({
  launchSpecification: { ...tagged.launchSpecification, resourceTagSpecification },
});
/** The node, adjusted once more to the same configuration. */
const aBusyNodeAgain = (ports: InMemoryPorts): StatefulNode =>
  aBusyNode(ports.node(NODE_ID), { kind: 'adjust', configRevision: 2 });
/** For tests that are not about tags. */
const changes = ({ journal }: InMemoryPorts) =>
  journal.filter((entry) => !/^(observe|save)/.test(entry) && !/^(tag|untag) \S+ $/.test(entry));

describe('applySettings', () => {
  it('sets the tags on the instance, and removes those that are no longer configured', async () => {
    const ports = portsOf(tagged, { appliedTagKeys: ['team', 'cost'], volumeTagKeys: [] });

    await expect(applySettings(ports)(input)).resolves.toEqual({ revision: 2, status: 'ACTIVE' });
    expect(changes(ports)).toEqual([`tag ${OLD_INSTANCE_ID} team=ledger`, `untag ${OLD_INSTANCE_ID} cost`]);
    expect(ports.node(NODE_ID)).toMatchObject({ appliedRevision: 2, appliedTagKeys: ['team'], status: 'ACTIVE' });
    expect(ports.node(NODE_ID)).not.toHaveProperty('operation');
  });

  describe('on the volumes of that instance, and on no others', () => {
    const used = { state: 'in-use', instanceIds: [OLD_INSTANCE_ID] };
    const withVolumes = (config: ConfigOverrides, node: Partial<StatefulNode>): InMemoryPorts => {
      const ports = portsOf(config, node);
      const volumes = [
        aVolume({ id: 'vol-used', ...used }),
        aVolume({ id: 'vol-also-used', ...used }),
        aVolume({ id: 'vol-left' }),
        aVolume({ id: 'vol-elsewhere', state: 'in-use', instanceIds: ['i-of-a-person'] }),
        aVolume({ id: 'vol-of-a-person', ...used, nodeId: undefined }),
      ];
      for (const volume of volumes) ports.seenVolumes.set(volume.id, volume);
      return ports;
    };
    const onInstance = `tag ${OLD_INSTANCE_ID} team=ledger`;

    it.each<{ name: string; config: ConfigOverrides; node: Partial<StatefulNode>; changes: readonly string[] }>([
      {
        name: 'sets them if they are asked for, and removes those that are no longer configured',
        config: taggedOn({ volumes: { shouldTag: true } }),
        node: { appliedTagKeys: ['team'], volumeTagKeys: ['cost'] },
        changes: [onInstance, 'tag vol-used,vol-also-used team=ledger', 'untag vol-used,vol-also-used cost'],
      },
      {
        name: 'sets none by default',
        config: tagged,
        node: { appliedTagKeys: ['team'], volumeTagKeys: [] },
        changes: [onInstance],
      },
      {
        name: 'removes them if they are no longer asked for',
        config: taggedOn({ volumes: { shouldTag: false } }),
        node: { appliedTagKeys: ['team'], volumeTagKeys: ['team'] },
        changes: [onInstance, 'untag vol-used,vol-also-used team'],
      },
      {
        name: 'removes those that a record without volumeTagKeys has on the instance',
        config: tagged,
        node: { appliedTagKeys: ['team', 'cost'] },
        changes: [onInstance, `untag ${OLD_INSTANCE_ID} cost`, 'untag vol-used,vol-also-used team,cost'],
      },
    ])('$name', async ({ config, node, changes: expected }) => {
      const ports = withVolumes(config, node);
      await applySettings(ports)(input);

      expect(changes(ports)).toEqual(expected);
      await ports.nodes.save({ ...aBusyNodeAgain(ports), version: ports.node(NODE_ID).version });
      ports.journal.length = 0;
      await applySettings(ports)(input);
      expect(changes(ports).filter((entry) => entry.startsWith('untag'))).toEqual([]);
    });

    it('does not look for volumes if there is nothing to change on them', async () => {
      const ports = withVolumes(tagged, { volumeTagKeys: [] });
      await applySettings(ports)(input);

      expect(ports.journal).not.toContain(`observe volumes of ${NODE_ID}`);
    });
  });

  describe('on the interface', () => {
    const onInterface = `tag ${INTERFACE_ID} team=ledger`;
    const untagged = `untag ${INTERFACE_ID}`;
    const ofInterface = (ports: InMemoryPorts) => changes(ports).filter((entry) => entry.includes(INTERFACE_ID));

    it.each<{ name: string; config: ConfigOverrides; node?: Partial<StatefulNode>; changes: readonly string[] }>([
      { name: 'sets none by default', config: tagged, changes: [] },
      {
        name: 'sets them if they are asked for',
        config: taggedOn({ enis: { shouldTag: true } }),
        changes: [onInterface],
      },
      {
        name: 'removes those that are no longer configured',
        config: taggedOn({ enis: { shouldTag: true } }),
        node: { interfaceTagKeys: ['team', 'cost'] },
        changes: [onInterface, `${untagged} cost`],
      },
      {
        name: 'removes them if they are no longer asked for',
        config: taggedOn({ enis: { shouldTag: false } }),
        node: { interfaceTagKeys: ['team'] },
        changes: [`${untagged} team`],
      },
      {
        name: 'of a paused node',
        config: taggedOn({ enis: { shouldTag: true } }),
        node: { status: 'PAUSED', instance: undefined },
        changes: [onInterface],
      },
    ])('$name', async ({ config, node, changes: expected }) => {
      const ports = portsOf(config, node);
      await applySettings(ports)(input);

      expect(ofInterface(ports)).toEqual(expected);
      const isTagged = config.launchSpecification?.resourceTagSpecification?.enis?.shouldTag === true;
      expect(ports.node(NODE_ID).interfaceTagKeys).toEqual(isTagged ? ['team'] : undefined);
    });

    it('does nothing if EC2 does not show it', async () => {
      const ports = portsOf(taggedOn({ enis: { shouldTag: true } }), { status: 'PAUSED', instance: undefined });
      ports.seenInterfaces.clear();
      await applySettings(ports)(input);

      expect(ofInterface(ports)).toEqual([]);
    });

    it('names the tags in the record before it sets them, so that a later update can remove them', async () => {
      const ports = portsOf(taggedOn({ enis: { shouldTag: true }, volumes: { shouldTag: true } }));
      ports.onCall = (entry) => {
        if (entry === onInterface) throw new Error('the function crashes');
      };

      await expect(applySettings(ports)(input)).rejects.toThrow('the function crashes');
      expect(ports.node(NODE_ID)).toMatchObject({ appliedTagKeys: ['team'], interfaceTagKeys: ['team'] });
      expect(ports.node(NODE_ID)).toHaveProperty('operation');
    });
  });

  it('asks EC2 about no Elastic IP that the node does not have', async () => {
    const ports = portsOf();
    await applySettings(ports)(input);

    expect(new Set(ports.journal.filter((entry) => entry.startsWith('observe')))).toEqual(
      new Set([`observe ${OLD_INSTANCE_ID}`, `observe ${INTERFACE_ID}`]),
    );
  });

  it('leaves the security groups to ensure-eni', async () => {
    const ports = portsOf({ launchSpecification: { securityGroupIds: ['sg-another'] } });
    await applySettings(ports)(input);

    expect(changes(ports)).toEqual([]);
  });

  it.each([
    { name: 'has ended', seen: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
    { name: 'is gone', seen: undefined },
  ])('tags nothing if the instance $name: its tags are gone, and so is our right to change them', async ({ seen }) => {
    const ports = portsOf(tagged);
    if (seen === undefined) ports.seenInstances.delete(OLD_INSTANCE_ID);
    else ports.seenInstances.set(OLD_INSTANCE_ID, seen);
    await applySettings(ports)(input);

    expect(changes(ports)).toEqual([]);
  });

  it('tags nothing if the node has no instance', async () => {
    const ports = portsOf(tagged, { status: 'PAUSED', instance: undefined });
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    await applySettings(ports)(input);

    expect(ports.journal.filter((entry) => /^(un)?tag/.test(entry))).toEqual([]);
    expect(ports.node(NODE_ID)).toMatchObject({ status: 'PAUSED', appliedRevision: 2 });
  });

  it('does not end before EC2 shows the Elastic IP on the interface, where the next operation must find it', async () => {
    const ports = portsOf(withElasticIp);
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    ports.showsLate = true;
    await expect(applySettings(ports)(input)).rejects.toThrow(
      new NotReady(`EC2 does not show the Elastic IP on ${INTERFACE_ID} yet`),
    );
    expect(changes(ports)).toEqual([associated]);
    expect(ports.node(NODE_ID)).toHaveProperty('operation');

    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp());
    await applySettings(ports)(input);
    expect(changes(ports)).toEqual([associated]);
    expect(ports.node(NODE_ID)).not.toHaveProperty('operation');
  });

  it('applies nothing before the first interface is made', async () => {
    const ports = portsOf(withElasticIp, { identity: { settled: false }, instance: undefined });

    await expect(applySettings(ports)(input)).resolves.toEqual({ revision: 2, status: 'ACTIVE' });
    expect(changes(ports)).toEqual([]);
  });

  it('ends the adjustment with what EC2 shows of the node: healthy again', async () => {
    const failure = { operation: 'adjust' as const, count: 1, nextTryAt: '2026-11-03T09:00:00.000Z' };
    const ports = portsOf({}, { status: 'ERROR', errorReason: 'adjust failed', failure });
    await applySettings(ports)(input);

    const { status, errorReason, failure: left } = ports.node(NODE_ID);
    expect({ status, errorReason, left }).toEqual({ status: 'ACTIVE' });
  });

  it('ends the adjustment with what EC2 shows of the node: still in ERROR', async () => {
    const ports = portsOf({}, { status: 'ERROR', errorReason: 'adjust failed' });
    ports.seenInstances.delete(OLD_INSTANCE_ID);
    await applySettings(ports)(input);

    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ERROR', errorReason: 'adjust failed', appliedRevision: 2 });
  });

  it('changes nothing if another operation owns the node', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { generation: 5 }));

    await expect(applySettings(ports)(input)).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });
});

describe('applySettings, and the Elastic IP', () => {
  const identityWith = (allocationId: string) => anIdentity({ allocationId });
  const heldElsewhere = anAttachedInterface({ instanceId: 'i-of-another', deviceIndex: 1 });

  it.each<{
    name: string;
    config: ConfigOverrides;
    node?: Partial<StatefulNode>;
    seen?: Partial<Record<string, Parameters<typeof anElasticIp>[0]>>;
    changed: readonly string[];
  }>([
    { name: 'one that is on the interface', config: withElasticIp, seen: { [ALLOCATION_ID]: {} }, changed: [] },
    {
      name: 'one that is nowhere',
      config: withElasticIp,
      seen: { [ALLOCATION_ID]: { interfaceId: undefined } },
      changed: [associated],
    },
    {
      name: 'one that is elsewhere',
      config: withElasticIp,
      seen: { [ALLOCATION_ID]: { interfaceId: 'eni-of-another' } },
      changed: [associated],
    },
    {
      name: 'another one than before',
      config: withElasticIp,
      node: { identity: identityWith(BEFORE) },
      seen: { [BEFORE]: { associationId: 'eipassoc-1' }, [ALLOCATION_ID]: { interfaceId: undefined } },
      changed: ['disassociate eipassoc-1', associated],
    },
    {
      name: 'another one than before, which a person has moved since',
      config: withElasticIp,
      node: { identity: identityWith(BEFORE) },
      seen: {
        [BEFORE]: { associationId: 'eipassoc-1', interfaceId: 'eni-of-another' },
        [ALLOCATION_ID]: { interfaceId: undefined },
      },
      changed: [associated],
    },
    {
      name: 'none any more',
      config: {},
      node: { identity: identityWith(BEFORE) },
      seen: { [BEFORE]: { associationId: 'eipassoc-1' } },
      changed: ['disassociate eipassoc-1'],
    },
    {
      name: 'none any more, and a failed operation has associated one that the record does not name',
      config: {},
      node: { heldClaims: [BEFORE] },
      seen: { [BEFORE]: { associationId: 'eipassoc-1' } },
      changed: ['disassociate eipassoc-1'],
    },
    {
      name: 'none any more, and the previous one is nowhere',
      config: {},
      node: { identity: identityWith(BEFORE) },
      seen: { [BEFORE]: { interfaceId: undefined } },
      changed: [],
    },
    {
      name: 'none any more, and the previous one is gone',
      config: {},
      node: { identity: identityWith(BEFORE) },
      changed: [],
    },
    {
      name: 'the one that it has',
      config: withElasticIp,
      node: { identity: identityWith(ALLOCATION_ID) },
      seen: { [ALLOCATION_ID]: { associationId: 'eipassoc-1' } },
      changed: [],
    },
    {
      name: 'one that a paused node releases from now on',
      config: givenUpOnPause,
      node: { identity: identityWith(ALLOCATION_ID), instance: undefined },
      seen: { [ALLOCATION_ID]: { associationId: 'eipassoc-1' } },
      changed: ['disassociate eipassoc-1'],
    },
    {
      name: 'one that a paused node has released',
      config: givenUpOnPause,
      node: { instance: undefined },
      seen: { [ALLOCATION_ID]: { interfaceId: undefined } },
      changed: [],
    },
    {
      name: 'one that a pause would release, while there is an instance',
      config: givenUpOnPause,
      seen: { [ALLOCATION_ID]: { interfaceId: undefined } },
      changed: [associated],
    },
    {
      name: 'one that a paused node keeps',
      config: withElasticIp,
      node: { instance: undefined },
      seen: { [ALLOCATION_ID]: { interfaceId: undefined } },
      changed: [associated],
    },
  ])('$name', async ({ config, node, seen = {}, changed }) => {
    const ports = portsOf(config, node);
    for (const [allocationId, shown] of Object.entries(seen)) {
      ports.seenElasticIps.set(allocationId, anElasticIp({ allocationId, ...shown }));
    }
    await applySettings(ports)(input);

    expect(changes(ports)).toEqual(changed);
  });

  it('fails for a person to act if the address no longer exists', async () => {
    const ports = portsOf(withElasticIp);
    const applying = applySettings(ports)(input);

    await expect(applying).rejects.toThrow(ElasticIpMissing);
    await expect(applying).rejects.toThrow(
      `${ALLOCATION_ID} no longer exists. Allocate another and set compute.elasticIp.`,
    );
    expect(changes(ports)).toEqual([]);
  });

  it.each<{ name: string; interface: Parameters<typeof anInterface>[0]; node?: Partial<StatefulNode>; on: boolean }>([
    { name: 'which another instance has: the next try associates it', interface: heldElsewhere, on: false },
    { name: 'which is free', interface: {}, on: true },
    {
      name: 'which another instance has, of a node on which nothing has failed',
      interface: heldElsewhere,
      node: { failure: undefined },
      on: true,
    },
  ])(
    'of a node without an instance whose launch failed, on an interface $name',
    async ({ interface: eni, node, on }) => {
      const failure = { operation: 'launch' as const, count: 1, nextTryAt: '2026-11-03T10:01:00.000Z' };
      const identity = identityWith(BEFORE);
      const ports = portsOf(withElasticIp, { status: 'ERROR', instance: undefined, failure, identity, ...node });
      ports.seenInterfaces.set(INTERFACE_ID, anInterface(eni));
      ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
      await applySettings(ports)(input);

      expect(changes(ports)).toEqual(on ? [associated] : []);
      const { identity: after, appliedRevision } = ports.node(NODE_ID);
      expect({ allocationId: after.allocationId, appliedRevision }).toEqual({
        allocationId: on ? ALLOCATION_ID : undefined,
        appliedRevision: 2,
      });
    },
  );

  it('records the address that EC2 shows after that', async () => {
    const ports = portsOf(withElasticIp);
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    await applySettings(ports)(input);

    expect(ports.node(NODE_ID).identity).toMatchObject({ allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' });
  });
});
