const CODES: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** True where no answer came, which says nothing about the effect: the call has to be made again. */
export function isConnectionFailure(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'TimeoutError' || CODES.has((error as NodeJS.ErrnoException).code));
}
