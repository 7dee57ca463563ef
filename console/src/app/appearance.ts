/** Light or dark, roomy or dense: as the reader chose on this device, and else as the system says. */
import { applyDensity, applyMode, Density, Mode } from '@cloudscape-design/global-styles';
import { readPreference, writePreference } from './preferences';

export interface Appearance {
  readonly mode: 'light' | 'dark' | 'system';
  readonly density: 'comfortable' | 'compact';
}

const KEY = 'appearance';
const DEFAULT: Appearance = { mode: 'system', density: 'comfortable' };

export function readAppearance(): Appearance {
  return { ...DEFAULT, ...(readPreference(KEY) as Partial<Appearance> | undefined) };
}

export function chooseAppearance(appearance: Appearance): void {
  writePreference(KEY, appearance);
  applyAppearance(appearance);
}

export function applyAppearance({ mode, density }: Appearance): void {
  const isDark = mode === 'dark' || (mode === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  applyDensity(density === 'compact' ? Density.Compact : Density.Comfortable);
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
}
