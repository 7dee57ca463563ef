/** Checks docs/migrating.md: sends its worked example to the running system. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { tableRows } from '../../scripts/api-doc/field-table';
import { launchPlain } from '../workflows/import-play';
import { plays } from '../workflows/play';
import { isAwsCommand } from './aws-cli';
import { DocumentedAccount, type HttpResponse } from './documented-account';
import { awsCommandsIn, unsetVariablesIn } from './shell-blocks';

const markdown = readFileSync(resolve(__dirname, '../../docs/migrating.md'), 'utf8');
const NODES = '/aws/ec2/managedInstance';
const open = plays();

/** The JSON below the first line that names the file. */
function fileIn(name: string): string {
  const [, json] = new RegExp(`\`${name}\`[^\`]*?:\\n\\n *\`\`\`json\\n([^]*?)\\n *\`\`\``).exec(markdown) ?? [];
  if (json === undefined) throw new Error(`the page has no ${name}`);
  return JSON.stringify(JSON.parse(json));
}

const send = (account: DocumentedAccount, method: string, path: string, body: string): Promise<HttpResponse> =>
  account.run({ method, path, headers: { Authorization: 'Bearer $TOKEN' }, body });

test('the export is refused with every field that the page lists', async () => {
  const account = await DocumentedAccount.in(await open());
  const { status, body } = await send(account, 'POST', NODES, fileIn('exported.json'));
  expect(status).toBe(400);
  const [, table = ''] = markdown.split(/^(?=\| `field`)/m);
  const documented = tableRows(table.split('\n\n', 1)[0] ?? '').map(([field = '', message = '']) => ({
    field: field.slice(1, -1),
    message: message.replaceAll('\\|', '|'),
  }));
  expect(documented).toEqual(
    body.response.errors.map(({ field, message }: { field: string; message: string }) => ({ field, message })),
  );
});

test('the corrected document is a node', async () => {
  const play = await open();
  const account = await DocumentedAccount.in(play);
  const { status, body } = await send(account, 'POST', NODES, fileIn('document.json'));
  expect(status).toBe(200);
  play.nodeId = body.response.items[0].id;
  expect(await play.node()).toMatchObject({ status: 'ACTIVE' });
});

test('the import keeps the addresses, and the settings of the export are added', async () => {
  const play = await open();
  const account = await DocumentedAccount.in(play);
  const { body } = await send(account, 'POST', `${NODES}/migration`, fileIn('import.json'));
  const [{ managedInstanceId, migrationId }] = body.response.items;
  await play.untilIdle();
  await play.passSeconds(180);
  const read = await account.run({
    method: 'GET',
    path: `${NODES}/migration/${migrationId}`,
    headers: { Authorization: 'Bearer $TOKEN' },
    body: undefined,
  });
  expect(read.body.response.items[0].state).toBe('MIGRATE_FINISH');
  expect((await send(account, 'PUT', `${NODES}/${managedInstanceId}`, fileIn('settings.json'))).status).toBe(200);
  play.nodeId = managedInstanceId;
  const { managedInstance } = JSON.parse(fileIn('settings.json')) as { managedInstance: object };
  expect(await play.node()).toMatchObject({ status: 'ACTIVE', config: { name: 'ledger', ...managedInstance } });
});

test('an instance with a second interface is refused, as the page says', async () => {
  const play = await open();
  const { account } = play.sandbox;
  const two = [0, 1].map((DeviceIndex) => ({ DeviceIndex, SubnetId: account.subnetIds[0] }));
  const plain = await launchPlain(play, {
    NetworkInterfaces: two,
    SubnetId: undefined,
    SecurityGroupIds: undefined,
    PrivateIpAddress: undefined,
  });
  const request = { originalInstanceId: plain.instanceId, region: 'us-east-1', shouldKeepPrivateIp: false };
  await expect(
    play.settle(play.service.migrations.begin({ ...request, shouldTerminateInstance: true })),
  ).rejects.toMatchObject({
    fieldErrors: [{ message: expect.stringContaining('more than one network interface') as unknown }],
  });
});

test('the commands can be pasted', () => {
  expect(unsetVariablesIn(markdown)).toEqual([]);
  expect(awsCommandsIn(markdown).filter((command) => !isAwsCommand(command))).toEqual([]);
});
