/** What differs from what runs, and when each change takes effect. */
import { type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Change } from './changes';
import type { Json } from './document';
import { effectOf, type Effect } from './effects';

interface Group {
  readonly effect: Effect;
  readonly changes: readonly Change[];
}

/** What takes effect at once comes first. */
function grouped(changes: readonly Change[]): readonly Group[] {
  const effects = [...new Set(changes.map(({ path }) => effectOf(path)))];
  return effects
    .map((effect) => ({ effect, changes: changes.filter(({ path }) => effectOf(path) === effect) }))
    .sort((one, other) => Number(other.effect.isAtOnce) - Number(one.effect.isAtOnce));
}

/** For example `2 changes: 1 at once, 1 with the next replacement`. */
export function summaryOf(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No changes';
  const counts = new Map<string, number>();
  for (const { path } of changes) {
    const label = effectOf(path).label.toLowerCase();
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const parts = [...counts].map(([label, count]) => `${count} ${label}`);
  return `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}: ${parts.join(', ')}`;
}

export function ChangesByEffect({ changes }: { readonly changes: readonly Change[] }): ReactNode {
  if (changes.length === 0) return <Box>Nothing has changed.</Box>;
  return (
    <SpaceBetween size="l">
      {grouped(changes).map(({ effect, changes: those }) => (
        <div key={effect.description}>
          <Box variant="h3">
            <StatusIndicator type={effect.isAtOnce ? 'success' : 'pending'}>{effect.label}</StatusIndicator>
          </Box>
          {effect.description !== effect.label.toLowerCase() && (
            <Box color="text-body-secondary" padding={{ bottom: 'xs' }}>
              Takes effect {effect.description}.
            </Box>
          )}
          <ChangesTable changes={those} />
        </div>
      ))}
    </SpaceBetween>
  );
}

interface ChangesTableProps {
  readonly changes: readonly Change[];
  /** Of a new node nothing was before. */
  readonly isNew?: boolean;
}

export function ChangesTable({ changes, isNew = false }: ChangesTableProps): ReactNode {
  return (
    <table className="hf-changes">
      <thead>
        <tr>
          <th scope="col">Field</th>
          {!isNew && <th scope="col">Before</th>}
          <th scope="col">{isNew ? 'Value' : 'After'}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row">{path}</th>
            {!isNew && (
              <td className="hf-before" data-label="Before">
                <Value value={before} />
              </td>
            )}
            <td className={isNew ? '' : 'hf-after'} data-label={isNew ? 'Value' : 'After'}>
              <Value value={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value }: { readonly value: Json | undefined }): ReactNode {
  if (value === undefined) return <i>absent</i>;
  return <pre className="hf-mono">{typeof value === 'string' ? value : JSON.stringify(value, null, 1)}</pre>;
}
