/** The promises of `NetworkInterfaces`: client tokens, attachments, and what is left when something is gone. */
import { AddressTaken, InterfaceNotFree, NotReady, NotYetVisible, RequestRejected } from '../../domain/errors';
import { ec2Contract, NODE_ID, UNKNOWN } from './ec2';

ec2Contract(
  'NetworkInterfaces',
  (scene) => {
    const interfaces = () => scene().ports.interfaces;
    const settle = () => scene().settle();

    test('an interface that EC2 does not know is undefined', async () => {
      await expect(interfaces().observe(UNKNOWN.interface)).resolves.toBeUndefined();
      await expect(interfaces().madeBy('never used')).resolves.toBeUndefined();
    });

    describe('a request for an interface', () => {
      test('makes one as asked, which is free', async () => {
        const request = scene().interfaceRequest({ securityGroupIds: scene().account.securityGroupIds });
        const { clientToken, subnetId } = request;

        await expect(interfaces().create(request)).resolves.toMatchObject({ kind: 'made', interface: { subnetId } });
        await settle();
        const seen = await interfaces().madeBy(clientToken);
        expect(seen).toMatchObject({ subnetId, status: 'available', nodeId: NODE_ID });
        expect([...(seen?.securityGroupIds ?? [])].sort()).toEqual([...request.securityGroupIds].sort());
        expect(seen?.attachment).toBeUndefined();
        expect(seen?.ipv6Address).toBeUndefined();
        await expect(interfaces().observe(seen?.id ?? '')).resolves.toMatchObject({
          id: seen?.id,
          status: 'available',
        });
      });

      test('returns the id and the addresses, which do not change', async () => {
        const outcome = await interfaces().create(scene().interfaceRequest());
        const { id, privateIp, macAddress } = outcome.kind === 'made' ? outcome.interface : await scene().made();
        await settle();

        await expect(interfaces().observe(id)).resolves.toMatchObject({ privateIp, macAddress });
        expect(privateIp).toMatch(/^10\.0\.0\.\d+$/);
        expect(macAddress).toMatch(/^([\da-f]{2}:){5}[\da-f]{2}$/);
      });

      test('gives every interface addresses of its own', async () => {
        const one = await scene().made();
        const other = await scene().made();

        expect(other.id).not.toBe(one.id);
        expect(other.privateIp).not.toBe(one.privateIp);
        expect(other.macAddress).not.toBe(one.macAddress);
      });

      test('gives the private IP and the IPv6 address that it asks for', async () => {
        const made = await scene().made({ privateIp: '10.0.0.77', withIpv6Address: true });

        expect(made.privateIp).toBe('10.0.0.77');
        expect(made.ipv6Address).toMatch(/^[\da-f:]+$/);
      });

      test('that is repeated returns the same interface, before EC2 shows it and after', async () => {
        const request = scene().interfaceRequest({ privateIp: '10.0.0.77' });
        const first = await interfaces().create(request);
        const again = await interfaces().create(request);
        await settle();
        const later = await interfaces().create({ ...request });

        const id = first.kind === 'made' ? first.interface.id : 'none';
        expect(again).toMatchObject({ kind: 'made', interface: { id } });
        expect(later).toMatchObject({ kind: 'made', interface: { id } });
        await expect(scene().ports.fleet.interfaces()).resolves.toHaveLength(1);
      });

      test('that is repeated with other settings returns the interface of the first', async () => {
        const request = scene().interfaceRequest();
        const { id, securityGroupIds } = await scene().made(request);
        const changed = { ...request, securityGroupIds: [scene().account.securityGroupIds[1]] };

        await expect(interfaces().create(changed)).resolves.toMatchObject({
          kind: 'made',
          interface: { id, securityGroupIds },
        });
      });

      test('says that the token is spent if its interface was deleted, and makes nothing', async () => {
        const request = scene().interfaceRequest();
        const { id } = await scene().made(request);
        await interfaces().delete(id);
        await settle();

        await expect(interfaces().create(request)).resolves.toEqual({ kind: 'token-spent' });
        await settle();
        await expect(interfaces().madeBy(request.clientToken)).resolves.toBeUndefined();
      });

      test('throws if the private IP is taken, and makes nothing', async () => {
        await scene().made({ privateIp: '10.0.0.77' });
        const request = scene().interfaceRequest({ privateIp: '10.0.0.77' });

        await expect(interfaces().create(request)).rejects.toThrow(AddressTaken);
        await settle();
        await expect(interfaces().madeBy(request.clientToken)).resolves.toBeUndefined();
      });

      test('is refused if the subnet has no free address', async () => {
        const subnetId = await scene().account.fullSubnet();

        await expect(interfaces().create(scene().interfaceRequest({ subnetId }))).resolves.toMatchObject({
          kind: 'refused',
          refusal: { because: 'capacity', of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' },
        });
      });
    });

    describe('an attachment', () => {
      test('is started, and shown in time', async () => {
        const { id: instanceId } = await scene().launched();
        const { id: interfaceId } = await scene().made();

        await expect(interfaces().attach(interfaceId, instanceId, 1)).resolves.toBe(true);
        await settle();
        await expect(scene().interface(interfaceId)).resolves.toMatchObject({
          status: 'in-use',
          attachment: { instanceId, deviceIndex: 1, status: 'attached', deleteOnTermination: false },
        });
      });

      test('is not started at a device index that is taken', async () => {
        const { instanceId } = await scene().attached();
        const { id: other } = await scene().made();

        await expect(interfaces().attach(other, instanceId, 1)).resolves.toBe(false);
        await settle();
        await expect(scene().interface(other)).resolves.toMatchObject({ status: 'available' });
        await expect(interfaces().attach(other, instanceId, 2)).resolves.toBe(true);
      });

      test('throws if the interface is attached, to this instance or to another', async () => {
        const { instanceId, interfaceId } = await scene().attached();
        const { id: another } = await scene().launched();

        await expect(interfaces().attach(interfaceId, instanceId, 2)).rejects.toThrow(InterfaceNotFree);
        await expect(interfaces().attach(interfaceId, another, 1)).rejects.toThrow(InterfaceNotFree);
        await settle();
        await expect(scene().interface(interfaceId)).resolves.toMatchObject({
          attachment: { instanceId, deviceIndex: 1 },
        });
      });

      test('throws if EC2 does not know one of the two', async () => {
        const { id: instanceId } = await scene().launched();
        const { id: interfaceId } = await scene().made();

        await expect(interfaces().attach(UNKNOWN.interface, instanceId, 1)).rejects.toThrow(NotYetVisible);
        await expect(interfaces().attach(interfaceId, UNKNOWN.instance, 1)).rejects.toThrow(NotYetVisible);
      });

      test('throws if the instance does not run yet, or has ended', async () => {
        const { id: interfaceId } = await scene().made();
        const instanceId = await scene().account.launchPending(scene().launchRequest());
        await expect(interfaces().attach(interfaceId, instanceId, 1)).rejects.toThrow(NotReady);
        await settle();
        await scene().terminated(instanceId);

        await expect(interfaces().attach(interfaceId, instanceId, 1)).rejects.toThrow(NotReady);
      });
    });

    describe('a detachment', () => {
      test('frees the interface in time, with the addresses that it had', async () => {
        const { interfaceId, attachmentId } = await scene().attached();
        const { privateIp, macAddress } = await scene().interface(interfaceId);
        await interfaces().detach(attachmentId);
        await settle();

        const freed = await scene().interface(interfaceId);
        expect(freed).toMatchObject({ status: 'available', privateIp, macAddress });
        expect(freed.attachment).toBeUndefined();
      });

      test('leaves the interface and the device index free for others', async () => {
        const { instanceId, interfaceId, attachmentId } = await scene().attached();
        await interfaces().detach(attachmentId);
        await settle();

        await expect(interfaces().attach(interfaceId, instanceId, 1)).resolves.toBe(true);
        await settle();
        await expect(scene().attachmentIdOf(interfaceId)).resolves.not.toBe(attachmentId);
      });

      test.each([{ force: false }, { force: true }])('does nothing if the attachment is gone: %j', async (how) => {
        const { attachmentId } = await scene().attached();
        await interfaces().detach(attachmentId);
        await settle();

        await expect(interfaces().detach(attachmentId, how)).resolves.toBeUndefined();
        await expect(interfaces().detach(UNKNOWN.attachment, how)).resolves.toBeUndefined();
      });

      test('that does not end throws when it is asked for again, and ends by force', async () => {
        const { interfaceId, attachmentId } = await scene().attached();
        scene().account.stick(interfaceId);
        await interfaces().detach(attachmentId);
        await settle();
        await expect(scene().interface(interfaceId)).resolves.toMatchObject({ attachment: { status: 'detaching' } });

        await expect(interfaces().detach(attachmentId)).rejects.toThrow(NotReady);
        await interfaces().detach(attachmentId, { force: true });
        await settle();
        await expect(scene().interface(interfaceId)).resolves.toMatchObject({ status: 'available' });
      });

      test.each([{ force: false }, { force: true }])('of the primary of a living instance throws: %j', async (how) => {
        const { id: interfaceId } = await scene().made();
        await scene().launched({ interfaceId });
        const attachmentId = await scene().attachmentIdOf(interfaceId);

        await expect(interfaces().detach(attachmentId, how)).rejects.toThrow(RequestRejected);
        await settle();
        await expect(scene().attachmentIdOf(interfaceId)).resolves.toBe(attachmentId);
      });
    });

    describe('a deletion', () => {
      test('removes the interface, which its token does not find any more', async () => {
        const request = scene().interfaceRequest();
        const { id } = await scene().made(request);
        const { id: other } = await scene().made();
        await interfaces().delete(id);
        await settle();

        await expect(interfaces().observe(id)).resolves.toBeUndefined();
        await expect(interfaces().madeBy(request.clientToken)).resolves.toBeUndefined();
        await expect(scene().interface(other)).resolves.toMatchObject({ id: other });
      });

      test('does nothing if the interface is gone', async () => {
        const { id } = await scene().made();
        await interfaces().delete(id);
        await settle();

        await expect(interfaces().delete(id)).resolves.toBeUndefined();
        await expect(interfaces().delete(UNKNOWN.interface)).resolves.toBeUndefined();
      });

      test('throws if the interface is attached, and removes nothing', async () => {
        const { interfaceId } = await scene().attached();

        await expect(interfaces().delete(interfaceId)).rejects.toThrow(InterfaceNotFree);
        await settle();
        await expect(scene().interface(interfaceId)).resolves.toMatchObject({ status: 'in-use' });
      });

      test('frees the private IP', async () => {
        const { id } = await scene().made({ privateIp: '10.0.0.77' });
        await interfaces().delete(id);
        await settle();

        await expect(scene().made({ privateIp: '10.0.0.77' })).resolves.toMatchObject({ privateIp: '10.0.0.77' });
      });
    });

    describe('the security groups', () => {
      test('are replaced', async () => {
        const { id, ...before } = await scene().made();
        const [, other] = scene().account.securityGroupIds;
        await interfaces().setSecurityGroups(id, [other]);
        await settle();

        await expect(scene().interface(id)).resolves.toEqual({ ...before, id, securityGroupIds: [other] });
      });

      test('cannot be set on an interface that EC2 does not know', async () => {
        const { securityGroupIds } = scene().account;

        await expect(interfaces().setSecurityGroups(UNKNOWN.interface, securityGroupIds)).rejects.toThrow(
          NotYetVisible,
        );
      });
    });

    describe('an interface that ends with its instance', () => {
      test('is deleted when its instance is terminated', async () => {
        const { instanceId, interfaceId, attachmentId } = await scene().attached();
        await interfaces().deleteOnTermination(interfaceId, attachmentId);
        await settle();
        await expect(scene().interface(interfaceId)).resolves.toMatchObject({
          attachment: { deleteOnTermination: true },
        });
        await scene().terminated(instanceId);

        await expect(interfaces().observe(interfaceId)).resolves.toBeUndefined();
      });

      test('is kept if that setting is undone', async () => {
        const { instanceId, interfaceId, attachmentId } = await scene().attached();
        await interfaces().deleteOnTermination(interfaceId, attachmentId);
        await interfaces().keepOnTermination(interfaceId, attachmentId);
        await settle();
        await expect(scene().interface(interfaceId)).resolves.toMatchObject({
          attachment: { id: attachmentId, deleteOnTermination: false },
        });
        await scene().terminated(instanceId);

        await expect(scene().interface(interfaceId)).resolves.toMatchObject({ status: 'available' });
      });

      test('has no such setting once its attachment is gone: deleteOnTermination does nothing, keepOnTermination throws', async () => {
        const { interfaceId, attachmentId } = await scene().attached();
        await interfaces().detach(attachmentId);
        await settle();

        await expect(interfaces().deleteOnTermination(interfaceId, attachmentId)).resolves.toBeUndefined();
        await expect(interfaces().keepOnTermination(interfaceId, attachmentId)).rejects.toThrow(NotYetVisible);
        await expect(interfaces().deleteOnTermination(UNKNOWN.interface, UNKNOWN.attachment)).resolves.toBeUndefined();
        await expect(interfaces().keepOnTermination(UNKNOWN.interface, UNKNOWN.attachment)).rejects.toThrow(
          NotYetVisible,
        );
      });
    });
  },
  true,
);
