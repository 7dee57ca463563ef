/** What the console says about when a change takes effect is what the documentation says. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configFields } from '../../domain/config/config-fields';
import { EFFECTS, effectOf } from '../../console/src/pages/edit/effects';
import { tableRows } from '../../scripts/api-doc/field-table';

const markdown = readFileSync(resolve(__dirname, '../../docs/api.md'), 'utf8');
const [, after = ''] = markdown.split(/^(?=\| what changes +\|)/m);
const rows = tableRows(after.split('\n\n', 1)[0] ?? '');
const LAUNCH = 'compute.launchSpecification';

test("has the rows of the documentation's table, in its order and its words", () => {
  const documented = rows.map(([what = '', when]) => {
    const isEveryOther = what.startsWith('every other');
    return { fields: isEveryOther ? [] : [...what.matchAll(/`([^`]+)`/g)].map(([, name]) => name), when };
  });
  expect(EFFECTS.map(({ fields, description }) => ({ fields, when: description }))).toEqual(documented);
});

test.each(EFFECTS)(
  'says at once only where the documentation does: $description',
  ({ isAtOnce, description, label }) => {
    expect(isAtOnce).toBe(description.startsWith('at once'));
    expect(description.startsWith(label.toLowerCase().replace('new interface', 'interface'))).toBe(true);
  },
);

test.each([
  ['name', 'At once'],
  ['compute.elasticIp', 'At once'],
  ['compute.elasticIpOther', 'With the next replacement'],
  ['healthCheck.gracePeriod', 'At once'],
  [`${LAUNCH}.tags`, 'At once'],
  [`${LAUNCH}.imageId`, 'With the next replacement'],
  [`${LAUNCH}.networkInterfaces.0.associateIpv6Address`, 'With the next new interface'],
  [`${LAUNCH}.networkInterfaces.0.associatePublicIpAddress`, 'With the next replacement'],
  ['persistence.shouldKeepElasticIpOnPause', 'With the next pause'],
])('%s: %s', (path, label) => {
  expect(effectOf(path).label).toBe(label);
});

test('knows no field that does not exist', () => {
  const paths = configFields().map(({ path }) => path);
  const isKnown = (field: string): boolean => paths.some((path) => path === field || path.startsWith(`${field}.`));
  expect(EFFECTS.flatMap(({ fields }) => fields).filter((field) => !isKnown(field))).toEqual([]);
});
