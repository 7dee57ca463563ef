/** A person deletes the interface during an operation: it is made again at once, not after all retries. */
import { DeleteNetworkInterfaceCommand, DetachNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { plays, type Play } from '../play';

const open = plays();

async function detachByHand(play: Play, interfaceId: string): Promise<void> {
  const { attachment } = play.sandbox.ec2.world.networkInterfaces.get(interfaceId) ?? {};
  const command = new DetachNetworkInterfaceCommand({ AttachmentId: attachment?.id });
  await play.settle(play.sandbox.ec2.personClient.send(command));
  await play.passSeconds(4);
}

it.each([
  ['cold', 'Cold: reassociate the EIP and launch the replacement'],
  // From a running instance it must be detached first.
  ['hot', 'Hot: wait until the replacement runs'],
] as const)('%s: deleted as "%s" begins', async (attachment, state) => {
  const play = await open({ attachment });
  const before = await play.create();
  await play.passSeconds(600);
  await play.interrupt();
  await play.untilEntered(state);
  const startedAt = play.clock.now();
  const NetworkInterfaceId = before.identity.interfaceId;
  if (attachment === 'hot') await detachByHand(play, NetworkInterfaceId ?? '');
  await play.settle(play.sandbox.ec2.personClient.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })));
  await play.untilIdle();

  const after = await play.node();
  expect(after.status).toBe('ACTIVE');
  expect(after.identity.interfaceId).not.toBe(before.identity.interfaceId);
  expect(after.identity.privateIp).toBe(before.identity.privateIp);
  expect(play.elasticIpHolder()).toBe(after.identity.interfaceId);
  expect(play.interfaceIds().filter((id) => id === NetworkInterfaceId)).toEqual([]);
  expect(play.executionsOf('replace-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
  expect(Date.parse(after.instance?.launchedAt ?? '')).toBeLessThan(startedAt + 60_000);
});

it('deleted during a pause: the node is PAUSED all the same, and the reconciler makes the interface again', async () => {
  const play = await open();
  const before = await play.create();
  await play.settle(play.service.act(before.id, 'pause'));
  await play.untilEntered('Reassociate the EIP');
  const NetworkInterfaceId = before.identity.interfaceId;
  await play.settle(play.sandbox.ec2.personClient.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })));
  await play.untilIdle();
  expect((await play.node()).status).toBe('PAUSED');
  await play.reconcile();
  expect(play.elasticIpHolder()).toBe((await play.node()).identity.interfaceId);
});
