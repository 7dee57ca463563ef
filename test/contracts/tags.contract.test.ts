/** The promises of `Tags`, as far as a look at what is tagged shows them. */
import { NotYetVisible } from '../../domain/errors';
import { NODE_ID_TAG } from '../../domain/node/stateful-node';
import { ec2Contract, NODE_ID, UNKNOWN } from './ec2';

const OTHER = 'smi-0a1b2c3e';

ec2Contract('Tags', (scene) => {
  const tags = () => scene().ports.tags;
  const settle = () => scene().settle();
  const tagsOf = async (instanceId: string) => (await scene().ports.originals.observe(instanceId))?.tags;
  const named = (value: string) => [{ key: NODE_ID_TAG, value }];

  test('are set on every resource that is named, and on no other', async () => {
    const { id: instanceId } = await scene().launched();
    const { id: interfaceId } = await scene().made();
    const { id: untouched } = await scene().made();
    await tags().set([instanceId, interfaceId], named(OTHER));
    await settle();

    await expect(scene().instance(instanceId)).resolves.toMatchObject({ nodeId: OTHER });
    await expect(scene().interface(interfaceId)).resolves.toMatchObject({ nodeId: OTHER });
    await expect(scene().interface(untouched)).resolves.toMatchObject({ nodeId: NODE_ID });
  });

  test('are added to those that are there, and replace those with the same key', async () => {
    const { instanceId } = await scene().account.addOriginal();
    await tags().set([instanceId], [{ key: 'team', value: 'payments' }]);
    await settle();
    await tags().set([instanceId], [{ key: 'team', value: 'ledger' }]);
    await settle();

    const found = await tagsOf(instanceId);
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { key: 'Name', value: 'ledger' },
        { key: 'team', value: 'ledger' },
      ]),
    );
  });

  test('are removed by their keys, whatever their values are, and can be removed again', async () => {
    const { instanceId } = await scene().account.addOriginal();
    await tags().set([instanceId], [{ key: 'team', value: 'payments' }]);
    await settle();
    await tags().remove([instanceId], ['team', 'no such key']);
    await settle();
    await tags().remove([instanceId], ['team']);
    await settle();

    await expect(tagsOf(instanceId)).resolves.toEqual([{ key: 'Name', value: 'ledger' }]);
  });

  test('name no node once the tag of the node is removed', async () => {
    const { id } = await scene().made();
    await tags().remove([id], [NODE_ID_TAG]);
    await settle();

    expect((await scene().interface(id)).nodeId).toBeUndefined();
  });

  test('stay as they are if no resource or no tag is named', async () => {
    const { id } = await scene().made();
    await tags().set([], named(OTHER));
    await tags().set([id], []);
    await tags().remove([], [NODE_ID_TAG]);
    await tags().remove([id], []);
    await settle();

    await expect(scene().interface(id)).resolves.toMatchObject({ nodeId: NODE_ID });
  });

  test('are set on all resources or on none: one that EC2 does not know throws', async () => {
    const { id } = await scene().made();

    await expect(tags().set([id, UNKNOWN.instance], named(OTHER))).rejects.toThrow(NotYetVisible);
    await expect(tags().remove([id, UNKNOWN.interface], [NODE_ID_TAG])).rejects.toThrow(NotYetVisible);
    await settle();
    await expect(scene().interface(id)).resolves.toMatchObject({ nodeId: NODE_ID });
  });
});
