/** Context values that are lists. `npm start` reads some as well, and must not load the CDK for that. */

export interface ContextValue<T> {
  /** Completes "it must be ...", and tells what to give instead. */
  readonly mustBe: string;
  /** Returns undefined if the value is not valid. */
  readonly parse: (value: unknown) => T | undefined;
}

/** Comma-separated, or a list. One value that is not valid makes the whole list so. */
export function listOf(pattern: RegExp, mustBe: string): ContextValue<readonly string[]> {
  return {
    mustBe,
    parse: (value) => {
      const given: readonly unknown[] = Array.isArray(value) ? value : String(value).split(',');
      // cdk.json may give an account id as a number.
      const items = given.map((item) => String(item).trim());
      return items.every((item) => pattern.test(item)) ? items : undefined;
    },
  };
}

export const roleArns = listOf(
  /^arn:[^:]+:iam::\d{12}:role\/[^*]+$/,
  'ARNs of IAM roles, with commas between them and no wildcards, like arn:aws:iam::123456789012:role/web',
);
