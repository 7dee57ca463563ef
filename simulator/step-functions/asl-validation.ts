import validateAsl from 'asl-validator';

/** The results, by definition: a validation takes a quarter of a second, and there are many runs. */
const validated = new Map<string, readonly string[]>();

/** What asl-validator says against a definition; nothing if it is valid. */
export function refuseByValidator(text: string): readonly string[] {
  const before = validated.get(text);
  if (before !== undefined) return before;
  // The validator changes its input, so it gets a copy.
  const result = validateAsl(JSON.parse(text), { checkPaths: true, checkArn: true });
  const reasons = result.isValid ? [] : [`asl-validator: ${result.errorsText('; ')}`];
  validated.set(text, reasons);
  return reasons;
}
