import { synthesizeTemplate } from '../../infra/app';
import { synthesize } from '../../local/synthesize';
import type * as Synthesize from '../../local/synthesize';
import { sharedTemplate } from './shared-template';

test('the template that the test files share is the one that is synthesised now', async () => {
  expect(sharedTemplate()).toEqual(synthesizeTemplate());
  expect(await synthesize()).toBe(sharedTemplate());
});

test('local/synthesize.ts itself returns the same, once', async () => {
  const { synthesize: real } = jest.requireActual<typeof Synthesize>('../../local/synthesize.ts');
  expect(await real()).toEqual(sharedTemplate());
  expect(await real()).toBe(await real());
});
