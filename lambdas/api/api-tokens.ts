/** The tokens that open the API: one, or two while one is being replaced by the other. */
import type { ApiTokens, Time } from '../ports';

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
