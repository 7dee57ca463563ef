import { endBefore } from '../../../domain/costs/usage';
import { aConfig, anInstance, anOperation, NOW } from '../builders';

describe('endBefore', () => {
  const replacement = anInstance({ launchedAt: '2026-11-03T09:59:20.000Z' });

  it.each([
    { eniAttachment: 'cold' as const, when: 'when the replacement was launched', end: replacement.launchedAt },
    { eniAttachment: 'hot' as const, when: 'now', end: NOW },
    // Cold is the default.
    { eniAttachment: undefined, when: 'when the replacement was launched', end: replacement.launchedAt },
  ])('the instance before a replacement ended, $eniAttachment: $when', ({ eniAttachment, end }) => {
    const operation = anOperation({ config: aConfig({ persistence: { persistPrivateIp: true, eniAttachment } }) });

    expect(endBefore(replacement, operation, NOW)).toBe(end);
  });
});
