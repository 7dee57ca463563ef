/** The promises of `ElasticIps`: an address is on one interface, and moving it is idempotent. */
import { InterfaceMissing, NotReady, NotYetVisible } from '../../domain/errors';
import type { SeenElasticIp } from '../../domain/node/observations';
import { ec2Contract, UNKNOWN } from './ec2';

ec2Contract(
  'ElasticIps',
  (scene) => {
    const elasticIps = () => scene().ports.elasticIps;
    const settle = () => scene().settle();

    async function seen(allocationId: string): Promise<SeenElasticIp> {
      const found = await elasticIps().observe(allocationId);
      if (found === undefined) throw new Error(`${allocationId} is not shown`);
      return found;
    }

    async function associated(allocationId: string, interfaceId: string): Promise<SeenElasticIp> {
      await elasticIps().associate(allocationId, interfaceId);
      await settle();
      return seen(allocationId);
    }

    test('an address that EC2 does not know is undefined', async () => {
      await expect(elasticIps().observe(UNKNOWN.allocation)).resolves.toBeUndefined();
    });

    test('an address without an interface names none', async () => {
      const allocationId = await scene().account.allocate();
      const free = await seen(allocationId);

      expect(free).toMatchObject({ allocationId, publicIp: expect.stringMatching(/^(\d+\.){3}\d+$/) as string });
      expect(free.interfaceId).toBeUndefined();
      expect(free.associationId).toBeUndefined();
    });

    test('an association is shown by the address and by the interface', async () => {
      const allocationId = await scene().account.allocate();
      const { id: interfaceId } = await scene().made();
      const { publicIp } = await seen(allocationId);

      await expect(associated(allocationId, interfaceId)).resolves.toEqual({
        allocationId,
        publicIp,
        interfaceId,
        associationId: expect.any(String) as string,
      });
      await expect(scene().interface(interfaceId)).resolves.toMatchObject({ id: interfaceId, allocationId });
    });

    test('an association that is repeated stays the same', async () => {
      const allocationId = await scene().account.allocate();
      const { id: interfaceId } = await scene().made();
      const first = await associated(allocationId, interfaceId);

      await expect(associated(allocationId, interfaceId)).resolves.toEqual(first);
    });

    test('an address is moved from the interface that has it', async () => {
      const allocationId = await scene().account.allocate();
      const { id: from } = await scene().made();
      const { id: to } = await scene().made();
      const before = await associated(allocationId, from);
      const after = await associated(allocationId, to);

      expect(after.interfaceId).toBe(to);
      expect(after.associationId).not.toBe(before.associationId);
      expect((await scene().interface(from)).allocationId).toBeUndefined();
      await expect(scene().interface(to)).resolves.toMatchObject({ allocationId });
    });

    test('an address replaces the one that the interface has', async () => {
      const [first, second] = [await scene().account.allocate(), await scene().account.allocate()];
      const { id: interfaceId } = await scene().made();
      await associated(first, interfaceId);
      await associated(second, interfaceId);

      expect((await seen(first)).interfaceId).toBeUndefined();
      await expect(scene().interface(interfaceId)).resolves.toMatchObject({ allocationId: second });
    });

    test('an association throws if the interface is gone, and the address stays where it is', async () => {
      const allocationId = await scene().account.allocate();
      const { id: interfaceId } = await scene().made();
      const before = await associated(allocationId, interfaceId);

      await expect(elasticIps().associate(allocationId, UNKNOWN.interface)).rejects.toThrow(InterfaceMissing);
      await settle();
      await expect(seen(allocationId)).resolves.toEqual(before);
    });

    test('an association throws if EC2 does not know the address', async () => {
      const { id: interfaceId } = await scene().made();

      await expect(elasticIps().associate(UNKNOWN.allocation, interfaceId)).rejects.toThrow(NotYetVisible);
    });

    test('an association throws while the instance of the interface is pending', async () => {
      const allocationId = await scene().account.allocate();
      const { id: interfaceId } = await scene().made();
      await scene().account.launchPending(scene().launchRequest({ interfaceId }));

      await expect(elasticIps().associate(allocationId, interfaceId)).rejects.toThrow(NotReady);
    });

    test('an address is free after its disassociation, which can be repeated', async () => {
      const allocationId = await scene().account.allocate();
      const { id: interfaceId } = await scene().made();
      const { associationId = '' } = await associated(allocationId, interfaceId);
      await elasticIps().disassociate(associationId);
      await settle();

      const free = await seen(allocationId);
      expect(free.interfaceId).toBeUndefined();
      expect(free.associationId).toBeUndefined();
      expect((await scene().interface(interfaceId)).allocationId).toBeUndefined();
      await expect(elasticIps().disassociate(associationId)).resolves.toBeUndefined();
      await expect(elasticIps().disassociate(UNKNOWN.association)).resolves.toBeUndefined();
    });

    test('the disassociation of an ended association leaves a newer one', async () => {
      const allocationId = await scene().account.allocate();
      const { id: from } = await scene().made();
      const { id: to } = await scene().made();
      const { associationId = '' } = await associated(allocationId, from);
      await associated(allocationId, to);
      await elasticIps().disassociate(associationId);
      await settle();

      await expect(seen(allocationId)).resolves.toMatchObject({ interfaceId: to });
    });

    test('an address outlives the interface', async () => {
      const allocationId = await scene().account.allocate();
      const { id: interfaceId } = await scene().made();
      await associated(allocationId, interfaceId);
      await scene().ports.interfaces.delete(interfaceId);
      await settle();

      expect((await seen(allocationId)).interfaceId).toBeUndefined();
    });
  },
  true,
);
