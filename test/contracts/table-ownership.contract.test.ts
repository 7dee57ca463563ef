/** The promises of `TableOwnership`: the first deployment owns the table, and only an adoption changes that. */
import { NOW } from '../domain/builders';
import { tableContract } from './table';

const LATER = '2026-11-03T11:00:00.000Z';
const own = { deployment: 'Holdfast', tableName: 'Nodes', createdAt: NOW };

tableContract('TableOwnership', (table) => {
  const holdfast = () => table().ownershipAs('Holdfast');
  const staging = () => table().ownershipAs('Staging');

  test('a new table has no identity, and is in doubt', async () => {
    await expect(holdfast().identity()).resolves.toBeUndefined();
    await expect(holdfast().doubt()).resolves.toMatch(/^the table Nodes does not say whose it is/);
  });

  test('a table is owned by the deployment that establishes it, and in doubt for another', async () => {
    await holdfast().establish(NOW);

    await expect(holdfast().identity()).resolves.toStrictEqual(own);
    await expect(holdfast().doubt()).resolves.toBeUndefined();
    await expect(staging().doubt()).resolves.toMatch(/belongs to the deployment Holdfast, not to Staging/);
  });

  test('a table is established once', async () => {
    await holdfast().establish(NOW);
    await holdfast().establish(LATER);
    await staging().establish(LATER);

    await expect(staging().identity()).resolves.toEqual(own);
  });

  test('a table that is established again stays halted', async () => {
    await holdfast().establish(NOW);
    await holdfast().halt('the records are old', NOW);
    await holdfast().establish(LATER);

    await expect(holdfast().doubt()).resolves.toMatch(/^the records are old/);
  });

  test('another deployment owns the table after it has adopted it, and that ends a halt', async () => {
    await holdfast().establish(NOW);
    await holdfast().halt('the records are old', NOW);
    await staging().adopt(LATER);

    await expect(staging().identity()).resolves.toStrictEqual({ ...own, deployment: 'Staging', createdAt: LATER });
    await expect(staging().doubt()).resolves.toBeUndefined();
    await expect(holdfast().doubt()).resolves.toMatch(/belongs to the deployment Staging, not to Holdfast/);
  });

  test('a table without an identity can be adopted', async () => {
    await holdfast().adopt(NOW);

    await expect(holdfast().identity()).resolves.toEqual(own);
  });

  test('a halted table is in doubt, for the first reason that was given', async () => {
    await holdfast().establish(NOW);
    await holdfast().halt('the records are old', NOW);
    await holdfast().halt('something else', LATER);

    await expect(holdfast().identity()).resolves.toEqual({
      ...own,
      halted: { since: NOW, because: 'the records are old' },
    });
    await expect(holdfast().doubt()).resolves.toMatch(/^the records are old/);
  });

  test('a table without an identity has none after a halt', async () => {
    await holdfast().halt('the records are old', NOW);

    await expect(holdfast().identity()).resolves.toBeUndefined();
  });
});
