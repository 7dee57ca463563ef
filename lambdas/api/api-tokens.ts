/** The valid API tokens: one, or two during a rotation. */
import type { ApiTokens, Time } from '../ports';

/** Within this time a new token becomes valid and a withdrawn one becomes invalid. */
const KEPT_MS = 60_000;

/** Reads the tokens once a minute, not on every request. If the read fails, no token is valid, not even an earlier one. */
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
