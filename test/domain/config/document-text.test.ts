import fc from 'fast-check';
import { parseConfig } from '../../../domain/config/validate-config';
import { configFields } from '../../../domain/config/config-fields';
import { textErrors } from '../../../domain/config/document-text';
import { aConfig, type ConfigOverrides } from '../builders';

const LAUNCH = 'compute.launchSpecification';

function fieldErrorsOf(document: unknown): readonly { readonly field: string; readonly message: string }[] {
  const parsed = parseConfig(document);
  return parsed.kind === 'invalid' ? parsed.fieldErrors : [];
}

const control = (code: string) => `must not contain the control character U+${code}: remove it`;
const surrogate = (code: string) => `must not contain half of a surrogate pair, U+${code}: remove it`;
const tagged = (tagKey: string, tagValue: string): ConfigOverrides => ({
  launchSpecification: {
    tags: [
      { tagKey: 'team', tagValue: 'ledger' },
      { tagKey, tagValue },
    ],
  },
});

describe('A document is refused for text that EC2 cannot be given', () => {
  it.each([
    {
      name: 'a newline in the name',
      document: { ...aConfig(), name: 'a\nb' },
      field: 'name',
      message: control('000A'),
    },
    { name: 'a tab in the name', document: { ...aConfig(), name: 'a\tb' }, field: 'name', message: control('0009') },
    {
      name: 'a carriage return in the description',
      document: { ...aConfig(), description: 'a\r\nb' },
      field: 'description',
      message: control('000D'),
    },
    {
      name: 'a null character in a tag key',
      document: aConfig(tagged('a\0', 'b')),
      field: `${LAUNCH}.tags.1.tagKey`,
      message: control('0000'),
    },
    {
      name: 'a deletion in a tag value',
      document: aConfig(tagged('a', 'b\x7f')),
      field: `${LAUNCH}.tags.1.tagValue`,
      message: control('007F'),
    },
    {
      name: 'the first half of a pair',
      document: aConfig(tagged('a', '\ud83d')),
      field: `${LAUNCH}.tags.1.tagValue`,
      message: surrogate('D83D'),
    },
    {
      name: 'the second half of a pair',
      document: aConfig(tagged('a', 'b\udce6c')),
      field: `${LAUNCH}.tags.1.tagValue`,
      message: surrogate('DCE6'),
    },
    {
      name: 'a newline in the name of a key pair',
      document: aConfig({ launchSpecification: { keyPair: 'operator\n' } }),
      field: `${LAUNCH}.keyPair`,
      message: control('000A'),
    },
    {
      name: 'a newline in the name of a device',
      document: aConfig({ launchSpecification: { blockDeviceMappings: [{ deviceName: '/dev/sdf\n', noDevice: '' }] } }),
      field: `${LAUNCH}.blockDeviceMappings.0.deviceName`,
      message: control('000A'),
    },
  ])('$name', ({ document, field, message }) => {
    expect(fieldErrorsOf(document)).toEqual([{ field, message }]);
  });

  it('together with its other errors', () => {
    const document = { ...aConfig({ compute: { privateIp: 'nowhere' } }), name: 'a\0' };

    expect(fieldErrorsOf(document).map(({ field }) => field)).toEqual(['compute.privateIp', 'name']);
  });

  it('once for each field: one that the schema refuses, or what is in it, is not named again', () => {
    const document = { ...aConfig(), colour: { dark: 'a\0' }, compute: { ...aConfig().compute, vpcId: 'vpc-\0' } };

    expect(fieldErrorsOf(document).map(({ field }) => field)).toEqual(['compute.vpcId', 'colour']);
  });
});

describe('A document is not refused', () => {
  it.each([
    { name: 'newlines and tabs in the description', document: { ...aConfig(), description: 'a\nb\tc' } },
    { name: 'a whole pair of surrogates', document: aConfig(tagged('\u{1f511}', '\u{1f4e6}')) },
    { name: 'letters of any script', document: { ...aConfig(), name: 'Größe, 大きさ, حجم' } },
  ])('for $name', ({ document }) => {
    expect(fieldErrorsOf(document)).toEqual([]);
  });
});

it('finds the character wherever it is, and nothing else', () => {
  const forbidden = fc.constantFrom('\0', '\x1b', '\x7f', '\ud800', '\udfff');
  const good = fc.string({ unit: fc.constantFrom('a', 'é', '大', '\u{1f4e6}') });

  fc.assert(
    fc.property(good, forbidden, good, (before, character, after) => {
      const document = { list: [{ value: `${before}${character}${after}` }, { value: `${before}${after}` }] };
      expect(textErrors(document).map(({ field }) => field)).toEqual(['list.0.value']);
    }),
  );
});

it('uses an existing name for the one field that may have newlines', () => {
  expect(configFields().map(({ path }) => path)).toContain('description');
});
