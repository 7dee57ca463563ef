/** The promises of `Migrations`: an import is written once, and its ending added. */
import { RecordContended } from '../../domain/errors';
import type { Migration } from '../../domain/import/import';
import { NODE_ID, NOW } from '../domain/builders';
import { anImport } from '../domain/import-builders';
import { atOnce, tableContract } from './table';

const ID = 'smg-00000001';
const ending = { state: 'MIGRATE_FINISH', at: NOW } as const;

function aMigration(overrides: Partial<Migration> = {}): Migration {
  return { id: ID, nodeId: NODE_ID, request: anImport(), createdAt: NOW, ...overrides };
}

tableContract('Migrations', (table) => {
  const migrations = () => table().migrations;

  test('an import is undefined before it is created', async () => {
    await expect(migrations().get(ID)).resolves.toBeUndefined();
  });

  test('an import is read back as it was created, without members that were undefined', async () => {
    await migrations().create(aMigration({ request: { ...anImport(), product: undefined } }));

    await expect(migrations().get(ID)).resolves.toStrictEqual(aMigration());
    await expect(migrations().get('smg-00000002')).resolves.toBeUndefined();
  });

  test('an id is given once: a second creation throws, and changes nothing', async () => {
    await migrations().create(aMigration());

    await expect(migrations().create(aMigration({ nodeId: 'smi-ffffffff' }))).rejects.toThrow(RecordContended);
    await expect(migrations().get(ID)).resolves.toEqual(aMigration());
  });

  test('an id is given to one of two at the same time', async () => {
    const { succeeded, errors } = await atOnce([migrations().create(aMigration()), migrations().create(aMigration())]);

    expect(succeeded).toBe(1);
    expect(errors).toEqual([expect.any(RecordContended)]);
  });

  test('an ending is added to the import, and a repeat changes nothing', async () => {
    await migrations().create(aMigration());
    await migrations().end(ID, ending);
    await migrations().end(ID, ending);

    await expect(migrations().get(ID)).resolves.toEqual(aMigration({ ending }));
  });

  test('an import that has ended keeps its id', async () => {
    await migrations().create(aMigration());
    await migrations().end(ID, ending);

    await expect(migrations().create(aMigration())).rejects.toThrow(RecordContended);
  });

  test('the end of an import that was never created writes nothing', async () => {
    await migrations().end(ID, ending);

    await expect(migrations().get(ID)).resolves.toBeUndefined();
    await expect(migrations().create(aMigration())).resolves.toBeUndefined();
  });
});
