import { anyCase, inLowerCase } from '../../../domain/config/any-case';

const VALUES = ['io1', 'gp3', 'a.b'] as const;

describe('anyCase', () => {
  it.each(['io1', 'IO1', 'Io1', 'iO1', 'GP3', 'A.b'])('accepts %s as it is', (text) => {
    expect(anyCase(VALUES).parse(text)).toBe(text);
  });

  it.each(['', 'io2', 'io1 ', ' io1', 'io11', 'gp', 'axb'])('refuses "%s", and names the values', (text) => {
    const { error } = anyCase(VALUES).safeParse(text);
    expect(error?.issues.map(({ message }) => message)).toEqual(['must be one of io1, gp3, a.b, in any case']);
  });
});

describe('inLowerCase', () => {
  it.each([
    { text: 'IO1', value: 'io1' },
    { text: 'gp3', value: 'gp3' },
    { text: 'io2', value: undefined },
    { text: undefined, value: undefined },
  ])('$text: $value', ({ text, value }) => {
    expect(inLowerCase(VALUES, text)).toBe(value);
  });
});
