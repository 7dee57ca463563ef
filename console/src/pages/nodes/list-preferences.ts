/** How this reader wants the list. */
import { useEffect, useState, type Dispatch, type SetStateAction } from 'react';
import { readPreference, writePreference } from '../../app/preferences';
import type { Sorting } from '../../grid/grid-props';
import { NODE_COLUMNS } from '../../nodes/columns';

export interface ListPreferences {
  /** Ids of columns. */
  readonly visible: readonly string[];
  /** Pixels. */
  readonly widths: Readonly<Record<string, number>>;
  readonly isDense: boolean;
  readonly sorting: Sorting;
}

const KEY = 'list';
const DEFAULT: ListPreferences = {
  visible: NODE_COLUMNS.filter(({ isHiddenAtFirst = false }) => !isHiddenAtFirst).map(({ id }) => id),
  widths: {},
  isDense: false,
  sorting: { columnId: 'name', isDescending: false },
};

export function useListPreferences(): [ListPreferences, Dispatch<SetStateAction<ListPreferences>>] {
  const [preferences, setPreferences] = useState(() => ({
    ...DEFAULT,
    ...(readPreference(KEY) as Partial<ListPreferences> | undefined),
  }));
  useEffect(() => writePreference(KEY, preferences), [preferences]);
  return [preferences, setPreferences];
}
