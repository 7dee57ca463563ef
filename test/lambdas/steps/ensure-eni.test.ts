import { AddressTaken, NoCapacity, NotReady, NotYetVisible, RequestRejected, Throttled } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { ensureEni } from '../../../lambdas/steps/ensure-eni';
import {
  aBusyNode,
  aConfig,
  aNextLaunch,
  aNode,
  anIdentity,
  anInterface,
  aPool,
  aPoolRefusal,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  SUBNET_A,
  SUBNET_B,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const token = `${NODE_ID}-4-eni-0`;
const MADE_ID = `eni-in-${SUBNET_B}`;

/** A node whose next pool is in the other subnet. */
function portsWhereTheNodeMoves(retiredInterfaceIds: readonly string[] = []): InMemoryPorts {
  const launch = aNextLaunch({ pool: aPool({ subnetId: SUBNET_B }) });
  const config = aConfig({ persistence: { persistPrivateIp: false } });
  const ports = new InMemoryPorts(aBusyNode({ config }, { launch, retiredInterfaceIds }));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  return ports;
}

describe('ensureEni', () => {
  it('writes nothing if the interface is in the right subnet', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());

    await expect(ensureEni(ports)(input)).resolves.toEqual({ interfaceId: INTERFACE_ID });
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`]);
  });

  it.each(['replace', 'adjust'] as const)('gives the interface the security groups of the node: %s', async (kind) => {
    const ports = new InMemoryPorts(aBusyNode({}, { kind }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface({ securityGroupIds: ['sg-another'] }));

    await expect(ensureEni(ports)(input)).resolves.toEqual({ interfaceId: INTERFACE_ID });
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`, `set sg-00000000000000001 on ${INTERFACE_ID}`]);
  });

  it('prepares it for the settings of an update that came after the operation had begun', async () => {
    const config = aConfig({ launchSpecification: { securityGroupIds: ['sg-another'] } });
    const ports = new InMemoryPorts(aBusyNode({ config, configRevision: 2 }, { config: aConfig(), configRevision: 1 }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    await ensureEni(ports)(input);

    expect(ports.journal).toEqual(['save RECYCLING', `observe ${INTERFACE_ID}`, `set sg-another on ${INTERFACE_ID}`]);
    expect(ports.node(NODE_ID).operation).toMatchObject({ config, configRevision: 2 });
  });

  it('records its request before it asks', async () => {
    const ports = portsWhereTheNodeMoves();
    let written: string | undefined;
    ports.onCall = (entry) => {
      if (entry.startsWith('create')) written = ports.node(NODE_ID).operation?.interfaceRequest?.clientToken;
    };

    await expect(ensureEni(ports)(input)).resolves.toEqual({ interfaceId: MADE_ID });
    expect(written).toBe(token);
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`, 'save next', `create interface ${token}`, 'save next']);
  });

  it('records the new identity and the retired interface, and removes its request', async () => {
    const ports = portsWhereTheNodeMoves();
    await ensureEni(ports)(input);

    const { identity, operation } = ports.node(NODE_ID);
    expect(identity).toMatchObject({ interfaceId: MADE_ID, subnetId: SUBNET_B, settled: true, madeAt: NOW });
    expect(operation?.retiredInterfaceIds).toEqual([INTERFACE_ID]);
    expect(operation).not.toHaveProperty('interfaceRequest');
  });

  it('records the keys of the configured tags that the new interface has', async () => {
    const tags = [{ tagKey: 'team', tagValue: 'ledger' }];
    const config = aConfig({
      launchSpecification: { tags, resourceTagSpecification: { enis: { shouldTag: true } } },
    });
    const ports = new InMemoryPorts(
      aBusyNode({ config, identity: { settled: false }, instance: undefined, interfaceTagKeys: ['cost'] }),
    );
    await ensureEni(ports)(input);

    expect(ports.node(NODE_ID).interfaceTagKeys).toEqual(['cost', 'team']);
  });

  it('asks the same again after a crash', async () => {
    const ports = portsWhereTheNodeMoves();
    let saves = 0;
    ports.onCall = (entry) => {
      if (entry.startsWith('save') && (saves += 1) === 2) throw new Error('the function is gone');
    };
    await expect(ensureEni(ports)(input)).rejects.toThrow('gone');
    ports.onCall = () => undefined;
    await ensureEni(ports)(input);

    expect(ports.journal.filter((entry) => entry.startsWith('create'))).toEqual([
      `create interface ${token}`,
      `create interface ${token}`,
    ]);
    expect(ports.node(NODE_ID).operation?.retiredInterfaceIds).toEqual([INTERFACE_ID]);
  });

  it('makes every interface under a token of its own', async () => {
    const ports = portsWhereTheNodeMoves();
    await ensureEni(ports)(input);
    ports.seenInterfaces.delete(INTERFACE_ID);
    ports.seenInterfaces.delete(MADE_ID);
    ports.sleptMs += 60_000;
    await ensureEni(ports)(input);

    expect(ports.journal.filter((entry) => entry.startsWith('create'))).toEqual([
      `create interface ${token}`,
      `create interface ${NODE_ID}-4-eni-1`,
    ]);
  });

  it('asks under another token if the interface of the first was deleted, and gives that one up', async () => {
    const ports = portsWhereTheNodeMoves();
    ports.createOutcomes = [{ kind: 'token-spent' }];

    await expect(ensureEni(ports)(input)).resolves.toEqual({ interfaceId: MADE_ID });
    const [first, second, ...more] = ports.journal.filter((entry) => entry.startsWith('create'));
    expect(first).toBe(`create interface ${token}`);
    expect(second).not.toBe(first);
    expect(more).toEqual([]);
    const { operation, givenUp } = ports.node(NODE_ID);
    expect(operation).not.toHaveProperty('interfaceRequest');
    expect(operation).toMatchObject({ interfacesMade: 2, retiredInterfaceIds: [INTERFACE_ID] });
    expect(givenUp).toEqual([{ kind: 'interface', since: NOW, clientToken: token }]);
  });

  it('uses an interface again that this operation had retired, with the present security groups', async () => {
    const ports = portsWhereTheNodeMoves([MADE_ID]);
    ports.seenInterfaces.set(MADE_ID, anInterface({ id: MADE_ID, subnetId: SUBNET_B, securityGroupIds: ['sg-old'] }));

    await expect(ensureEni(ports)(input)).resolves.toEqual({ interfaceId: MADE_ID });
    expect(ports.journal.filter((entry) => !entry.startsWith('observe'))).toEqual([
      'save next',
      `set sg-00000000000000001 on ${MADE_ID}`,
    ]);
    expect(ports.node(NODE_ID)).toMatchObject({
      identity: { interfaceId: MADE_ID, subnetId: SUBNET_B },
      operation: { retiredInterfaceIds: [INTERFACE_ID] },
    });
  });

  it('waits for an interface that EC2 may show late, and makes no other', async () => {
    const ports = new InMemoryPorts(aBusyNode({ identity: anIdentity({ madeAt: NOW }) }));
    const ensuring = ensureEni(ports)(input);

    await expect(ensuring).rejects.toThrow(NotYetVisible);
    await expect(ensuring).rejects.toThrow(`${INTERFACE_ID} is not visible yet`);
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`]);
  });

  it('changes nothing if the address is taken', async () => {
    const ports = portsWhereTheNodeMoves();
    ports.onCall = (entry) => {
      if (entry.startsWith('create')) throw new AddressTaken('10.0.0.10 is in use');
    };

    await expect(ensureEni(ports)(input)).rejects.toThrow(AddressTaken);
    expect(ports.node(NODE_ID).identity.interfaceId).toBe(INTERFACE_ID);
  });

  it.each([
    { name: 'EC2 has refused it', error: new RequestRejected('no'), isForgotten: true },
    { name: 'the address is taken', error: new AddressTaken('taken'), isForgotten: true },
    { name: 'EC2 has not answered', error: new Throttled('slow down'), isForgotten: false },
  ])('forgets its request only if nothing can have been made: $name', async ({ error, isForgotten }) => {
    const ports = portsWhereTheNodeMoves();
    ports.interfaces.create = () => Promise.reject(error);

    await expect(ensureEni(ports)(input)).rejects.toThrow(error);
    expect(ports.node(NODE_ID).operation?.interfaceRequest === undefined).toBe(isForgotten);
  });

  describe('if the address is taken, and the node has given up', () => {
    const refusing = (givenUp: StatefulNode['givenUp']): InMemoryPorts => {
      const config = aConfig({ compute: { privateIp: '10.0.0.10' } });
      const ports = new InMemoryPorts(
        aBusyNode(
          { identity: { settled: false }, instance: undefined, config, givenUp },
          { kind: 'launch', oldInstanceId: undefined },
        ),
      );
      ports.interfaces.create = () => Promise.reject(new AddressTaken('10.0.0.10 is in use'));
      return ports;
    };

    it.each([
      { name: 'an interface', entry: { kind: 'interface', since: NOW, id: 'eni-former' }, named: 'eni-former' },
      { name: 'a request for one', entry: { kind: 'interface', since: NOW, clientToken: 'token-1' }, named: 'token-1' },
    ] as const)('$name: waits until that is removed, and names it', async ({ entry, named }) => {
      const ports = refusing([entry]);
      const because = `10.0.0.10 is in use, perhaps by what the node has given up and Holdfast removes: ${named}.`;

      await expect(ensureEni(ports)(input)).rejects.toThrow(new NotReady(because));
      expect(ports.node(NODE_ID).operation).not.toHaveProperty('interfaceRequest');
    });

    it('an interface that is gone and forgotten by the answer: waits, because it had the address', async () => {
      const ports = refusing([{ kind: 'interface', since: NOW, id: 'eni-former' }]);
      ports.interfaces.create = async () => {
        const { givenUp: _forgotten, ...node } = ports.node(NODE_ID);
        await ports.nodes.save(node);
        throw new AddressTaken('10.0.0.10 is in use');
      };

      await expect(ensureEni(ports)(input)).rejects.toThrow(NotReady);
    });

    it('only an instance: fails, because something else has the address', async () => {
      const ports = refusing([{ kind: 'instance', since: NOW, id: 'i-former' }]);

      await expect(ensureEni(ports)(input)).rejects.toThrow(AddressTaken);
    });
  });

  describe('if a node that is being deleted has the address', () => {
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    const waiting = aBusyNode(
      {
        identity: { settled: false },
        instance: undefined,
        config: aConfig({ compute: { privateIp: '10.0.0.10' } }),
        awaitedNodeIds: ['smi-leaving'],
      },
      { kind: 'launch', oldInstanceId: undefined },
    );
    const refusing = (...others: readonly StatefulNode[]): InMemoryPorts => {
      const ports = new InMemoryPorts(waiting, ...others);
      ports.interfaces.create = () => Promise.reject(new AddressTaken('10.0.0.10 is in use'));
      return ports;
    };

    it('waits for that node, and says so', async () => {
      const ports = refusing(aNode({ id: 'smi-leaving', deletion }));
      const because = 'smi-leaving, which is being deleted, has not released 10.0.0.10 yet.';

      await expect(ensureEni(ports)(input)).rejects.toThrow(new NotReady(because));
      expect(ports.node(NODE_ID).operation).not.toHaveProperty('interfaceRequest');
    });

    it.each([
      { name: 'is gone', others: [] },
      {
        name: 'leaves its interface',
        others: [aNode({ id: 'smi-leaving', deletion: { ...deletion, shouldDeleteNetworkInterfaces: false } })],
      },
    ])('fails if that node $name: something else has the address', async ({ others }) => {
      await expect(ensureEni(refusing(...others))(input)).rejects.toThrow(AddressTaken);
    });
  });

  describe('if the subnet is full', () => {
    const full = {
      kind: 'refused',
      refusal: aPoolRefusal({
        of: 'subnet',
        code: 'InsufficientFreeAddressesInSubnet',
        message: 'No address is free.',
      }),
    } as const;
    const firstLaunch = (privateIp?: string) =>
      new InMemoryPorts(
        aBusyNode(
          { identity: { settled: false }, instance: undefined, config: aConfig({ compute: { privateIp } }) },
          {
            kind: 'launch',
            oldInstanceId: undefined,
            ...(privateIp !== undefined && { eligibleSubnetIds: [SUBNET_A] }),
          },
        ),
      );

    it('makes the interface in the next subnet', async () => {
      const ports = firstLaunch();
      ports.createOutcomes = [full];

      await expect(ensureEni(ports)(input)).resolves.toEqual({ interfaceId: MADE_ID });
      expect(ports.node(NODE_ID)).toMatchObject({
        identity: { subnetId: SUBNET_B },
        operation: { launch: { state: 'next', pool: { subnetId: SUBNET_B } } },
      });
      expect(ports.node(NODE_ID).operation).not.toHaveProperty('interfaceRequest');
    });

    it.each([
      { name: 'there is no other', ports: firstLaunch('10.0.0.10'), outcomes: [full] },
      { name: 'every other is full too', ports: firstLaunch(), outcomes: [full, full, full, full, full] },
    ])('fails if $name, with the message from EC2', async ({ ports, outcomes }) => {
      ports.createOutcomes = [...outcomes];
      const ensuring = ensureEni(ports)(input);

      await expect(ensuring).rejects.toThrow(NoCapacity);
      await expect(ensuring).rejects.toThrow(
        /^No subnet that the node may use has a free address\. .*InsufficientFreeAddressesInSubnet: No address is free\./,
      );
      expect(ports.node(NODE_ID).operation).not.toHaveProperty('interfaceRequest');
    });
  });

  describe('if the requested interface is no longer the right one', () => {
    const interfaceRequest = {
      clientToken: 'written before',
      subnetId: SUBNET_A,
      withIpv6Address: false,
      securityGroupIds: ['sg-deleted'],
      tags: [{ key: 'team', value: 'ledger' }],
    };
    const portsOfUnwanted = () => {
      const ports = new InMemoryPorts(aBusyNode({}, { interfaceRequest }));
      ports.sleptMs = 60_000;
      return ports;
    };

    it('takes the interface that EC2 has made, and sets the present security groups', async () => {
      const ports = portsOfUnwanted();
      const made = anInterface({ id: 'eni-made', securityGroupIds: ['sg-deleted'] });
      ports.madeUnder.set('written before', made);
      ports.seenInterfaces.set('eni-made', made);

      await expect(ensureEni(ports)(input)).resolves.toEqual({ interfaceId: 'eni-made' });
      expect(ports.journal.at(-1)).toBe('set sg-00000000000000001 on eni-made');
      expect(ports.node(NODE_ID)).toMatchObject({
        identity: { interfaceId: 'eni-made' },
        interfaceTagKeys: ['team'],
        operation: { interfacesMade: 1, retiredInterfaceIds: [] },
      });
    });

    it('gives it up if EC2 shows nothing, and asks for another under another token', async () => {
      const ports = portsOfUnwanted();
      await ensureEni(ports)(input);

      expect(ports.journal).toContain(`create interface ${NODE_ID}-4-eni-1`);
      expect(ports.node(NODE_ID).givenUp).toEqual([
        { kind: 'interface', since: '2026-11-03T10:01:00.000Z', clientToken: 'written before' },
      ]);
    });
  });

  it.each([
    { made: 39, isRefused: false },
    { made: 40, isRefused: true },
  ])('makes at most forty of them: after $made, refused $isRefused', async ({ made, isRefused }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { interfacesMade: made }));
    const ensuring = ensureEni(ports)(input);

    if (!isRefused) return expect(ensuring).resolves.toMatchObject({});
    await expect(ensuring).rejects.toThrow(
      new RequestRejected('40 interfaces were made and none of them stayed: CloudTrail shows who deletes them.'),
    );
    expect(ports.journal.filter((entry) => entry.startsWith('create'))).toEqual([]);
  });
});
