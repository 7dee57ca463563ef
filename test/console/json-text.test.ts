import fc from 'fast-check';
import { lineOf, readJson } from '../../console/src/pages/edit/json-text';

const TEXT = `{
  "name": "a",
  "compute": {
    "subnetIds": [
      "subnet-1",
      "subnet-2"
    ]
  }
}`;

test('reads what JSON.parse reads, however it is written', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2, '\t'), (text, indent) => {
      const written = JSON.stringify(JSON.parse(text), null, indent);
      const read = readJson(written);
      expect(read.kind === 'value' && JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(written)));
    }),
  );
});

test('refuses what JSON.parse refuses', () => {
  const damaged = fc
    .tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '0', ' ', ':', '\n', '.'))
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
  fc.assert(
    fc.property(damaged, (text) => {
      const read = readJson(text);
      // A field that is given twice is valid JSON, and a mistake.
      if (read.kind === 'fault' && read.message.endsWith('twice')) return;
      expect(read.kind).toBe(isJson(text) ? 'value' : 'fault');
    }),
    { numRuns: 2_000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['name', 2],
  ['compute.subnetIds', 4],
  ['compute.subnetIds.1', 6],
  ['compute.vpcId', 3],
  ['region', 1],
])('%s is on line %d', (field, line) => {
  const read = readJson(TEXT);
  expect(read.kind === 'value' && lineOf(read.lines, field)).toBe(line);
});

test.each([
  ['', 'Expected a value, and found the end.', 1],
  ['{\n  "a": 1,\n}', 'Expected a field in double quotes, and found }.', 3],
  ['{\n  "a": 1\n  "b": 2\n}', 'Expected a comma or }, and found ".', 3],
  ['{\n  "a" 1\n}', 'Expected a colon, and found 1.', 2],
  ['{\n  "a": 1,\n  "a": 2\n}', 'a is given twice', 3],
  ['{}\n{}', 'Expected nothing after the end of the document, and found {.', 2],
  ['{ "a": "b\nc" }', 'The text is not closed, or has a character that JSON does not allow.', 1],
])('%j is refused with its line', (text, message, line) => {
  expect(readJson(text)).toEqual({ kind: 'fault', message, line });
});
