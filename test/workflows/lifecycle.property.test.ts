/** A node has its configured addresses after any actions of people and any interruptions, in any order. */
import fc from 'fast-check';
import { decideAction } from '../../domain/operation/requests';
import { plays, type Play } from './play';

const open = plays();

type Act =
  | { readonly kind: 'pause' | 'resume' | 'recycle' | 'interrupt' }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'tag'; readonly tagValue: string }
  | { readonly kind: 'private-ip'; readonly privateIp: string };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('pause', 'resume', 'recycle', 'interrupt').map((kind) => ({ kind })) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 90 }).map((seconds): Act => ({ kind: 'wait', seconds })) },
  { weight: 1, arbitrary: fc.constantFrom('a', 'b').map((tagValue): Act => ({ kind: 'tag', tagValue })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('10.0.0.60', '10.0.0.61').map((privateIp): Act => ({ kind: 'private-ip', privateIp })),
  },
);

const tags = (tagValue: string) => ({
  compute: { launchSpecification: { tags: [{ tagKey: 'stage', tagValue }] } },
});

async function perform(play: Play, { kind, ...rest }: Act): Promise<void> {
  const { service, nodeId } = play;
  switch (kind) {
    case 'pause':
    case 'resume':
    case 'recycle':
      return play.settle(service.act(nodeId, kind));
    case 'interrupt':
      return play.interruptIfAny();
    case 'wait':
      return play.passSeconds('seconds' in rest ? rest.seconds : 0);
    case 'tag':
      await play.settle(service.update(nodeId, tags('tagValue' in rest ? rest.tagValue : '')));
      return;
    case 'private-ip':
      await play.settle(
        service.update(nodeId, { compute: { privateIp: 'privateIp' in rest ? rest.privateIp : null } }),
      );
      return;
  }
}

test.each(['cold', 'hot'] as const)('%s', async (attachment) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 1000 }),
      async (acts, seed) => {
        const play = await open({ attachment, seed });
        await play.create();
        const first = await play.node();
        for (const each of acts) await perform(play, each);
        await play.untilIdle();
        await play.passSeconds(400);
        await play.untilIdle();
        await expectAtRest(play, first.identity.interfaceId, acts);
        await play.ask((service) =>
          service.delete(play.nodeId, { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true }),
        );
        await play.passSeconds(400);
        expect([play.liveInstanceIds(), play.interfaceIds(), await play.claims()]).toEqual([[], [], []]);
      },
    ),
    { numRuns: 15, seed: 20261123, endOnFailure: true },
  );
});

async function expectAtRest(play: Play, firstInterfaceId: string | undefined, acts: readonly Act[]): Promise<void> {
  const node = await play.node();
  const addresses = await play.addresses();
  expect(node.operation).toBeUndefined();
  expect(node.intents).toEqual([]);
  expect(['ACTIVE', 'PAUSED']).toContain(node.status);
  // The latest user intent has been carried out: asking again would change nothing.
  const asked = acts.filter(({ kind }) => kind === 'pause' || kind === 'resume' || kind === 'recycle').at(-1)?.kind;
  expect(node.status).toBe(asked === 'pause' ? 'PAUSED' : 'ACTIVE');
  expect(decideAction(node, node.status === 'PAUSED' ? 'pause' : 'resume', '2026-01-01T00:00:00Z').kind).toBe(
    'nothing',
  );
  expect(play.elasticIpHolder()).toBe(node.identity.interfaceId);
  expect(play.liveInstanceIds()).toEqual(node.instance === undefined ? [] : [node.instance.id]);
  expect(play.interfaceIds()).toContain(node.identity.interfaceId);
  expect(addresses?.instanceId).toBe(node.instance?.id);
  // The interface stays the same, unless a person asked for another address.
  if (!acts.some(({ kind }) => kind === 'private-ip')) {
    expect(node.identity).toMatchObject({ interfaceId: firstInterfaceId, privateIp: '10.0.0.42' });
  }
}
