/** Nothing loops: what cannot be done is tried a few times an hour, and the node says why. */
import {
  createNodes,
  EXECUTIONS_AN_HOUR,
  HOUR_SECONDS,
  isWhole,
  livingInstances,
  MINUTE_SECONDS,
  refuse,
  secondsUntil,
  startedSince,
  REPORTED_WITHIN_SECONDS,
  WITH_RECONCILER,
  type Refusal,
} from '../long-play';
import { plays, type Play } from '../play';

const open = plays();
const ATTACHMENTS = ['cold', 'hot'] as const;

describe.each(ATTACHMENTS)('%s: an Elastic IP that can never be put on', (attachment) => {
  const NO_GATEWAY: Refusal = {
    code: 'Gateway.NotAttached',
    sentence: 'Network vpc-1 is not attached to any internet gateway',
  };

  test.each(['interrupted', 'resumed'] as const)(
    'costs a node that is %s a few tries an hour, and the node says so',
    async (how) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      await play.create();
      if (how === 'resumed') await play.ask((service) => service.act(play.nodeId, 'pause'));
      // The pause leaves the address associated, and the refusal must be met.
      play.sandbox.ec2.world.elasticIps.forEach((address) => delete address.association);
      refuse(play, 'AssociateAddress', NO_GATEWAY);
      const from = play.clock.now();
      if (how === 'interrupted') await play.interrupt();
      else await play.settle(play.service.act(play.nodeId, 'resume'));

      const says = await secondsUntil(
        play,
        ({ status, errorReason = '' }) => status === 'ERROR' && errorReason.includes(NO_GATEWAY.sentence),
        REPORTED_WITHIN_SECONDS,
      );
      expect(says).toBeLessThanOrEqual(REPORTED_WITHIN_SECONDS);
      await play.passSeconds(HOUR_SECONDS - says);
      expect(startedSince(play, from).length).toBeLessThanOrEqual(EXECUTIONS_AN_HOUR);
      expect(livingInstances(play).length).toBeLessThanOrEqual(1);
    },
  );
});

describe.each(ATTACHMENTS)('%s: an old instance that is protected from termination', (attachment) => {
  const sentenceOf = (id: string) =>
    `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`;

  test('is tried a few times an hour, and the node says so; it recovers once the protection is removed', async () => {
    const play = await open({ attachment, controlPlane: WITH_RECONCILER });
    const { instance } = await play.create((document) => ({ ...document, strategy: { lifeCycle: 'on_demand' } }));
    const oldId = instance?.id ?? '';
    play.sandbox.ec2.protectFromTermination(oldId, true);
    const from = play.clock.now();
    await play.settle(play.service.act(play.nodeId, 'recycle'));

    const says = await secondsUntil(
      play,
      ({ status, errorReason = '' }) => status === 'ERROR' && errorReason.includes(sentenceOf(oldId)),
      REPORTED_WITHIN_SECONDS,
    );
    expect(says).toBeLessThanOrEqual(REPORTED_WITHIN_SECONDS);
    await play.passSeconds(HOUR_SECONDS - says);
    expect(startedSince(play, from).length).toBeLessThanOrEqual(EXECUTIONS_AN_HOUR);
    expect(livingInstances(play).length).toBeLessThanOrEqual(attachment === 'hot' ? 2 : 1);
    expect(play.instanceState(oldId)).toBe('running');

    play.sandbox.ec2.protectFromTermination(oldId, false);
    await play.passSeconds(REPORTED_WITHIN_SECONDS);
    await play.settle(play.service.act(play.nodeId, 'recycle'));
    await play.passSeconds(REPORTED_WITHIN_SECONDS);
    expect(await isWhole(play)).toBe(true);
    expect(livingInstances(play)).toHaveLength(1);
  });
});

/** Lets time pass. Returns the reasons that the node gave meanwhile, in ERROR. */
async function saidWithin(play: Play, seconds: number): Promise<readonly string[]> {
  const said = new Set<string>();
  for (let passed = 0; passed < seconds; passed += 5) {
    await play.passSeconds(5);
    const { status, errorReason } = await play.node();
    if (status === 'ERROR' && errorReason !== undefined) said.add(errorReason);
  }
  return [...said];
}

describe.each(ATTACHMENTS)('%s: an instance that ends a minute after each launch', (attachment) => {
  test('is replaced less and less often; the node says so, and keeps its interface', async () => {
    const play = await open({ attachment, controlPlane: WITH_RECONCILER });
    const { identity, instance } = await play.create();
    // The operation takes up to 15 seconds until the node is ACTIVE on it.
    play.sandbox.ec2.endAfterRunning(75_000);
    await play.terminateByHand(instance?.id ?? '');
    await play.passSeconds(15 * MINUTE_SECONDS);
    const from = play.clock.now();
    const said = await saidWithin(play, HOUR_SECONDS);

    const replacements = play.callsOf('RunInstances').filter(({ at }) => at >= from);
    expect(replacements.length).toBeLessThanOrEqual(EXECUTIONS_AN_HOUR);
    expect(startedSince(play, from).length).toBeLessThanOrEqual(EXECUTIONS_AN_HOUR);
    expect(play.interfaceIds()).toContain(identity.interfaceId);
    expect(said).not.toEqual([]);

    play.sandbox.ec2.spareLaunches();
    await play.passSeconds(HOUR_SECONDS);
    expect(await isWhole(play)).toBe(true);
    expect((await play.node()).identity.interfaceId).toBe(identity.interfaceId);
  });
});

test('a check that fails on all nodes at once does not replace all of them', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  const ids = await createNodes(play, 10);
  const before = livingInstances(play).map(({ id }) => id);
  await play.passSeconds(10 * MINUTE_SECONDS);
  for (const id of before) play.sandbox.ec2.impairInstance(id);
  await play.passSeconds(HOUR_SECONDS);

  const kept = before.filter((id) => play.instanceState(id) === 'running');
  expect(kept.length).toBeGreaterThanOrEqual(ids.length / 2);
  for (const id of before) play.sandbox.ec2.healInstance(id);
  await play.passSeconds(REPORTED_WITHIN_SECONDS);
  for (const id of ids) {
    play.nodeId = id;
    expect(await isWhole(play)).toBe(true);
  }
});
