/** A running instance that carries the address, or could after one attachment, is kept: it is put right, not replaced. */
import {
  AttachNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
} from '@aws-sdk/client-ec2';
import type { Fault } from '../../../simulator/ec2/injected-faults';
import {
  HOUR_SECONDS,
  isIn,
  isWhole,
  livingInstances,
  longestAway,
  MINUTE_SECONDS,
  secondsUntil,
  startedSince,
  WITH_RECONCILER,
} from '../long-play';
import { plays, type Play } from '../play';

const open = plays();
const ATTACHMENTS = ['cold', 'hot'] as const;

describe.each(ATTACHMENTS)('%s: a confirmation', (attachment) => {
  test.each([2, 5])('whose reads are throttled for %i minutes keeps the replacement', async (minutes) => {
    const play = await open({ attachment, controlPlane: WITH_RECONCILER });
    const before = await play.create();
    // Set before the interruption, because the state's first read comes with its entry.
    const enteredAt = play.clock.now();
    let until: number | undefined;
    play.fault = (command) => {
      if (!command.startsWith('Describe') || !isIn(play, 'Confirm the node', enteredAt)) return undefined;
      until ??= play.clock.now() + minutes * MINUTE_SECONDS * 1000;
      return play.clock.now() < until ? { kind: 'throttle' } : undefined;
    };
    await play.interrupt();
    await play.untilEntered('Confirm the node');
    const replacementId = (await play.node()).operation?.launch?.instanceId ?? '';
    await play.passSeconds(minutes * MINUTE_SECONDS + 10 * MINUTE_SECONDS);
    expect(until).toBeDefined();
    expect(await isWhole(play)).toBe(true);
    expect((await play.node()).instance?.id).toBe(replacementId);
    expect((await play.node()).identity.interfaceId).toBe(before.identity.interfaceId);
    expect(livingInstances(play).map(({ id }) => id)).toEqual([replacementId]);
  });
});

function attachmentId(play: Play, interfaceId: string): string {
  return play.sandbox.ec2.world.networkInterfaces.get(interfaceId)?.attachment?.id ?? '';
}

async function detachByHand(play: Play, interfaceId: string): Promise<void> {
  const command = new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId(play, interfaceId) });
  await play.settle(play.sandbox.ec2.personClient.send(command));
}

describe('a hot interface', () => {
  test.each(['Hot: terminate the old instance', 'Confirm the node'] as const)(
    'that is detached as the operation enters "%s" is back in seconds, on the same replacement',
    async (state) => {
      const play = await open({ attachment: 'hot', controlPlane: WITH_RECONCILER });
      const { identity } = await play.create();
      const { interfaceId = '' } = identity;
      await play.interrupt();
      await play.untilEntered(state);
      const replacementId = (await play.node()).operation?.launch?.instanceId ?? '';
      await detachByHand(play, interfaceId);
      expect(await longestAway(play, interfaceId, 10 * MINUTE_SECONDS)).toBeLessThanOrEqual(45);
      expect(await isWhole(play)).toBe(true);
      expect((await play.node()).instance?.id).toBe(replacementId);
    },
  );

  test('whose detachment a person began, and that hangs, is forced off and put back', async () => {
    const play = await open({ attachment: 'hot', controlPlane: WITH_RECONCILER });
    const { identity, instance } = await play.create();
    const { interfaceId = '' } = identity;
    play.sandbox.ec2.slowRelease(interfaceId, Infinity);
    await detachByHand(play, interfaceId);
    await play.passSeconds(10 * MINUTE_SECONDS);
    expect(await isWhole(play)).toBe(true);
    expect(play.callsOf('DetachNetworkInterface').some(({ input }) => (input as { Force?: boolean }).Force)).toBe(true);
    expect(startedSince(play, 0).length).toBeLessThanOrEqual(8);
    expect(play.instanceState(instance?.id ?? '')).toBeDefined();
  });

  test('at another device index of the right instance counts as carried', async () => {
    const play = await open({ attachment: 'hot', controlPlane: WITH_RECONCILER });
    const { identity, instance } = await play.create();
    const { interfaceId = '' } = identity;
    await detachByHand(play, interfaceId);
    const isFree = () => play.sandbox.ec2.world.networkInterfaces.get(interfaceId)?.status === 'available';
    while (!isFree()) await play.passSeconds(1);
    const command = { NetworkInterfaceId: interfaceId, InstanceId: instance?.id, DeviceIndex: 2 };
    await play.settle(play.sandbox.ec2.personClient.send(new AttachNetworkInterfaceCommand(command)));
    await play.passSeconds(2 * MINUTE_SECONDS);
    const from = play.clock.now();
    await play.passSeconds(HOUR_SECONDS / 2);
    expect(startedSince(play, from).map(({ name }) => name)).toEqual([]);
    expect(await isWhole(play)).toBe(true);
    expect((await play.node()).instance?.id).toBe(instance?.id);
    // It moves from there as from any other device index.
    await play.interrupt();
    await play.passSeconds(10 * MINUTE_SECONDS);
    expect(await isWhole(play)).toBe(true);
    expect((await play.node()).identity.interfaceId).toBe(interfaceId);
  });
});

/** EC2 makes the first interface and the response is lost; then every creation fails for a time. */
function loseTheResponse(play: Play, forSeconds: number): void {
  let until: number | undefined;
  play.fault = (command): Fault | undefined => {
    if (command !== 'CreateNetworkInterface') return undefined;
    if (until === undefined) {
      until = play.clock.now() + forSeconds * 1000;
      return { kind: 'error-after' };
    }
    return play.clock.now() < until ? { kind: 'error-before' } : undefined;
  };
}

describe('an interface whose creation response was lost', () => {
  test.each(ATTACHMENTS.flatMap((attachment) => [2, 8].map((minutes) => ({ attachment, minutes }))))(
    'becomes the new node’s ($attachment), soon after $minutes minutes of failures',
    async ({ attachment, minutes }) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      loseTheResponse(play, minutes * MINUTE_SECONDS);
      await play.startCreating();
      await play.passSeconds(minutes * MINUTE_SECONDS);
      const [made] = [...play.sandbox.ec2.world.networkInterfaces.values()]
        .filter(({ privateIpAddress }) => privateIpAddress === '10.0.0.42')
        .map(({ id }) => id);
      const active = await secondsUntil(play, ({ status }) => status === 'ACTIVE', 7 * MINUTE_SECONDS);
      expect(active).toBeLessThanOrEqual(7 * MINUTE_SECONDS);
      const node = await play.node();
      expect(node.identity).toMatchObject({ interfaceId: made, privateIp: '10.0.0.42' });
      const said = await play.settle(play.service.log(play.nodeId, { limit: 1000 }));
      expect(said.entries.filter(({ message }) => message.includes('AddressTaken'))).toEqual([]);
    },
  );

  test.each([2, 8])(
    'becomes that of a hot node whose own was deleted; its instance remains (%i minutes)',
    async (minutes) => {
      const play = await open({ attachment: 'hot', controlPlane: WITH_RECONCILER });
      const { identity, instance } = await play.create();
      const { interfaceId = '' } = identity;
      await detachByHand(play, interfaceId);
      while (play.sandbox.ec2.world.networkInterfaces.get(interfaceId)?.status !== 'available')
        await play.passSeconds(1);
      const removal = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId });
      await play.settle(play.sandbox.ec2.personClient.send(removal));
      loseTheResponse(play, minutes * MINUTE_SECONDS);
      const statuses = new Set<string>();
      for (let passed = 0; passed < (minutes + 6) * MINUTE_SECONDS; passed += 5) {
        await play.passSeconds(5);
        statuses.add((await play.node()).status);
      }
      expect(await isWhole(play)).toBe(true);
      expect(statuses).not.toContain('PAUSED');
      const after = await play.node();
      expect(after).toMatchObject({ instance: { id: instance?.id }, identity: { privateIp: identity.privateIp } });
      expect(play.instanceState(instance?.id ?? '')).toBe('running');
    },
  );
});
