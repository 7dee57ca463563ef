/** Interfaces that stay attached to an instance that has ended. */
import {
  AssociateAddressCommand,
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
} from '@aws-sdk/client-ec2';
import { codeOf, Lab, PAGES, rule } from '../lab';

const STUCK = 'https://github.com/rebuy-de/aws-nuke/pull/607';

const detach = (lab: Lab, AttachmentId: string | undefined, Force = false) =>
  lab.send(new DetachNetworkInterfaceCommand({ AttachmentId, Force }));

async function stuck(lab: Lab, until?: 'detached' | 'forced'): Promise<{ interfaceId: string; attachmentId: string }> {
  const interfaceId = await lab.makeInterface();
  const instanceId = await lab.launchWith(interfaceId);
  await lab.passSeconds(10);
  lab.ec2.stickInterface(interfaceId, until);
  await lab.terminate(instanceId);
  await lab.passSeconds(30);
  const { Attachment: attachment } = await lab.interface(interfaceId);
  return { interfaceId, attachmentId: attachment?.AttachmentId ?? '' };
}

rule('it stays in use until it is detached, even when the instance is no longer shown', STUCK, async () => {
  const lab = new Lab();
  const { interfaceId } = await stuck(lab);
  await lab.passSeconds(2 * 3600);
  expect(lab.ec2.world.instances.size).toBe(0);
  expect(await lab.interface(interfaceId)).toMatchObject({ Status: 'in-use', Attachment: { Status: 'attached' } });
  const deletion = lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
  expect(await codeOf(deletion)).toBe('InvalidNetworkInterface.InUse');
});

rule('it can be detached, primary or not, after its instance has been terminated', STUCK, async () => {
  const lab = new Lab();
  const { interfaceId, attachmentId } = await stuck(lab);
  await detach(lab, attachmentId);
  await lab.passSeconds(3);
  expect(await lab.interface(interfaceId)).toMatchObject({ Status: 'available' });
  expect(await codeOf(lab.launchWith(interfaceId))).toBe('ok');
});

rule('it may need a forced detachment', STUCK, async () => {
  const lab = new Lab();
  const { interfaceId, attachmentId } = await stuck(lab, 'forced');
  await detach(lab, attachmentId);
  await lab.passSeconds(3600);
  expect(await lab.interface(interfaceId)).toMatchObject({ Status: 'detaching' });
  await detach(lab, attachmentId, true);
  await lab.passSeconds(1);
  expect(await lab.interface(interfaceId)).toMatchObject({ Status: 'available' });
});

rule('it stays attached only once', STUCK, async () => {
  const lab = new Lab();
  const { interfaceId, attachmentId } = await stuck(lab);
  await detach(lab, attachmentId);
  await lab.passSeconds(3);
  const instanceId = await lab.launchWith(interfaceId);
  await lab.passSeconds(10);
  await lab.terminate(instanceId);
  await lab.passSeconds(34);
  expect(await lab.interface(interfaceId)).toMatchObject({ Status: 'available' });
});

rule(
  'its Elastic IP is still disassociated at the end of the instance, and can be associated again',
  PAGES.elasticIps,
  async () => {
    const lab = new Lab();
    const { interfaceId } = await stuck(lab);
    const AllocationId = await lab.allocate();
    const put = lab.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId: interfaceId }));
    expect(await codeOf(put)).toBe('ok');
  },
);

rule('a release that hangs after the end of an instance can be forced', STUCK, async () => {
  const lab = new Lab();
  const interfaceId = await lab.makeInterface();
  const instanceId = await lab.launchWith(interfaceId);
  await lab.passSeconds(10);
  lab.ec2.slowRelease(interfaceId, Infinity);
  await lab.terminate(instanceId);
  await lab.passSeconds(600);
  const { Attachment: attachment } = await lab.interface(interfaceId);
  await detach(lab, attachment?.AttachmentId, true);
  await lab.passSeconds(1);
  expect(await lab.interface(interfaceId)).toMatchObject({ Status: 'available' });
});

test('an unknown interface is an error', () => {
  expect(() => new Lab().ec2.stickInterface('eni-1')).toThrow('has no interface eni-1');
});
