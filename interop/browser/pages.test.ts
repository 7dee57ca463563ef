/** Every page in light and dark, wide and narrow: accessible, without a complaint of the browser, and as a picture. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ConsoleWorld, exampleNodes } from './console-world';

/** The pictures of docs/console.md. Written only if asked, because every run would change them. */
const PICTURES = process.env.CONSOLE_PICTURES;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** For what a changed size of the window sets in motion. */
const SETTLE_MS = 1_000;
/** For an interruption and the replacement, at the speed of the tests. */
const STRIP_MS = 15_000;

let world: ConsoleWorld;
let nodeId: string;
beforeAll(async () => {
  world = await ConsoleWorld.open();
  nodeId = await exampleNodes(world);
});
afterEach(() => world.closeVisits());
afterAll(() => world.close());

interface PageOfConsole {
  readonly name: string;
  readonly path: () => string;
  /** Waits for the page, after bringing it into the state that is meant. */
  readonly isThere: (page: Page) => Promise<void>;
  readonly isSignedIn?: boolean;
  /** Whether docs/console.md shows it. @default true */
  readonly isPictured?: boolean;
  /** What makes the page worth a picture. */
  readonly forPicture?: (page: Page) => Promise<void>;
  /** Of the picture. */
  readonly size?: { readonly width: number; readonly height: number };
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name }).first().waitFor();
const ofNode = (tab: string) => () => `/console/nodes/${nodeId}/${tab}`;
const select = (page: Page, name: string): Promise<void> =>
  page.getByRole('checkbox', { name: `Select ${name}` }).check();

const PAGES: readonly PageOfConsole[] = [
  {
    name: 'nodes',
    path: () => '/console/',
    isThere: (page) => page.getByRole('link', { name: 'licence-server' }).waitFor(),
    size: { width: 1740, height: 540 },
  },
  {
    name: 'selected',
    path: () => '/console/',
    isThere: async (page) => {
      await select(page, 'licence-server');
      await page.getByRole('region', { name: 'Selected nodes' }).getByText('Network interface').waitFor();
    },
    isPictured: false,
  },
  {
    name: 'delete',
    path: () => '/console/',
    isThere: async (page) => {
      await select(page, 'licence-server');
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByLabel('To delete, type').waitFor();
    },
    size: { width: 1280, height: 700 },
  },
  { name: 'overview', path: () => `/console/nodes/${nodeId}`, isThere: heading('Addresses') },
  {
    name: 'network',
    path: ofNode('network'),
    isThere: (page) => page.getByText(/eni-/).first().waitFor(),
    size: { width: 1280, height: 800 },
  },
  {
    name: 'monitoring',
    path: ofNode('monitoring'),
    isThere: async (page) => {
      await page.getByRole('heading', { name: 'CPU utilization' }).waitFor();
      await page.getByText(/Averages of 5 minutes/).waitFor();
    },
    forPicture: (page) => page.getByRole('button', { name: '1 h', exact: true }).click(),
    size: { width: 1280, height: 1140 },
  },
  {
    name: 'log',
    path: ofNode('log'),
    isThere: (page) => page.locator('.hf-log li').first().waitFor(),
    size: { width: 1280, height: 800 },
  },
  {
    name: 'replacements',
    path: ofNode('replacements'),
    isThere: heading(/Replacement|Launch/),
    size: { width: 1280, height: 2300 },
  },
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
  {
    name: 'review',
    path: () => `/console/nodes/${nodeId}/edit?tab=persistence`,
    isThere: async (page) => {
      await page.getByRole('combobox', { name: 'IP Address' }).fill('10.0.0.77');
      await page.getByRole('checkbox', { name: /Replace the instance when/ }).uncheck();
      await page.getByRole('tab', { name: 'Review' }).click();
      await page.getByText('The API accepts this document').waitFor();
    },
    size: { width: 1280, height: 640 },
  },
  {
    name: 'faults',
    path: () => '/console/nodes/new',
    isThere: async (page) => {
      await page.getByText(/vpc-/).first().waitFor();
      await page.getByRole('tab', { name: 'Review' }).click();
      // Where there is no room for both views' buttons, there is a list.
      const list = page.getByRole('button', { name: /^View/ });
      const button = page.getByRole('button', { name: 'JSON' });
      await list.or(button).first().waitFor();
      if (await list.isVisible()) await list.click();
      await button.or(page.getByRole('option', { name: 'JSON' })).click();
      await page.getByText('The API would refuse this document').waitFor();
    },
    size: { width: 1280, height: 900 },
  },
  { name: 'new', path: () => '/console/nodes/new', isThere: (page) => page.getByText(/vpc-/).first().waitFor() },
  { name: 'import', path: () => '/console/nodes/import', isThere: (page) => page.getByLabel('Instance Id').waitFor() },
  {
    name: 'simulator',
    path: () => '/console/simulator',
    isThere: heading('What can go wrong'),
    forPicture: async (page) => {
      await page.getByRole('button', { name: /^Node/ }).click();
      await page.getByRole('option', { name: /licence-server/ }).click();
      await page.getByRole('button', { name: 'Interrupt the Spot Instance' }).click();
      await page.waitForTimeout(STRIP_MS);
      await page.getByRole('button', { name: 'Dismiss' }).click();
    },
    size: { width: 1280, height: 1000 },
  },
  {
    name: 'sign-in',
    path: () => '/console/',
    isThere: (page) => page.getByLabel('API token').waitFor(),
    isSignedIn: false,
    size: { width: 1280, height: 480 },
  },
  { name: 'nowhere', path: () => '/console/nowhere', isThere: heading('There is no such page'), isPictured: false },
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

describe.each(PAGES)('$name', ({ name, path, isThere, isSignedIn = true, isPictured = true, forPicture, size }) => {
  test.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 360 },
  ] as const)('$colorScheme, $width px wide', async ({ colorScheme, width }) => {
    const { page, complaints } = await world.visit(path(), { colorScheme, width, isSignedIn });
    await isThere(page);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const isDark = colorScheme === 'dark';
    // One in dark shows that there is a dark appearance.
    if (PICTURES !== undefined && width === 1280 && isPictured && (!isDark || name === 'nodes')) {
      mkdirSync(PICTURES, { recursive: true });
      if (size !== undefined) await page.setViewportSize(size);
      await forPicture?.(page);
      await page.waitForTimeout(SETTLE_MS);
      await page.screenshot({ path: join(PICTURES, `${name}${isDark ? '-dark' : ''}.png`) });
    }
    expect(complaints).toEqual([]);
  });
});

test('the policy of the page refuses what a script could inject', async () => {
  const { page, complaints } = await world.visit();
  await page.getByRole('grid').waitFor();
  const outcome = await page.evaluate(async () => {
    const style = document.createElement('style');
    style.textContent = 'body { --injected: yes }';
    const script = document.createElement('script');
    const isRefused = (inject: () => void): boolean => {
      try {
        inject();
        return false;
      } catch {
        return true;
      }
    };
    document.head.append(style);
    const elsewhere = new Image();
    const isPictureRefused = new Promise((resolve) => {
      elsewhere.onload = () => resolve(false);
      elsewhere.onerror = () => resolve(true);
    });
    elsewhere.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
    return {
      isMarkupRefused: isRefused(() => document.body.insertAdjacentHTML('beforeend', '<img src=x>')),
      isScriptRefused: isRefused(() => (script.textContent = 'globalThis.injected = true')),
      // Later, because what the debugger itself runs may do it.
      isEvalRefused: await new Promise((resolve) =>
        setTimeout(() => resolve(isRefused(() => void globalThis.eval('1'))), 0),
      ),
      isPictureRefused: await isPictureRefused,
      isRequestRefused: await fetch('https://127.0.0.1:9/').then(
        () => false,
        () => true,
      ),
      injected: getComputedStyle(document.body).getPropertyValue('--injected'),
    };
  });
  expect(outcome).toEqual({
    isMarkupRefused: true,
    isScriptRefused: true,
    isEvalRefused: true,
    isPictureRefused: true,
    isRequestRefused: true,
    injected: '',
  });
  for (const refused of ['style-src', 'img-src', 'connect-src', "'TrustedHTML'", "'TrustedScript'"]) {
    expect(complaints.join('\n')).toContain(refused);
  }
});

test('offline and empty have words of their own', async () => {
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
