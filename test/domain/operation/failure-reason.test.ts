import { failureReason } from '../../../domain/operation/failure-reason';
import { NOW } from '../builders';

describe('failureReason', () => {
  const parts = {
    operation: 'replace',
    error: { name: 'NoCapacity', message: 'None.' },
    retained: 'All is kept.',
  } as const;

  it.each([
    {
      name: 'with a next try',
      nextTryAt: NOW,
      reason: `replace failed: NoCapacity: None. All is kept. Next try: ${NOW}.`,
    },
    {
      name: 'if a person must act first',
      nextTryAt: undefined,
      reason: 'replace failed: NoCapacity: None. All is kept.',
    },
  ])('$name', ({ nextTryAt, reason }) => {
    expect(failureReason({ ...parts, nextTryAt })).toBe(reason);
  });

  it.each([
    { name: 'as long as is kept', length: 2000, kept: `${'x'.repeat(2000)}.` },
    { name: 'a character longer', length: 2001, kept: `${'x'.repeat(2000)}…` },
    { name: 'far longer', length: 300_000, kept: `${'x'.repeat(2000)}…` },
  ])('cuts a message short, so that the record stays small: $name', ({ length, kept }) => {
    const error = { name: 'NoCapacity', message: 'x'.repeat(length) };

    expect(failureReason({ ...parts, error })).toBe(`replace failed: NoCapacity: ${kept} All is kept.`);
  });
});
