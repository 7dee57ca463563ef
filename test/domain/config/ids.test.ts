import { describedId, id, idPattern, type IdKind } from '../../../domain/config/ids';

const VALID: readonly (readonly [IdKind, string])[] = [
  ['ami', 'ami-0123456789abcdef0'],
  ['eipalloc', 'eipalloc-0123456789abcdef0'],
  ['eni', 'eni-0123456789abcdef0'],
  ['i', 'i-0123456789abcdef0'],
  ['i', 'i-01234567'],
  ['sg', 'sg-001'],
  ['snap', 'snap-0123456789abcdef0'],
  ['subnet', 'subnet-0123456789abcdef0'],
  ['vol', 'vol-0123456789abcdef0'],
  ['vpc', 'vpc-0123456789abcdef0'],
  ['smg', 'smg-0a1b2c3d'],
  ['smi', 'smi-0a1b2c3d'],
];

const INVALID: readonly (readonly [IdKind, string])[] = [
  ['ami', ''],
  ['ami', 'ami-'],
  ['ami', 'AMI-0123456789abcdef0'],
  ['ami', 'ami-0123456789abcdef0 '],
  ['ami', 'my-ami-0123456789abcdef0'],
  ['eni', 'i-0123456789abcdef0'],
  ['i', 'i-0123456789abcdefg'],
  ['i', 'i-0123456'],
  ['vol', 'vol-0123456789abcdef01'],
  ['smi', 'smi-0a1b2c3'],
  ['smi', 'smi-0a1b2c3d4'],
  ['smg', 'smi-0a1b2c3d'],
];

describe('An id', () => {
  it.each(VALID)('of %s may be %s', (kind, text) => {
    expect(id(kind).safeParse(text).success).toBe(true);
    expect(idPattern(kind).test(text)).toBe(true);
  });

  it.each(INVALID)('of %s may not be "%s"', (kind, text) => {
    expect(id(kind).safeParse(text).error?.issues[0]?.message).toMatch(/^must be .+, like [a-z]+-[0-9a-f]+$/);
    expect(idPattern(kind).test(text)).toBe(false);
  });

  it('of either of two kinds matches both, as a whole', () => {
    expect(
      ['i-01234567', 'eni-01234567', 'vol-01234567', 'i-01234567x'].map((text) => idPattern('i', 'eni').test(text)),
    ).toEqual([true, true, false, false]);
  });

  it('that is only described may be any text', () => {
    expect(describedId('smi').parse('none')).toBe('none');
  });
});
