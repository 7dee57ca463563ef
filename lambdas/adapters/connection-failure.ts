const CODES: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** True if no answer came. The call may have had its effect or not, so it must be made again. */
export function isConnectionFailure(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'TimeoutError' || CODES.has((error as NodeJS.ErrnoException).code));
}
