/** The tokens that open the API: one, or two while one is being replaced by the other. */
import type { Time } from '../ports';

/** Where the tokens are kept. */
export interface ApiTokens {
  /**
   * Every token that is valid now.
   * @throws ApiTokensUnusable
   */
  current(): Promise<readonly string[]>;
}

/** The secret does not hold what it should. The message says what it should hold, never what it does. */
export class ApiTokensUnusable extends Error {
  override readonly name = 'ApiTokensUnusable';
}

/** A new token works, and a withdrawn one ceases to, within this time. */
const KEPT_MS = 60_000;

/** Asks once a minute, not once a request. Without an answer nobody is let in, whatever was valid before. */
export function cachedTokens(source: ApiTokens, time: Pick<Time, 'now'>): ApiTokens {
  let kept: { readonly tokens: readonly string[]; readonly readAtMs: number } | undefined;
  return {
    async current() {
      const nowMs = time.now().getTime();
      if (kept !== undefined && nowMs - kept.readAtMs < KEPT_MS) return kept.tokens;
      const tokens = await source.current();
      kept = { tokens, readAtMs: nowMs };
      return tokens;
    },
  };
}
