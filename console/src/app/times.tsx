/** Times in the reader's zone, with UTC on hover. */
import type { ReactNode } from 'react';
import { when } from './time-text';

export { duration } from './time-text';

export function Time({ at }: { readonly at: string | null | undefined }): ReactNode {
  if (at === null || at === undefined) return '–';
  return (
    <time dateTime={at} title={`${at.replace('T', ' ').replace(/(\.\d+)?Z$/, '')} UTC`}>
      {when(at)}
    </time>
  );
}
