/** What a reader has chosen on this device. Nothing else is kept here, and never the token. */

const PREFIX = 'holdfast.';

export function readPreference(key: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    // Storage may be refused, or hold what an earlier version wrote.
    return undefined;
  }
}

export function writePreference(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Then the choice lasts as long as the page.
  }
}
