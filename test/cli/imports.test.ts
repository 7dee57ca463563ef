/** Imports, from the command line. */
import { launchPlain } from '../workflows/import-play';
import { CliPlay } from './cli-play';

let cli: CliPlay;
beforeEach(async () => (cli = await CliPlay.open()));
afterEach(() => cli.play.stop());

test('an import waits until the node runs on an instance of its own, and shows the log of the node', async () => {
  const { instanceId, interfaceId } = await launchPlain(cli.play);
  const flags = ['--keep-private-ip', '--terminate-original', '--name', 'books', '--yes', '--wait'];
  const { status, out, err } = await cli.run(['import', instanceId, ...flags]);
  expect(status).toBe(0);
  const shown = JSON.parse(out);
  expect(shown).toMatchObject({
    state: 'MIGRATE_FINISH',
    originalInstanceId: instanceId,
    managedInstanceName: 'books',
  });
  expect(err).toMatch(new RegExp(`^${shown.migrationId} creates ${shown.managedInstanceId}\\.\n`));
  expect(err).toContain('state  MIGRATE_FINISH');
  expect(err).toContain(`INFO   terminating ${instanceId}`);
  expect(await cli.json('status', 'books')).toMatchObject({ status: 'ACTIVE', networkInterfaceId: interfaceId });
  expect(await cli.json('import', 'status', shown.migrationId)).toEqual(shown);
});

test('an import that terminates the original asks first', async () => {
  const { instanceId } = await launchPlain(cli.play);
  const { status, err } = await cli.run(['import', instanceId, '--terminate-original'], { isTTY: true, answer: 'n' });
  expect(status).toBe(1);
  expect(err).toBe(
    `Import ${instanceId}? It is terminated, and its disks are not imported. [y/N] Nothing was changed.\n`,
  );
  expect(await cli.json('list')).toEqual([]);
});

test('more fields come from a file, and flags win over it', async () => {
  const { instanceId } = await launchPlain(cli.play);
  const migration = { managedInstanceName: 'from-file', spotInstanceTypes: ['m6g.large'] };
  const { status } = await cli.run(['import', instanceId, '-f', '-', '--name', 'books'], {
    input: JSON.stringify({ migration }),
  });
  expect(status).toBe(0);
  expect((await cli.json('show', 'books')).compute.launchSpecification.instanceTypes.types).toEqual(['m6g.large']);
});

test('a cancelled import leaves the original, and its node is gone', async () => {
  const { instanceId } = await launchPlain(cli.play);
  const { migrationId, managedInstanceId } = await cli.json('import', instanceId);
  const cancelled = await cli.run(['import', 'cancel', migrationId, '--wait'], { isTTY: true });
  expect(cancelled.status).toBe(0);
  expect(cancelled.out).toMatch(/^state +MIGRATE_CANCEL$/m);
  await cli.play.untilIdle();
  expect((await cli.run(['status', managedInstanceId])).status).toBe(3);
  expect(cli.play.instanceState(instanceId)).toBe('running');
});

test('an import that ends in another state fails', async () => {
  const { instanceId } = await launchPlain(cli.play);
  let isCancelled = false;
  const meanwhile = async (): Promise<void> => {
    if (isCancelled) return;
    isCancelled = true;
    const [{ id }] = await cli.request('GET', '/aws/ec2/managedInstance');
    await cli.request('DELETE', `/aws/ec2/managedInstance/${id}`);
  };
  const { status, err } = await cli.run(['import', instanceId, '--wait'], { meanwhile });
  expect(status).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/^smg-\S+ is MIGRATE_CANCEL, not MIGRATE_FINISH/);
});

test.each([['status'], ['cancel']])(
  'import %s of an import that does not exist ends with the status for that',
  async (name) => {
    await cli.json('create', ...cli.flags('other'));
    expect(await cli.run(['import', name, 'smg-00000000'])).toEqual({
      status: 3,
      out: '',
      err: 'migrationId: There is no import smg-00000000.\n',
    });
  },
);

test('an original that cannot be imported is refused with its field', async () => {
  expect(await cli.run(['import', 'i-0123'])).toMatchObject({
    status: 1,
    err: 'migration.originalInstanceId: must be the id of an instance, like i-0123456789abcdef0\n',
  });
});
