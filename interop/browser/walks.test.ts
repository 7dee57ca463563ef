/** The console as a person uses it: by clicking and typing, against `npm start`. */
import type { Page } from 'playwright-core';
import { aNode, ConsoleWorld, documentNamed, simulated, type NodeStatus } from './console-world';

const NODES = '/aws/ec2/managedInstance';
const NODE_PAGE = /\/nodes\/smi-[0-9a-f]+$/;
let world: ConsoleWorld;
beforeAll(async () => {
  world = await ConsoleWorld.open();
});
afterEach(() => world.closeVisits());
afterAll(() => world.close());

const status = (id: string): Promise<NodeStatus> => world.status(id);
const until = (id: string, isThere: (seen: NodeStatus) => boolean): Promise<NodeStatus> => world.until(id, isThere);

const select = (page: Page, name: string): Promise<void> =>
  page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();

async function act(page: Page, action: string): Promise<void> {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function confirm(page: Page, action: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
}

test('a given private IP is persisted: select the node, edit its configuration, persist the address', async () => {
  const before = await aNode(world, 'ledger', { persistence: { persistPrivateIp: true } });
  const { page, complaints } = await world.visit();
  await select(page, 'ledger');
  await act(page, 'Edit Configuration');
  await page.getByRole('tab', { name: 'Persistent Resources' }).click();
  await page.getByRole('checkbox', { name: 'Persist Private IP' }).check();
  await page.getByRole('combobox', { name: 'IP Address' }).fill('10.0.0.77');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Review' }).click();
  await page.getByText('10.0.0.77').first().waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(NODE_PAGE);
  await act(page, 'Recycle');
  await confirm(page, 'Recycle');
  const after = await until(before.id, ({ status: at, privateIp }) => at === 'ACTIVE' && privateIp === '10.0.0.77');
  expect(after.instanceId).not.toBe(before.instanceId);
  await page.getByText('10.0.0.77').first().waitFor();
  expect(complaints).toEqual([]);
});

test('a given Elastic IP is persisted, with public IP assignment on', async () => {
  const node = await aNode(world, 'gateway');
  const { publicIp } = await world.request<{ readonly publicIp: string }>('POST', '/simulator/allocate-address');
  const { page, complaints } = await world.visit();
  await select(page, 'gateway');
  await act(page, 'Edit Configuration');
  await page.getByRole('tab', { name: 'Persistent Resources' }).click();
  await page.getByRole('button', { name: /Elastic IP/ }).click();
  await page.getByRole('option', { name: new RegExp(publicIp.replaceAll('.', '\\.')) }).click();
  await page.getByLabel('Associate public IP').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(NODE_PAGE);
  await page.getByText(publicIp).first().waitFor();
  expect(await until(node.id, (seen) => seen.publicIp === publicIp)).toMatchObject({ instanceId: node.instanceId });
  expect(complaints).toEqual([]);
});

test('an interruption: the same addresses on another instance, and its timeline', async () => {
  const before = await aNode(world, 'cache');
  const { page, complaints } = await world.visit(`/console/simulator`);
  await page.getByRole('button', { name: /^Node/ }).click();
  await page.getByRole('option', { name: /cache/ }).click();
  await page.getByRole('button', { name: 'Interrupt the Spot Instance' }).click();
  await page.getByText('Interrupt the Spot Instance: done').waitFor();
  // The page is open while it happens: what it shows at the end came without a reload.
  await page.goto(`${world.url}/console/nodes/${before.id}/replacements`);
  const after = await until(
    before.id,
    ({ status: at, instanceId }) => at === 'ACTIVE' && instanceId !== before.instanceId,
  );
  expect(after).toEqual({ ...after, ...pick(before, 'privateIp', 'macAddress', 'networkInterfaceId', 'publicIp') });
  await page
    .getByText(/EC2 interrupted the Spot Instance/)
    .first()
    .waitFor();
  await page
    .getByText(/address away/)
    .first()
    .waitFor();
  await page
    .getByRole('button', { name: /^Take the node: / })
    .first()
    .waitFor();
  expect(complaints).toEqual([]);
});

test('a step shows what it was given and what it passed on', async () => {
  const { id } = await aNode(world, 'steps');
  const { page, complaints } = await world.visit(`/console/nodes/${id}/replacements`);
  await page
    .getByRole('button', { name: /^Take the node: / })
    .first()
    .click();
  await page.getByRole('button', { name: 'Input and output' }).click();
  const shown = async (label: string) =>
    JSON.parse(await page.getByLabel(label, { exact: true }).innerText()) as object;
  expect(await shown('Input of Take the node')).toMatchObject({ nodeId: id });
  expect(await shown('Output of Take the node')).toMatchObject({ node: { nodeId: id, taken: true } });
  expect(complaints).toEqual([]);
});

test('what waits for the next launch is marked at its field, and only there', async () => {
  const { id } = await aNode(world, 'waits');
  const launchSpecification = { instanceTypes: { types: ['m7g.xlarge'] }, monitoring: true };
  await world.request('PUT', `${NODES}/${id}`, {
    managedInstance: { persistence: { eniAttachment: 'hot' }, compute: { launchSpecification } },
  });
  const { page, complaints } = await world.visit(`/console/nodes/${id}`);
  const fact = (label: string): Promise<string> =>
    page.locator(`xpath=//dt[normalize-space()="${label}"]/following-sibling::dd[1]`).innerText();
  await page.getByText('m7g.xlarge waits for the next launch').waitFor();
  expect(await fact('Type')).toContain('m7g.xlarge waits for the next launch');
  expect(await fact('Settings')).toContain('compute.launchSpecification.monitoring');
  expect(await page.getByText('waits for the next launch').count()).toBe(1);
  await page.goto(`${world.url}/console/nodes/${id}/network`);
  await page.getByText('Waits for the next launch').waitFor();
  expect(await fact('Attachment')).toContain('Waits for the next launch');
  expect(complaints).toEqual([]);
});

test('pause, edit, resume', async () => {
  const before = await aNode(world, 'paused');
  const { page, complaints } = await world.visit();
  await select(page, 'paused');
  await act(page, 'Pause');
  await confirm(page, 'Pause');
  await until(before.id, ({ status: at }) => at === 'PAUSED');
  await act(page, 'Edit Configuration');
  await page.getByLabel('Description').fill('Edited while it was paused');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(NODE_PAGE);
  await act(page, 'Resume');
  const after = await until(before.id, ({ status: at }) => at === 'ACTIVE');
  expect(after).toEqual({ ...after, ...pick(before, 'privateIp', 'macAddress', 'networkInterfaceId') });
  expect(after.instanceId).not.toBe(before.instanceId);
  expect(complaints).toEqual([]);
});

test('several nodes are paused at once, and one is deleted for good', async () => {
  const nodes = [await aNode(world, 'bulk-1'), await aNode(world, 'bulk-2')];
  const { page, complaints } = await world.visit();
  for (const { name } of nodes) await select(page, name);
  await act(page, 'Pause');
  await confirm(page, 'Pause');
  for (const { id } of nodes) await until(id, ({ status: at }) => at === 'PAUSED');
  await page.getByRole('checkbox', { name: 'Select bulk-2', exact: true }).uncheck();
  await act(page, 'Delete');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'Delete the network interface' }).check();
  expect(await dialog.getByRole('button', { name: 'Delete', exact: true }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('confirm');
  await confirm(page, 'Delete');
  await page.getByRole('checkbox', { name: 'Select bulk-1', exact: true }).waitFor({ state: 'detached' });
  await expect(status(nodes[0]!.id)).rejects.toThrow('MANAGED_INSTANCE_DOESNT_EXIST');
  expect(complaints).toEqual([]);
});

test('a running instance is imported, and its progress shown', async () => {
  const { instanceId } = await world.request<{ readonly instanceId: string }>('POST', '/simulator/launch', {
    instanceType: 'm7g.large',
    lifeCycle: 'on_demand',
    name: 'legacy',
  });
  const { page, complaints } = await world.visit('/console/nodes/import');
  await page.getByLabel('Instance Id').fill(instanceId);
  await page.getByRole('button', { name: 'Import' }).click();
  await page.waitForURL(/migration=smg-/);
  await page.getByText('The node runs on an instance of its own.').first().waitFor({ timeout: 90_000 });
  expect(complaints).toEqual([]);
});

test('an interface that is deleted by hand returns with its private IP', async () => {
  const before = await aNode(world, 'deleted-by-hand');
  const { page, complaints } = await world.visit();
  await select(page, 'deleted-by-hand');
  await act(page, 'Pause');
  await confirm(page, 'Pause');
  await until(before.id, ({ status: at }) => at === 'PAUSED');
  await world.request('POST', '/simulator/delete-interface', { networkInterfaceId: before.networkInterfaceId });
  await act(page, 'Resume');
  const after = await until(before.id, ({ status: at }) => at === 'ACTIVE');
  expect(after).toMatchObject({ privateIp: before.privateIp });
  expect(after.networkInterfaceId).not.toBe(before.networkInterfaceId);
  await page.getByRole('checkbox', { name: 'Select deleted-by-hand', exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

test('a wrong token is refused in words, and the right one leads in', async () => {
  const { page } = await world.visit('/console/', { isSignedIn: false });
  await page.getByLabel('API token').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The API does not accept this token.').waitFor();
  await page.getByLabel('API token').fill(world.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('grid', { name: 'Stateful nodes' }).waitFor();
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => /token/i.test(key)))).toEqual([]);
});

test('a server that goes away and comes back is noticed, and what is shown stays', async () => {
  await aNode(world, 'steadfast');
  const { page } = await world.visit();
  await page.getByRole('link', { name: 'steadfast' }).waitFor();
  await world.stopServer();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('No connection').waitFor();
  await page.getByRole('link', { name: 'steadfast' }).waitFor();
  await world.startServerAgain();
  await page.getByText('No connection').waitFor({ state: 'detached' });
});

test('faults in the JSON lead to their line, and the faults of the API to their fields', async () => {
  const { page, complaints } = await world.visit('/console/nodes/new');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('to be corrected').waitFor();
  expect((await page.locator('.hf-faults li').allTextContents()).length).toBeGreaterThan(2);
  await page.getByRole('tab', { name: /Review/ }).click();
  await page.getByRole('button', { name: 'JSON' }).click();
  const json = page.getByLabel('The document as JSON');
  await json.fill('{\n  "name": "x",\n}');
  expect(await page.locator('.hf-json-faults').textContent()).toContain('Line 3');
  const document = documentNamed('by-json', await simulated(world));
  const { launchSpecification } = document.compute;
  const wrong = { ...document.compute, launchSpecification: { ...launchSpecification, imageId: 'ami-00000000' } };
  await json.fill(JSON.stringify({ ...document, compute: wrong }, null, 2));
  await page.getByText('The API would refuse this document').waitFor();
  const line = (await json.inputValue()).split('\n').findIndex((each) => each.includes('ami-00000000')) + 1;
  await page.getByRole('button', { name: `Line ${line}`, exact: true }).waitFor();
  await json.fill(JSON.stringify(document, null, 2));
  await page.getByText('The API accepts this document').waitFor();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(NODE_PAGE);
  await until(page.url().split('/').at(-1)!, ({ status: at }) => at === 'ACTIVE');
  // The first click was answered with status 400, which Chromium reports in its console, whatever the page does with it.
  expect(complaints.filter((each) => !each.includes('400 (Bad Request)'))).toEqual([]);
});

test('the form proposes free addresses, and says who has a taken one', async () => {
  const holder = await aNode(world, 'holder', { compute: { privateIp: '10.0.0.10' } });
  const node = await aNode(world, 'mover');
  const { page, complaints } = await world.visit(`/console/nodes/${node.id}/edit?tab=persistence`);
  const address = page.getByRole('combobox', { name: 'IP Address' });
  await address.click();
  const proposal = page.getByRole('option', { name: /free/ }).first();
  await proposal.waitFor();
  expect(await page.getByRole('option', { name: /10\.0\.0\.10\b/ }).count()).toBe(0);
  await address.fill('10.0.0.10');
  await page.getByText(`is taken by ${holder.networkInterfaceId}`).waitFor();
  await address.fill('');
  await proposal.click();
  const chosen = await address.inputValue();
  await page.getByRole('tab', { name: 'Review' }).click();
  await page.getByText('The API accepts this document').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(NODE_PAGE);
  await world.request('PUT', `${NODES}/${node.id}/recycle`);
  await until(node.id, ({ status: at, privateIp }) => at === 'ACTIVE' && privateIp === chosen);
  expect(complaints).toEqual([]);
});

test('a node is created with the keyboard alone', async () => {
  const { images } = await simulated(world);
  const { page, complaints } = await world.visit('/console/nodes/new');
  const focused = (): Promise<{ readonly fields: string; readonly text: string }> =>
    page.evaluate(() => ({
      fields: document.activeElement?.closest<HTMLElement>('[data-fields]')?.dataset.fields ?? '',
      text: document.activeElement?.textContent ?? '',
    }));
  const tabTo = async (isIt: (focus: Awaited<ReturnType<typeof focused>>) => boolean): Promise<void> => {
    const seen: string[] = [];
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await page.keyboard.press('Tab');
      const focus = await focused();
      if (isIt(focus)) return;
      seen.push(`${focus.fields}|${focus.text}`);
    }
    throw new Error(`the field is not reached, but:\n${seen.join('\n')}`);
  };
  await page.getByText(/vpc-/).first().waitFor();
  await page.keyboard.type('typed');
  await tabTo(({ fields }) => fields === 'compute.subnetIds');
  await page.keyboard.press('Enter');
  await page.getByRole('option').first().waitFor();
  for (const key of ['ArrowDown', 'Enter', 'Escape']) await page.keyboard.press(key);
  await tabTo(({ fields }) => fields === 'compute.launchSpecification.imageId');
  await page.keyboard.type(images.find(({ architecture }) => architecture === 'arm64')!.imageId);
  await page.keyboard.press('Escape');
  await tabTo(({ fields }) => fields === 'compute.launchSpecification.instanceTypes');
  await page.keyboard.type('m7g.large');
  await page.keyboard.press('Enter');
  await page.getByRole('listitem').filter({ hasText: 'm7g.large' }).waitFor();
  await tabTo(({ text }) => text === 'Create');
  await page.keyboard.press('Enter');
  await page.waitForURL(NODE_PAGE);
  const id = page.url().split('/').at(-1)!;
  expect(await until(id, ({ status: at }) => at === 'ACTIVE')).toMatchObject({ name: 'typed' });
  expect(complaints).toEqual([]);
});

function pick<Value extends object, Key extends keyof Value>(value: Value, ...keys: readonly Key[]): Pick<Value, Key> {
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Pick<Value, Key>;
}

test('what was measured is shown across a replacement, and says that the simulator invents it', async () => {
  const before = await aNode(world, 'measured');
  await world.request('PUT', `${NODES}/${before.id}/recycle`);
  const after = await until(
    before.id,
    ({ status: at, instanceId }) => at === 'ACTIVE' && instanceId !== before.instanceId,
  );
  const { page, complaints } = await world.visit(`/console/nodes/${before.id}`);
  await page.getByRole('tab', { name: 'Monitoring' }).click();
  await page.getByText('The simulator has no CloudWatch').waitFor();
  await page.getByText(/^2 instances. Averages of 5 minutes/).waitFor();
  await page.getByRole('button', { name: '14 days' }).click();
  await page.getByText(/^2 instances. Averages of 60 minutes/).waitFor();
  await page.getByRole('button', { name: '1 h', exact: true }).click();
  // By keyboard: the chart, and what was measured in its first period, in which one of the two or both were there.
  await page.getByRole('application', { name: 'CPU utilization' }).focus();
  await page.keyboard.press('ArrowRight');
  await page
    .getByText(new RegExp(`^(${before.instanceId}|${after.instanceId})$`))
    .filter({ visible: true })
    .first()
    .waitFor();
  expect(complaints).toEqual([]);
});
