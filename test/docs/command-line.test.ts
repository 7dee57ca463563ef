/** Checks docs/command-line.md: it has every command, option for the deployment and exit status, and its examples parse. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { commands, groups } from '../../cli/commands/commands';
import { flagOf, operandName, operandShapes, type Command } from '../../cli/command-line/command';
import { globalOptions } from '../../cli/command-line/global-options';
import { parse } from '../../cli/command-line/parse';
import { ExitStatus } from '../../cli/exit-status';

const read = (path: string): string => readFileSync(resolve(__dirname, '../..', path), 'utf8');
const markdown = read('docs/command-line.md');

const documented = commands.filter(({ path }) => !path.startsWith('simulator '));

function usageOf({ path, operands }: Command): string {
  const names = Object.entries(operands.shape).map(([name, schema]) =>
    operandShapes.get(schema)?.isList === true ? operandName(name).replace('>', '...>') : operandName(name),
  );
  return [path, ...names].join(' ');
}

test.each(documented.map(usageOf))('holdfast %s has a row', (usage) => {
  expect(markdown).toContain(`| \`holdfast ${usage}\` `);
});

test.each(Object.keys(globalOptions.shape))('the option %s has a row', (name) => {
  expect(markdown).toMatch(new RegExp(`^\\| \`${flagOf(name)}[ \`]`, 'm'));
});

test.each(Object.values(ExitStatus))('the exit status %s has a row', (status) => {
  expect(markdown).toMatch(new RegExp(`^\\| ${status} +\\| `, 'm'));
});

/** Every command of the text. A line that ends with a backslash continues. */
function examplesIn(text: string): readonly string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines
    .flatMap((line) => line.split(/\||&&|<\(|\)/))
    .map((part) => part.replace(/[>#].*/, '').trim())
    .filter((part) => /^(npx )?holdfast [a-z]/.test(part));
}

const PAGES = ['README.md', 'docs/local.md', 'docs/migrating.md', 'docs/operations.md', 'docs/runbook.md'];
const pages = [markdown, ...PAGES.map(read)].join('\n');
const blocks = [...pages.matchAll(/^ *```(?:sh)?\n([^]*?)^ *```/gm)];
const examples = [
  ...blocks.flatMap(([, block = '']) => examplesIn(block)),
  ...commands.flatMap(({ examples: lines = [] }) => examplesIn(lines.join('\n'))),
];

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(25);
});

test.each(examples)('%s', (example) => {
  const argv = example.replace(/^(npx )?holdfast /, '').split(/\s+/);
  expect(parse(argv, { commands, groups, version: '', environment: {} })).not.toHaveProperty('faults');
});
