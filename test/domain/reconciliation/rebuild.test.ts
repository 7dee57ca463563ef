import { parseConfig } from '../../../domain/config/validate-config';
import type { SeenInterface, SeenOriginal, SeenVolume } from '../../../domain/node/observations';
import {
  carrierIdOf,
  correctedNode,
  documentOfFound,
  foundNodes,
  isRight,
  rebuiltNode,
  wasDeleted,
  withConfiguration,
  type FoundNode,
} from '../../../domain/reconciliation/rebuild';
import type { StatefulNode, Tag } from '../../../domain/node/stateful-node';
import type { Origin, Tagged } from '../../../domain/reconciliation/unknown';
import {
  aConfig,
  ALLOCATION_ID,
  aLaunch,
  anIdentity,
  aNode,
  aBusyNode,
  anAttachedInterface,
  anElasticIp,
  anInterface,
  anOperation,
  aRequestedLaunch,
  aVolume,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  SUBNET_A,
  VPC_ID,
} from '../builders';
import { anOriginal } from '../import-builders';

const OTHER_NODE_ID = 'smi-ffffffff';
const OTHER_INTERFACE_ID = 'eni-00000000000000002';

function anOrigin(overrides: Partial<Origin> = {}): Origin {
  return { nodeId: NODE_ID, nodeName: 'ledger', generation: 3, isLeft: false, ...overrides };
}

function taggedInstance(id: string, origin: Partial<Origin> = {}): Tagged {
  return { kind: 'instance', id, origin: anOrigin(origin) };
}

function taggedInterface(seen: SeenInterface = anInterface(), origin: Partial<Origin> = {}) {
  return { ...seen, origin: anOrigin(origin) };
}

type ListedInterface = ReturnType<typeof taggedInterface>;

/** Of what carries the tag. */
function find(
  interfaces: readonly ListedInterface[],
  instances: readonly Tagged[] = [],
  records: readonly StatefulNode[] = [],
): readonly FoundNode[] {
  const tagged = [...instances, ...interfaces.map(({ id, origin }): Tagged => ({ kind: 'interface', id, origin }))];
  return foundNodes(tagged, interfaces, records);
}

/** A node whose interface is on `carrierId`, which has its tag. */
function aFound(carrierId: string | undefined, origin: Partial<Origin> = {}, deviceIndex = 0): FoundNode {
  const eni = { vpcId: VPC_ID, allocationId: ALLOCATION_ID };
  const [found] =
    carrierId === undefined
      ? find([taggedInterface(anInterface(eni), origin)])
      : find(
          [taggedInterface(anAttachedInterface({ instanceId: carrierId, deviceIndex }, eni), origin)],
          [taggedInstance(carrierId, origin)],
        );
  if (found === undefined) throw new Error('nothing was found');
  return found;
}

/** What an instance of the node shows. */
function aCarrier(overrides: Partial<SeenOriginal> = {}): SeenOriginal {
  return anOriginal({ id: OLD_INSTANCE_ID, lifeCycle: 'spot', instanceType: 'm7g.large', ...overrides });
}

describe('foundNodes', () => {
  const free = taggedInterface(anInterface({ id: OTHER_INTERFACE_ID }), { generation: 9 });
  const attached = taggedInterface(anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

  it.each<{
    name: string;
    interfaces: readonly ListedInterface[];
    instances?: readonly Tagged[];
    records?: readonly StatefulNode[];
    found: readonly Partial<Omit<FoundNode, 'interface'> & { interface: unknown }>[];
  }>([
    { name: 'nothing', interfaces: [], found: [] },
    { name: 'an instance without an interface', interfaces: [], instances: [taggedInstance('i-1')], found: [] },
    {
      name: 'a free interface',
      interfaces: [taggedInterface()],
      found: [{ nodeId: NODE_ID, generation: 3, others: [] }],
    },
    {
      name: 'the instance that has the interface is nothing else',
      interfaces: [attached],
      instances: [taggedInstance(OLD_INSTANCE_ID)],
      found: [{ others: [] }],
    },
    {
      name: 'the newest operation counts, for any kind of thing',
      interfaces: [attached],
      instances: [taggedInstance(OLD_INSTANCE_ID, { generation: 7 })],
      found: [{ generation: 7 }],
    },
    {
      name: 'what was not made has no operation',
      interfaces: [taggedInterface(anInterface(), { generation: undefined })],
      found: [{ generation: 0 }],
    },
    {
      name: 'an attached interface comes before a newer one that is free',
      interfaces: [free, attached],
      instances: [taggedInstance(OLD_INSTANCE_ID)],
      found: [{ interface: attached, others: [OTHER_INTERFACE_ID], generation: 9 }],
    },
    {
      name: 'of two that are free, the newer one',
      interfaces: [taggedInterface(), free],
      found: [{ interface: free, others: [INTERFACE_ID] }],
    },
    {
      name: 'of two that are alike, the one that the record names: the other is a copy of its tags',
      interfaces: [taggedInterface(anInterface({ id: OTHER_INTERFACE_ID })), taggedInterface()],
      records: [aNode()],
      found: [{ interface: taggedInterface(), others: [OTHER_INTERFACE_ID] }],
    },
    {
      name: 'none with copied tags: the record had ended its operation, and does not name it',
      interfaces: [taggedInterface(anInterface({ id: OTHER_INTERFACE_ID }))],
      records: [aNode()],
      found: [],
    },
    {
      name: 'one that the operation under way may have made',
      interfaces: [taggedInterface(anInterface({ id: OTHER_INTERFACE_ID }))],
      records: [aBusyNode()],
      found: [{ interface: taggedInterface(anInterface({ id: OTHER_INTERFACE_ID })) }],
    },
    {
      name: 'one that was imported, and so has no operation',
      interfaces: [taggedInterface(anInterface({ id: OTHER_INTERFACE_ID }), { generation: undefined })],
      records: [aNode()],
      found: [{ interface: taggedInterface(anInterface({ id: OTHER_INTERFACE_ID }), { generation: undefined }) }],
    },
    {
      name: 'the newer one, even if the record names the older: it was written before',
      interfaces: [taggedInterface(), free],
      records: [aNode()],
      found: [{ interface: free, others: [INTERFACE_ID] }],
    },
    {
      name: 'another instance is shown',
      interfaces: [attached],
      instances: [taggedInstance(OLD_INSTANCE_ID), taggedInstance('i-stray')],
      found: [{ others: ['i-stray'] }],
    },
    {
      name: 'what was left on purpose is no node',
      interfaces: [taggedInterface(anInterface(), { isLeft: true })],
      found: [],
    },
    {
      name: 'a tag that names no node',
      interfaces: [taggedInterface(anInterface(), { nodeId: '' }), taggedInterface(free, { nodeId: 'mine' })],
      found: [],
    },
    {
      name: 'two nodes, by their ids',
      interfaces: [taggedInterface(free, { nodeId: OTHER_NODE_ID }), taggedInterface()],
      found: [{ nodeId: NODE_ID }, { nodeId: OTHER_NODE_ID }],
    },
  ])('$name', ({ interfaces, instances, records, found }) => {
    expect(find(interfaces, instances, records)).toMatchObject(found);
    expect(find(interfaces, instances, records)).toHaveLength(found.length);
  });
});

describe('carrierIdOf', () => {
  const on = taggedInterface(anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));
  it.each<{ name: string; interfaces: readonly ListedInterface[]; instances: readonly Tagged[]; is?: string }>([
    {
      name: 'the instance that has it',
      interfaces: [on],
      instances: [taggedInstance(OLD_INSTANCE_ID)],
      is: OLD_INSTANCE_ID,
    },
    { name: 'none, of a free one', interfaces: [taggedInterface()], instances: [taggedInstance(OLD_INSTANCE_ID)] },
    { name: "none, if an instance without the node's tag has it", interfaces: [on], instances: [] },
    {
      name: "none, if another node's instance has it",
      interfaces: [on],
      instances: [taggedInstance(OLD_INSTANCE_ID, { nodeId: OTHER_NODE_ID })],
    },
  ])('$name', ({ interfaces, instances, is }) => {
    const found = find(interfaces, instances).find(({ nodeId }) => nodeId === NODE_ID);
    expect(found && carrierIdOf(found)).toBe(is);
  });
});

describe('documentOfFound', () => {
  const [cold, hot] = [aFound(OLD_INSTANCE_ID), aFound(OLD_INSTANCE_ID, {}, 1)];

  it('reads all that the instance and the interface show', () => {
    const { document } = documentOfFound(hot, aCarrier({ keyPair: 'ops', userData: 'IyE=' }), 'eu-west-1', []);
    expect(parseConfig(document)).toMatchObject({
      kind: 'config',
      config: {
        name: 'ledger',
        region: 'eu-west-1',
        persistence: { persistPrivateIp: true, eniAttachment: 'hot' },
        compute: {
          vpcId: VPC_ID,
          subnetIds: [SUBNET_A],
          privateIp: '10.0.0.10',
          elasticIp: ALLOCATION_ID,
          launchSpecification: {
            instanceTypes: { types: ['m7g.large'] },
            imageId: aCarrier().imageId,
            securityGroupIds: ['sg-00000000000000001'],
            keyPair: 'ops',
            userData: 'IyE=',
          },
        },
      },
    });
  });

  it.each<{ name: string; found: FoundNode; carrier?: SeenOriginal; document: object }>([
    {
      name: 'an instance that was bought on demand',
      found: cold,
      carrier: aCarrier({ lifeCycle: 'on_demand' }),
      document: { strategy: { lifeCycle: 'on_demand' }, persistence: { eniAttachment: 'cold' } },
    },
    {
      name: 'an interface without a name',
      found: aFound(undefined, { nodeName: undefined }),
      document: { name: NODE_ID },
    },
    {
      name: 'a free interface',
      found: aFound(undefined),
      document: {
        persistence: { persistPrivateIp: true },
        compute: { launchSpecification: { securityGroupIds: ['sg-00000000000000001'] } },
      },
    },
  ])('$name', ({ found, carrier, document }) => {
    expect(documentOfFound(found, carrier, 'eu-west-1', []).document).toMatchObject(document);
  });

  const tags = [
    { key: 'team', value: 'ledger' },
    { key: 'stage', value: 'live' },
  ];
  const tagged = aCarrier({ tags: [...tags, { key: 'holdfast:node-id', value: NODE_ID }] });
  const withTags = (found: FoundNode, given: readonly Tag[]): FoundNode => ({
    ...found,
    interface: { ...found.interface, tags: given },
  });
  const used = { state: 'in-use', instanceIds: [OLD_INSTANCE_ID] };
  const other = [{ key: 'team', value: 'books' }, ...tags.slice(1)];
  const shouldTag = { shouldTag: true };

  it.each<{
    name: string;
    found?: FoundNode;
    carrier?: SeenOriginal;
    volumes?: readonly SeenVolume[];
    specification: unknown;
  }>([
    { name: 'the instance alone', specification: undefined },
    { name: 'the interface', found: withTags(cold, tags), specification: { enis: shouldTag } },
    { name: 'not all of them', found: withTags(cold, tags.slice(1)), specification: undefined },
    { name: 'other values', found: withTags(cold, other), specification: undefined },
    {
      name: 'the volumes',
      volumes: [aVolume({ ...used, tags }), aVolume({ id: 'vol-2', ...used, tags: [...tags].reverse() })],
      specification: { volumes: shouldTag },
    },
    { name: 'one of two volumes', volumes: [aVolume({ ...used, tags }), aVolume(used)], specification: undefined },
    { name: 'a volume of an earlier instance', volumes: [aVolume({ tags })], specification: undefined },
    {
      name: 'the volumes and the interface',
      found: withTags(hot, tags),
      volumes: [aVolume({ ...used, tags })],
      specification: { volumes: shouldTag, enis: shouldTag },
    },
    {
      name: 'no instance tags',
      found: withTags(cold, tags),
      carrier: aCarrier(),
      volumes: [aVolume({ ...used, tags })],
      specification: undefined,
    },
  ])(
    'reads which resources have the tags: $name',
    ({ found = cold, carrier = tagged, volumes = [], specification }) => {
      const { document } = documentOfFound(found, carrier, 'eu-west-1', volumes);
      const parsed = parseConfig(document);
      const config = parsed.kind === 'config' ? parsed.config : undefined;
      expect(config?.compute.launchSpecification.resourceTagSpecification).toEqual(specification);
    },
  );

  const always = [
    ...['description', 'strategy', 'healthCheck', 'compute.product'],
    ...['persistence.persistPrivateIp', 'persistence.shouldKeepElasticIpOnPause'],
  ];
  const withoutInstance = ['persistence.eniAttachment', 'compute.subnetIds', 'compute.launchSpecification'];
  const ofInstance = [
    'compute.subnetIds',
    ...['instanceTypes', 'creditSpecification', 'blockDeviceMappings', 'networkInterfaces'].map(
      (field) => `compute.launchSpecification.${field}`,
    ),
  ];

  it.each<{ name: string; found: FoundNode; carrier?: SeenOriginal; unread: readonly string[] }>([
    { name: 'with an instance', found: cold, carrier: aCarrier(), unread: [...always, ...ofInstance] },
    { name: 'without one', found: aFound(undefined), unread: [...always, ...withoutInstance] },
    {
      name: 'without one, nor an Elastic IP on the interface',
      found: { ...aFound(undefined), interface: taggedInterface() },
      unread: [...always, 'compute.elasticIp', ...withoutInstance],
    },
    {
      name: 'without a name',
      found: aFound(OLD_INSTANCE_ID, { nodeName: undefined }),
      carrier: aCarrier(),
      unread: ['name', ...always, ...ofInstance],
    },
  ])('names what is not read $name', ({ found, carrier, unread }) => {
    expect(documentOfFound(found, carrier, 'eu-west-1', []).unread).toEqual(unread);
  });
});

describe('withConfiguration', () => {
  const document = { name: 'ledger', compute: { privateIp: '10.0.0.10', subnetIds: [SUBNET_A] } };
  it.each<{ name: string; configuration: unknown; is: unknown }>([
    { name: 'nothing', configuration: undefined, is: document },
    {
      name: 'a field more',
      configuration: { compute: { vpcId: VPC_ID } },
      is: { ...document, compute: { ...document.compute, vpcId: VPC_ID } },
    },
    { name: 'another value, which wins', configuration: { name: 'books' }, is: { ...document, name: 'books' } },
    {
      name: 'a field less',
      configuration: { compute: { privateIp: null } },
      is: { ...document, compute: { subnetIds: [SUBNET_A] } },
    },
    {
      name: 'an address that does not persist',
      configuration: { persistence: { persistPrivateIp: false } },
      is: { ...document, compute: { subnetIds: [SUBNET_A] }, persistence: { persistPrivateIp: false } },
    },
    { name: 'what is no document', configuration: 'ledger', is: 'ledger' },
  ])('$name', ({ configuration, is }) => {
    expect(withConfiguration(document, configuration)).toEqual(is);
  });
});

describe('rebuiltNode', () => {
  const parts = {
    config: aNode().config,
    eligibleSubnetIds: [SUBNET_A],
    heldClaims: [ALLOCATION_ID],
    now: NOW,
    elasticIp: anElasticIp(),
  };

  it('is ACTIVE on the instance that has the interface', () => {
    const carrier = aCarrier();
    expect(rebuiltNode(aFound(OLD_INSTANCE_ID, { generation: 5 }, 1), carrier, parts)).toEqual({
      id: NODE_ID,
      version: 1,
      config: parts.config,
      eligibleSubnetIds: [SUBNET_A],
      status: 'ACTIVE',
      identity: {
        interfaceId: INTERFACE_ID,
        subnetId: SUBNET_A,
        availabilityZone: 'eu-west-1a',
        privateIp: '10.0.0.10',
        ipv6Address: undefined,
        macAddress: '02:00:00:00:00:01',
        allocationId: ALLOCATION_ID,
        publicIp: '198.51.100.7',
        settled: true,
      },
      instance: {
        id: OLD_INSTANCE_ID,
        imageId: carrier.imageId,
        instanceType: 'm7g.large',
        lifeCycle: 'spot',
        subnetId: carrier.subnetId,
        launchedAt: carrier.launchedAt,
        attachment: 'hot',
      },
      generation: 5,
      intents: [],
      configRevision: 1,
      appliedRevision: 1,
      appliedTagKeys: [],
      heldClaims: [ALLOCATION_ID],
      createdAt: NOW,
      updatedAt: NOW,
    });
  });

  it.each<{
    name: string;
    found: FoundNode;
    carrier?: SeenOriginal;
    elasticIp?: ReturnType<typeof anElasticIp>;
    config?: StatefulNode['config'];
    is: object;
  }>([
    { name: 'PAUSED without an instance', found: aFound(undefined), is: { status: 'PAUSED' } },
    {
      name: 'without the Elastic IP that is elsewhere',
      found: aFound(undefined),
      elasticIp: anElasticIp({ interfaceId: OTHER_INTERFACE_ID }),
      is: { identity: { allocationId: undefined, publicIp: undefined } },
    },
    {
      name: 'with the keys of the tags that the configuration has on each part',
      found: aFound(OLD_INSTANCE_ID),
      carrier: aCarrier(),
      config: aConfig({
        launchSpecification: {
          tags: [{ tagKey: 'team', tagValue: 'ledger' }],
          resourceTagSpecification: { enis: { shouldTag: true } },
        },
      }),
      is: { appliedTagKeys: ['team'], volumeTagKeys: [], interfaceTagKeys: ['team'] },
    },
    {
      name: 'with an instance bought in another way, as on demand',
      found: aFound(OLD_INSTANCE_ID),
      carrier: aCarrier({ lifeCycle: 'other' }),
      is: { instance: { lifeCycle: 'on_demand', attachment: 'cold' } },
    },
  ])('is $name', ({ found, carrier, elasticIp = anElasticIp(), config = parts.config, is }) => {
    const node = rebuiltNode(found, carrier, { ...parts, elasticIp, config });
    expect(node).toMatchObject(is);
    expect('instance' in node).toBe(carrier !== undefined);
  });
});

describe('isRight', () => {
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
  it.each<{ name: string; node?: Partial<StatefulNode>; found: FoundNode; is: boolean }>([
    { name: 'what it names is there', found: aFound(OLD_INSTANCE_ID), is: true },
    { name: 'the interface is free', found: aFound(undefined), is: true },
    { name: 'another instance of the node has it', found: aFound(REPLACEMENT_ID), is: false },
    { name: 'a paused node has an instance', node: { instance: undefined }, found: aFound(OLD_INSTANCE_ID), is: false },
    {
      name: 'another interface',
      node: { identity: anIdentity({ interfaceId: OTHER_INTERFACE_ID }) },
      found: aFound(OLD_INSTANCE_ID),
      is: false,
    },
    { name: 'a later operation has made something', found: aFound(OLD_INSTANCE_ID, { generation: 4 }), is: false },
    {
      name: 'the instance that the operation under way launched has it',
      node: { operation: anOperation({ launch: aLaunch() }) },
      found: aFound(REPLACEMENT_ID),
      is: true,
    },
    {
      name: 'an instance that the operation under way may have launched has it',
      node: { operation: anOperation({ launch: aRequestedLaunch() }) },
      found: aFound(REPLACEMENT_ID),
      is: true,
    },
    {
      name: 'an instance has it that the operation under way does not know',
      node: { operation: anOperation() },
      found: aFound(REPLACEMENT_ID),
      is: false,
    },
    {
      name: 'a later operation than the one under way has made something',
      node: { operation: anOperation() },
      found: aFound(REPLACEMENT_ID, { generation: 9 }),
      is: false,
    },
    { name: 'a deletion is under way', node: { deletion }, found: aFound(REPLACEMENT_ID), is: true },
    {
      name: "an instance without the node's tag has it",
      found: { ...aFound(REPLACEMENT_ID), tagged: [] },
      is: true,
    },
  ])('$name: $is', ({ node, found, is }) => {
    const { instance, ...record } = aNode(node);
    expect(isRight(instance === undefined ? record : { ...record, instance }, found)).toBe(is);
  });
});

describe('wasDeleted', () => {
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
  const left = taggedInstance(OLD_INSTANCE_ID, { isLeft: true });
  it.each<{ name: string; node?: Partial<StatefulNode>; tagged: readonly Tagged[]; is: boolean }>([
    { name: 'nothing was left', tagged: [taggedInstance(OLD_INSTANCE_ID)], is: false },
    { name: 'something was left', tagged: [taggedInstance('i-1'), left], is: true },
    {
      name: 'something of another node was left',
      tagged: [taggedInstance('i-1', { isLeft: true, nodeId: OTHER_NODE_ID })],
      is: false,
    },
    { name: 'by the deletion under way', node: { deletion }, tagged: [left], is: false },
  ])('$name: $is', ({ node, tagged, is }) => {
    expect(wasDeleted(aNode(node), tagged)).toBe(is);
  });
});

describe('correctedNode', () => {
  const old = aNode({
    operation: anOperation(),
    errorReason: 'NoCapacity',
    deletion: undefined,
    heldClaims: [ALLOCATION_ID],
    failure: { operation: 'replace', count: 2, nextTryAt: NOW },
    givenUp: [{ kind: 'instance', since: NOW, id: 'i-1' }],
    intents: [{ kind: 'pause', reason: 'pause', requestedAt: NOW }],
    status: 'ERROR',
  });

  it('keeps the configuration, and says what EC2 shows', () => {
    const found = aFound(REPLACEMENT_ID, { generation: 8 });
    const corrected = correctedNode(old, found, aCarrier({ id: REPLACEMENT_ID }), anElasticIp(), NOW);
    const { operation: _o, errorReason: _e, failure: _f, givenUp: _g, deletion: _d, ...kept } = old;
    expect(corrected).toEqual({
      ...kept,
      status: 'ACTIVE',
      identity: { ...old.identity, ipv6Address: undefined, allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' },
      instance: expect.objectContaining({ id: REPLACEMENT_ID, attachment: 'cold' }) as unknown,
      generation: 8,
      intents: [],
      updatedAt: NOW,
    });
  });

  it.each<{ name: string; node: StatefulNode; found: FoundNode; carrier?: SeenOriginal; is: object }>([
    {
      name: 'keeps its instance if none has the interface',
      node: old,
      found: aFound(undefined, { generation: 8 }),
      is: { status: 'ACTIVE', instance: { id: OLD_INSTANCE_ID } },
    },
    {
      name: 'is PAUSED without either',
      node: (({ instance: _i, ...rest }) => rest)(old),
      found: aFound(undefined, { generation: 8 }),
      is: { status: 'PAUSED' },
    },
    {
      name: 'never goes back to an operation before',
      node: old,
      found: aFound(REPLACEMENT_ID, { generation: 1 }),
      carrier: aCarrier({ id: REPLACEMENT_ID }),
      is: { generation: 3, instance: { id: REPLACEMENT_ID } },
    },
    {
      name: 'is settled, although the record had no interface yet',
      node: { ...old, identity: { settled: false } },
      found: aFound(REPLACEMENT_ID, { generation: 8 }),
      carrier: aCarrier({ id: REPLACEMENT_ID }),
      is: { identity: { interfaceId: INTERFACE_ID, settled: true } },
    },
  ])('$name', ({ node, found, carrier, is }) => {
    expect(correctedNode(node, found, carrier, anElasticIp(), NOW)).toMatchObject(is);
  });
});
