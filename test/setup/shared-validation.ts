/** Stands in for simulator/step-functions/asl-validation.ts (jest.config.cjs): to load the validator and to validate takes a second. */
import { createHash } from 'node:crypto';
import type * as Validation from '../../simulator/step-functions/asl-validation';
import { readOrMake } from './shared-files';

export function refuseByValidator(text: string): readonly string[] {
  const digest = createHash('sha256').update(text).digest('hex');
  return readOrMake(`validated-${digest}`, () =>
    jest.requireActual<typeof Validation>('../../simulator/step-functions/asl-validation.ts').refuseByValidator(text),
  );
}
