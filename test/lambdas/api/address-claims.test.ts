/** Claims are released if the record that needs them is not written. */
import { RecordContended, ServiceUnavailable } from '../../../domain/errors';
import {
  claimAddresses,
  claimAgain,
  claimForNew,
  createClaimed,
  saveClaimed,
} from '../../../lambdas/api/address-claims';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { InvalidRequest, NodeMissing } from '../../../lambdas/api/node-service';
import { aBusyNode, aConfig, aNode, anUnreadableRecord, NODE_ID, NOW, VPC_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
const OTHER_ID = 'smi-0000000f';
const IP_CLAIM = `${VPC_ID}/10.0.0.5`;
const wanted = ['eipalloc-1', IP_CLAIM].map((address) => ({ address, field: 'compute.elasticIp' as const }));
const asked = aConfig({ compute: { elasticIp: 'eipalloc-1', privateIp: '10.0.0.5' } });
const node = aNode({ config: asked, heldClaims: ['eipalloc-1'] });

function holdersIn(ports: InMemoryPorts): Record<string, string> {
  return Object.fromEntries([...ports.claimedBy].map(([address, { holder }]) => [address, holder]));
}

describe('claiming addresses', () => {
  it('claims all of them', async () => {
    const ports = new InMemoryPorts();
    await expect(claimAddresses(ports, wanted, NODE_ID, NOW)).resolves.toEqual(['eipalloc-1', IP_CLAIM]);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': NODE_ID, [IP_CLAIM]: NODE_ID });
  });

  it('claims none if another node holds one of them', async () => {
    const ports = new InMemoryPorts();
    ports.claimedBy.set(IP_CLAIM, { holder: OTHER_ID, claimedAt: NOW });
    await expect(claimAddresses(ports, wanted, NODE_ID, NOW)).rejects.toThrow(InvalidRequest);
    expect(holdersIn(ports)).toEqual({ [IP_CLAIM]: OTHER_ID });
  });

  it('claims none if the table fails half-way, and keeps those that the node already holds', async () => {
    const held = aNode({ config: asked, heldClaims: ['eipalloc-1'] });
    for (const [ports, left] of [
      [new InMemoryPorts(), {}],
      [new InMemoryPorts(held), { 'eipalloc-1': NODE_ID }],
    ] as const) {
      const { claim } = ports.claims;
      ports.claims.claim = async (request) => {
        if (request.address !== 'eipalloc-1') throw new ServiceUnavailable('DynamoDB returned InternalServerError');
        return claim(request);
      };
      await expect(claimAddresses(ports, wanted, NODE_ID, NOW)).rejects.toThrow(ServiceUnavailable);
      expect(holdersIn(ports)).toEqual(left);
    }
  });
});

describe('claiming the addresses of a new node', () => {
  const wantedBoth = [
    { address: 'eipalloc-1', field: 'compute.elasticIp' },
    { address: IP_CLAIM, field: 'compute.privateIp' },
  ];
  const everything = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
  const leaving = aNode({ id: OTHER_ID, heldClaims: ['eipalloc-1', IP_CLAIM], deletion: everything });
  const heldBy = (holder: string, ...present: readonly StatefulNode[]): InMemoryPorts => {
    const ports = new InMemoryPorts(...present);
    for (const { address } of wantedBoth) ports.claimedBy.set(address, { holder, claimedAt: NOW });
    return ports;
  };
  const claimNew = (ports: InMemoryPorts, nodeId = NODE_ID, now = NOW) => claimForNew(ports, wantedBoth, nodeId, now);

  it('takes over those of a node that is being deleted', async () => {
    const ports = heldBy(OTHER_ID, leaving);

    await expect(claimNew(ports)).resolves.toEqual({
      heldClaims: ['eipalloc-1', IP_CLAIM],
      awaited: wantedBoth.map((each) => ({ node: leaving, wanted: [each] })),
    });
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': NODE_ID, [IP_CLAIM]: NODE_ID });
    await ports.claims.release('eipalloc-1', OTHER_ID);
    expect(holdersIn(ports)).toMatchObject({ 'eipalloc-1': NODE_ID });
  });

  it.each([
    { name: 'a node that stays', present: [aNode({ id: OTHER_ID })], fields: ['elasticIp', 'privateIp'] },
    { name: 'a deletion that leaves the interface', present: [{ ...leaving, deletion }], fields: ['privateIp'] },
  ])('takes nothing from $name', async ({ present, fields }) => {
    await expect(claimNew(heldBy(OTHER_ID, ...present))).rejects.toMatchObject({
      fieldErrors: fields.map((field) => ({ field: `compute.${field}` })),
    });
  });

  it('takes nothing from a node whose record cannot be read', async () => {
    const ports = heldBy(OTHER_ID);
    ports.unreadable = [anUnreadableRecord(OTHER_ID)];
    await expect(claimNew(ports)).rejects.toThrow(InvalidRequest);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': OTHER_ID, [IP_CLAIM]: OTHER_ID });
  });

  it('claims what the deletion has released meanwhile', async () => {
    const ports = heldBy(OTHER_ID);
    ports.nodes.get = () => {
      ports.claimedBy.clear();
      return Promise.resolve(undefined);
    };

    await expect(claimNew(ports)).resolves.toMatchObject({ awaited: [] });
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': NODE_ID, [IP_CLAIM]: NODE_ID });
  });

  it('lets one of two new nodes have them', async () => {
    const ports = heldBy(OTHER_ID, leaving);

    const outcomes = await Promise.allSettled(
      ['smi-1', 'smi-2'].map((id) => claimForNew(ports, wantedBoth.slice(0, 1), id, NOW)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([
    { name: 'a deleted node', ports: () => heldBy(OTHER_ID, leaving) },
    { name: 'no node', ports: () => new InMemoryPorts() },
  ])(
    'lets one of two new nodes have both, in whichever order they are asked for, if $name has them',
    async ({ ports }) => {
      for (const slow of ['smi-1', 'smi-2', 'neither']) {
        const present = ports();
        const { claim } = present.claims;
        const first = new Map<string, string>();
        // After its first address, the slow one waits until the other one has had the time for several claims.
        present.claims.claim = async (request) => {
          const { nodeId, address } = request;
          if (!first.has(nodeId)) first.set(nodeId, address);
          const waits = nodeId === slow && first.get(nodeId) !== address;
          for (let turn = 0; waits && turn < 50; turn += 1) await Promise.resolve();
          return claim(request);
        };
        const outcomes = await Promise.allSettled([
          claimForNew(present, wantedBoth, 'smi-1', NOW),
          claimForNew(present, [...wantedBoth].reverse(), 'smi-2', NOW),
        ]);
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        const holders = Object.values(holdersIn(present));
        expect(holders).toHaveLength(2);
        expect(new Set(holders).size).toBe(1);
      }
    },
  );

  it('claims nothing more after the first refusal', async () => {
    const ports = new InMemoryPorts(aNode({ id: OTHER_ID, heldClaims: ['eipalloc-1'] }));
    ports.claimedBy.set('eipalloc-1', { holder: OTHER_ID, claimedAt: NOW });

    await expect(claimNew(ports)).rejects.toMatchObject({ fieldErrors: [{ field: 'compute.elasticIp' }] });
    expect(ports.journal).toEqual([`claim eipalloc-1 for ${NODE_ID}`]);
  });

  it.each([
    { name: 'free', held: undefined, present: [] },
    { name: 'of a deletion that frees it', held: NOW, present: [{ ...leaving, id: 'smi-3' }] },
    { name: 'left over from a creation', held: '2026-11-03T09:54:59.999Z', present: [] },
    { name: 'its own', held: NOW, present: [], holder: NODE_ID },
  ])(
    'does not name an address that is $name, if it refuses another one',
    async ({ held, present, holder = 'smi-3' }) => {
      const ports = new InMemoryPorts(aNode({ id: OTHER_ID }), ...present);
      ports.claimedBy.set('eipalloc-1', { holder: OTHER_ID, claimedAt: NOW });
      if (held !== undefined) ports.claimedBy.set(IP_CLAIM, { holder, claimedAt: held });

      await expect(claimNew(ports)).rejects.toMatchObject({ fieldErrors: [{ field: 'compute.elasticIp' }] });
    },
  );

  it('takes over those of a creation that died half-way, five minutes after it', async () => {
    const ports = heldBy(OTHER_ID, leaving);
    await claimNew(ports, 'smi-died');
    const at = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString();

    await expect(claimNew(ports, NODE_ID, at(5 * 60_000))).rejects.toThrow(InvalidRequest);
    await expect(claimNew(ports, NODE_ID, at(5 * 60_000 + 1))).resolves.toMatchObject({
      heldClaims: ['eipalloc-1', IP_CLAIM],
    });
  });
});

describe('a claim that is older than five minutes', () => {
  const LATER = new Date(Date.parse(NOW) + 5 * 60_000 + 1).toISOString();
  const held = (...present: readonly StatefulNode[]): InMemoryPorts => {
    const ports = new InMemoryPorts(...present);
    ports.claimedBy.set('eipalloc-1', { holder: OTHER_ID, claimedAt: NOW });
    return ports;
  };
  const claimAt = (ports: InMemoryPorts, now: string) => claimAddresses(ports, wanted.slice(0, 1), NODE_ID, now);

  it.each([
    ['a node that does not exist', []],
    ['a node whose record does not hold it', [aNode({ id: OTHER_ID })]],
  ])('is taken over from %s', async (_whose, present) => {
    const ports = held(...present);
    await claimAt(ports, LATER);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': NODE_ID });
  });

  it('stays with a node whose record holds it', async () => {
    const ports = held(aNode({ id: OTHER_ID, heldClaims: ['eipalloc-1'] }));
    await expect(claimAt(ports, LATER)).rejects.toThrow(InvalidRequest);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': OTHER_ID });
  });

  it('stays with a node whose record cannot be read: it may hold the claim', async () => {
    const ports = held();
    ports.unreadable = [anUnreadableRecord(OTHER_ID)];
    await expect(claimAt(ports, LATER)).rejects.toThrow(InvalidRequest);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': OTHER_ID });
  });

  it('stays if the table does not return the record of its holder: that may hold the claim', async () => {
    const ports = held();
    ports.nodes.get = () => Promise.reject(new ServiceUnavailable('DynamoDB returned InternalServerError'));
    await expect(claimAt(ports, LATER)).rejects.toThrow(ServiceUnavailable);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': OTHER_ID });
  });

  it('goes to one of two nodes that take it over at once', async () => {
    const ports = held();
    ports.onCall = () => {
      if (ports.journal.length === 2) ports.claimedBy.set('eipalloc-1', { holder: 'smi-00000001', claimedAt: LATER });
    };
    await expect(claimAt(ports, LATER)).rejects.toMatchObject({
      fieldErrors: [
        {
          field: 'compute.elasticIp',
          message: 'eipalloc-1 belongs to smi-00000001: use another one, or remove it there',
        },
      ],
    });
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': 'smi-00000001' });
  });

  it('stays until then: the record may be about to be written', async () => {
    const ports = held();
    await expect(claimAt(ports, new Date(Date.parse(LATER) - 1).toISOString())).rejects.toThrow(InvalidRequest);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': OTHER_ID });
  });
});

describe('changing the record of a node', () => {
  it.each([
    ['all claims if the node is gone', [], {}],
    [
      'the claims that the record does not hold',
      [aNode({ config: asked, heldClaims: ['eipalloc-1'] })],
      { 'eipalloc-1': NODE_ID },
    ],
    ['the claims that the node no longer needs', [aNode({ heldClaims: ['eipalloc-1'] })], {}],
    [
      'no claim that an operation may still use',
      [aBusyNode({ heldClaims: ['eipalloc-1'] })],
      { 'eipalloc-1': NODE_ID },
    ],
    ['all claims if the node is being deleted', [aNode({ heldClaims: ['eipalloc-1'], deletion })], {}],
    [
      'no claim that an operation may still use for which the deletion waits',
      [aBusyNode({ heldClaims: ['eipalloc-1'], deletion })],
      { 'eipalloc-1': NODE_ID },
    ],
    [
      'all claims if the deletion has begun',
      [aBusyNode({ heldClaims: ['eipalloc-1'], deletion }, { kind: 'delete' })],
      {},
    ],
  ])('releases %s, if it fails', async (_what, present, left) => {
    const ports = new InMemoryPorts(...present);
    const claimed = await claimAddresses(ports, wanted, NODE_ID, NOW);
    const refuse = () => {
      throw new NodeMissing(NODE_ID);
    };
    await expect(saveClaimed(ports, NODE_ID, claimed, refuse)).rejects.toThrow(NodeMissing);
    expect(holdersIn(ports)).toEqual(left);
  });

  it('keeps the claims if it succeeds', async () => {
    const ports = new InMemoryPorts(aNode());
    const claimed = await claimAddresses(ports, wanted, NODE_ID, NOW);
    await saveClaimed(ports, NODE_ID, claimed, (current) => ({ node: { ...current!, heldClaims: claimed } }));
    expect([...ports.claimedBy.keys()]).toEqual(claimed);
  });
});

describe('claiming again what the record holds', () => {
  const held = { config: asked, heldClaims: ['eipalloc-1', IP_CLAIM] };

  it.each([
    ['keeps the claims', [aNode(held)], { 'eipalloc-1': NODE_ID, [IP_CLAIM]: NODE_ID }],
    ['keeps none if the node is gone', [], {}],
    ['keeps none if the node is being deleted', [aNode({ ...held, deletion })], {}],
  ])('%s', async (_what, present, left) => {
    const ports = new InMemoryPorts(...present);

    await claimAgain(ports, wanted, NODE_ID, NOW);
    expect(holdersIn(ports)).toEqual(left);
  });
});

describe('writing the record of a new node', () => {
  const claimed = (...present: readonly StatefulNode[]): InMemoryPorts => {
    const ports = new InMemoryPorts(...present);
    ports.claimedBy.set('eipalloc-1', { holder: node.id, claimedAt: NOW });
    return ports;
  };

  it('releases its claims if it fails', async () => {
    const ports = claimed();
    ports.nodes.create = () => Promise.reject(new ServiceUnavailable('DynamoDB returned InternalServerError'));
    await expect(createClaimed(ports, node)).rejects.toThrow(ServiceUnavailable);
    expect(holdersIn(ports)).toEqual({});
  });

  it('succeeds if only the response was lost', async () => {
    const ports = claimed(node);
    ports.nodes.create = () => Promise.reject(new RecordContended('it is there already'));
    await createClaimed(ports, node);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': node.id });
  });

  it.each([
    { name: 'succeeds if another try of the same request was faster', present: 'the key', isWritten: true },
    { name: 'fails if the node of another request has the id', present: 'another key', isWritten: false },
  ])('$name', async ({ present, isWritten }) => {
    const ports = claimed({ ...node, createdAt: '2026-01-01T00:00:00.000Z', requestKey: present });
    ports.nodes.create = () => Promise.reject(new RecordContended('it is there already'));
    const writing = createClaimed(ports, { ...node, requestKey: 'the key' });
    await (isWritten ? writing : expect(writing).rejects.toThrow(RecordContended));
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': node.id });
  });

  it("keeps another node's claims if that node has the same id", async () => {
    const ports = claimed(aNode({ createdAt: '2026-01-01T00:00:00.000Z' }));
    ports.nodes.create = () => Promise.reject(new RecordContended('the id is taken'));
    await expect(createClaimed(ports, node)).rejects.toThrow(RecordContended);
    expect(holdersIn(ports)).toEqual({ 'eipalloc-1': node.id });
  });
});
