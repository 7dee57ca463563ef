/** Every page in light and dark, wide and narrow: accessible, without a complaint of the browser, and as a picture. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ConsoleWorld, exampleNode } from './console-world';

/** The pictures of docs/console.md. Written only if asked, because every run would change them. */
const PICTURES = process.env.CONSOLE_PICTURES;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let world: ConsoleWorld;
let nodeId: string;
beforeAll(async () => {
  world = await ConsoleWorld.open();
  nodeId = await exampleNode(world);
});
afterEach(() => world.closeVisits());
afterAll(() => world.close());

interface PageOfConsole {
  readonly name: string;
  readonly path: () => string;
  readonly isThere: (page: Page) => Promise<void>;
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name }).first().waitFor();
const ofNode = (tab: string) => () => `/console/nodes/${nodeId}/${tab}`;

const PAGES: readonly PageOfConsole[] = [
  {
    name: 'nodes',
    path: () => '/console/',
    isThere: (page) => page.getByRole('link', { name: 'licence-server' }).waitFor(),
  },
  { name: 'overview', path: () => `/console/nodes/${nodeId}`, isThere: heading('Addresses') },
  { name: 'network', path: ofNode('network'), isThere: (page) => page.getByText(/eni-/).first().waitFor() },
  { name: 'log', path: ofNode('log'), isThere: (page) => page.locator('.hf-log li').first().waitFor() },
  { name: 'replacements', path: ofNode('replacements'), isThere: heading(/Replacement|Launch/) },
  {
    name: 'configuration',
    path: ofNode('configuration'),
    isThere: (page) => page.getByRole('tab', { name: 'Terraform' }).waitFor(),
  },
  {
    name: 'edit',
    path: () => `/console/nodes/${nodeId}/edit?tab=persistence`,
    isThere: (page) => page.getByText('Persist Private IP').first().waitFor(),
  },
  { name: 'new', path: () => '/console/nodes/new', isThere: (page) => page.getByText(/vpc-/).first().waitFor() },
  { name: 'import', path: () => '/console/nodes/import', isThere: (page) => page.getByLabel('Instance Id').waitFor() },
  { name: 'simulator', path: () => '/console/simulator', isThere: heading('What can go wrong') },
];

async function violations(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (root: Document, options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const found = await axe.run(document, { resultTypes: ['violations'] });
    return found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 200))]);
  });
}

/** How far the page is wider than the window, in pixels. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each(PAGES)('$name', ({ name, path, isThere }) => {
  test.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 360 },
  ] as const)('$colorScheme, $width px wide', async ({ colorScheme, width }) => {
    const { page, complaints } = await world.visit(path(), { colorScheme, width });
    await isThere(page);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    if (PICTURES !== undefined && width === 1280) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}${colorScheme === 'dark' ? '-dark' : ''}.png`) });
    }
    expect(complaints).toEqual([]);
  });
});

test('the policy of the page refuses what a script could inject', async () => {
  const { page, complaints } = await world.visit();
  await page.getByRole('grid').waitFor();
  const outcome = await page.evaluate(() => {
    const style = document.createElement('style');
    style.textContent = 'body { --injected: yes }';
    document.head.append(style);
    let isMarkupRefused = false;
    try {
      document.body.insertAdjacentHTML('beforeend', '<img src=x>');
    } catch {
      isMarkupRefused = true;
    }
    return { isMarkupRefused, injected: getComputedStyle(document.body).getPropertyValue('--injected') };
  });
  expect(outcome).toEqual({ isMarkupRefused: true, injected: '' });
  expect(complaints.some((each) => each.includes('Content Security Policy'))).toBe(true);
});

test('signed out, offline and empty have words of their own', async () => {
  const { page } = await world.visit('/console/', { isSignedIn: false });
  await page.getByLabel('API token').waitFor();
  expect(await violations(page)).toEqual([]);
  const offline = await world.visit('/console/');
  await offline.page.getByRole('grid').waitFor();
  await offline.page.context().setOffline(true);
  await offline.page.getByRole('button', { name: 'Refresh' }).click();
  await offline.page.getByText('No connection').waitFor();
  expect(await violations(offline.page)).toEqual([]);
  const empty = await world.visit('/console/');
  await empty.page
    .getByRole('textbox', { name: 'Filter the nodes' })
    .or(empty.page.getByRole('combobox', { name: 'Filter the nodes' }))
    .fill('no such node');
  await empty.page.keyboard.press('Enter');
  await empty.page.getByText('No node matches the filter.').waitFor();
});
