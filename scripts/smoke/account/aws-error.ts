/** Errors of the AWS SDK. */

/** AWS's error code. */
export function codeOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

/** The SDK's messages name the permission or the setting that is missing. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Ignores that something does not exist. @throws every other error */
export async function unlessMissing(call: Promise<unknown>, ...codes: readonly string[]): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!codes.includes(codeOf(error))) throw error;
  }
}
