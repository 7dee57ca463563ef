/** The promises of `MissingAddresses`: what was written last is read. */
import { NODE_ID } from '../domain/builders';
import { tableContract } from './table';

const SINCE = '2026-11-03T09:50:00.000Z';
const OTHER = 'smi-0a1b2c3e';

tableContract('MissingAddresses', (table) => {
  test('a new table knows of none', async () => {
    await expect(table().missingAddresses.read()).resolves.toEqual({});
  });

  test('what is written replaces all that was written before', async () => {
    await table().missingAddresses.replace({ [NODE_ID]: SINCE, [OTHER]: SINCE });
    await expect(table().missingAddresses.read()).resolves.toEqual({ [NODE_ID]: SINCE, [OTHER]: SINCE });
    await table().missingAddresses.replace({ [OTHER]: SINCE });
    await expect(table().missingAddresses.read()).resolves.toEqual({ [OTHER]: SINCE });
    await table().missingAddresses.replace({});
    await expect(table().missingAddresses.read()).resolves.toEqual({});
  });

  test('it is no node', async () => {
    await table().missingAddresses.replace({ [NODE_ID]: SINCE });
    await expect(table().nodes.list()).resolves.toEqual({ nodes: [], unreadable: [] });
  });
});
