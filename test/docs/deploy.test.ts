/** Checks docs/deploy.md: its table has every choice that the context is read for, and no other. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { readContext } from '../../infra/context';
import { LONGEST_NAME } from '../../infra/deployment-name';

const markdown = readFileSync(resolve(__dirname, '../../docs/deploy.md'), 'utf8');
const choices = markdown.slice(markdown.indexOf('## Choices'), markdown.indexOf('## Encrypted volumes'));
const rows = new Map([...choices.matchAll(/^\| `(\w+)` +\| ([^|]*)\|/gm)].map(([, key, values]) => [key!, values!]));

function keysRead(): readonly string[] {
  const keys = new Set<string>();
  const { node } = new App();
  jest.spyOn(node, 'tryGetContext').mockImplementation((key: string) => void keys.add(key));
  readContext(node);
  return [...keys].sort();
}

test('every choice has a row, and every row is a choice', () => {
  expect([...rows.keys()].sort()).toEqual(keysRead());
});

test('the row of stackName has the real limit', () => {
  expect(rows.get('stackName')).toContain(`${LONGEST_NAME} at most`);
});
