import { useSyncExternalStore } from 'react';

/** As in the style sheets. */
const NARROW = matchMedia('(max-width: 700px)');

function subscribe(onChange: () => void): () => void {
  NARROW.addEventListener('change', onChange);
  return () => NARROW.removeEventListener('change', onChange);
}

/** Whether the screen is too narrow for drawings. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => NARROW.matches);
