/** Every link between the pages leads to a file that exists, and to a heading that exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
/** Without the fenced blocks, which may contain comments that look like headings. */
const prose = (page: string): string => read(page).replaceAll(/^```[^]*?^```/gm, '');

/** The anchors that GitHub makes from the headings. */
function anchorsOf(page: string): readonly string[] {
  const anchors = [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  return anchors.map((anchor, index) => {
    const before = anchors.slice(0, index).filter((other) => other === anchor).length;
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

function whyBroken(page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `${target}: there is no such file`;
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(file).includes(anchor) ? undefined : `${target}: there is no such heading`;
}

test.each(pages)('%s', (page) => {
  const targets = [...prose(page).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, target = '']) => target);
  expect(targets.map((target) => whyBroken(page, target)).filter((why) => why !== undefined)).toEqual([]);
});

test('there are links to check', () => {
  expect(pages.length).toBeGreaterThan(15);
  expect(prose('README.md')).toContain('](docs/');
});
