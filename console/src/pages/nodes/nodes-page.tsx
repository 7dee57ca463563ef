/** All stateful nodes: the first page of the console. */
import { lazy, Suspense, useCallback, useMemo, useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useLocation } from 'wouter';
import { ActionsMenu } from '../../actions/actions-menu';
import { usePolled, type Polled } from '../../api/polling';
import { useTitle } from '../../app/title';
import { VirtualGrid } from '../../grid/virtual-grid';
import { allNodes } from '../../nodes/all-nodes';
import { NODE_COLUMNS } from '../../nodes/columns';
import { csvOf, download } from '../../nodes/csv';
import { filtered, FILTERING_PROPERTIES, filteringOptions, sorted } from '../../nodes/node-filter';
import type { NodeRow } from '../../nodes/node-row';
import { useConnection } from '../../session/session';
import { useListPreferences } from './list-preferences';
import { PollState } from '../../api/poll-state';
import './nodes-page.css';

const ListSettings = lazy(() => import('./list-settings'));
const SelectedNodes = lazy(() => import('./selected-nodes'));

const NOTHING: PropertyFilterProps.Query = { tokens: [], operation: 'and' };
const NO_ROWS: readonly NodeRow[] = [];
const isMoving = (rows: readonly NodeRow[]): boolean => rows.some(({ operation }) => operation !== null);

export function NodesPage(): ReactNode {
  useTitle('Stateful nodes');
  const connection = useConnection();
  const polled = usePolled(
    useMemo(() => allNodes(connection), [connection]),
    isMoving,
  );
  const [query, setQuery] = useState(NOTHING);
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<string>>(new Set());
  const [preferences, setPreferences] = useListPreferences();
  const [isChoosing, setChoosing] = useState(false);
  const [, go] = useLocation();

  const { value: rows = NO_ROWS } = polled;
  const options = useMemo(() => filteringOptions(rows), [rows]);
  const shown = useMemo(() => sorted(filtered(rows, query), preferences.sorting), [rows, query, preferences.sorting]);
  const selected = useMemo(() => rows.filter(({ id }) => selectedIds.has(id)), [rows, selectedIds]);
  const columns = useMemo(
    () => NODE_COLUMNS.filter(({ id }) => preferences.visible.includes(id)),
    [preferences.visible],
  );
  const onResize = useCallback(
    (id: string, width: number) =>
      setPreferences((before) => ({ ...before, widths: { ...before.widths, [id]: width } })),
    [setPreferences],
  );

  return (
    <div className="hf-nodes-page">
      <SpaceBetween size="m">
        <Header
          variant="h1"
          counter={polled.value === undefined ? '' : `(${counter(shown.length, rows.length, selected.length)})`}
          description="Each keeps its network interface and addresses across every replacement of its instance."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <PollState polled={polled} />
              <Button iconName="settings" variant="icon" ariaLabel="Preferences" onClick={() => setChoosing(true)} />
              <Button onClick={() => download('stateful-nodes.csv', 'text/csv', csvOf(columns, shown))}>
                Export CSV
              </Button>
              <ActionsMenu targets={selected} others={editing(selected, go)} onDone={polled.refresh} />
              <Button onClick={() => go('/nodes/import')}>Import an instance</Button>
              <Button variant="primary" onClick={() => go('/nodes/new')}>
                Create a node
              </Button>
            </SpaceBetween>
          }
        >
          Stateful nodes
        </Header>
        <PropertyFilter
          query={query}
          onChange={({ detail }) => setQuery(detail)}
          filteringProperties={FILTERING_PROPERTIES}
          filteringOptions={options}
          filteringPlaceholder="Filter by text or property"
          filteringAriaLabel="Filter the nodes"
          countText={`${shown.length.toLocaleString()} ${shown.length === 1 ? 'match' : 'matches'}`}
          virtualScroll
          hideOperations={query.tokens.length < 2}
        />
        <Trouble polled={polled} />
      </SpaceBetween>
      <div className="hf-nodes-grid">
        <VirtualGrid
          label="Stateful nodes"
          columns={columns}
          rows={shown}
          idOf={idOf}
          nameOf={nameOf}
          isDimmed={isDimmed}
          selected={selectedIds}
          onSelect={setSelectedIds}
          sorting={preferences.sorting}
          onSort={(sorting) => setPreferences((before) => ({ ...before, sorting }))}
          widths={preferences.widths}
          onResize={onResize}
          isDense={preferences.isDense}
          empty={<Empty polled={polled} isFiltered={rows.length > 0} onClear={() => setQuery(NOTHING)} />}
        />
      </div>
      {selected.length > 0 && (
        <Suspense fallback={<Spinner />}>
          <SelectedNodes nodes={selected} onClose={() => setSelectedIds(new Set())} />
        </Suspense>
      )}
      {isChoosing && (
        <Suspense>
          <ListSettings preferences={preferences} onChange={setPreferences} onClose={() => setChoosing(false)} />
        </Suspense>
      )}
    </div>
  );
}

const idOf = ({ id }: NodeRow): string => id;
const nameOf = ({ name }: NodeRow): string => name;
const isDimmed = ({ status }: NodeRow): boolean => status === 'PAUSED';

function counter(shown: number, all: number, selected: number): string {
  const count = shown === all ? all.toLocaleString() : `${shown.toLocaleString()}/${all.toLocaleString()}`;
  return selected === 0 ? count : `${selected.toLocaleString()} selected of ${count}`;
}

function editing(
  selected: readonly NodeRow[],
  go: (path: string) => void,
): Parameters<typeof ActionsMenu>[0]['others'] {
  const disabledReason = selected.length === 1 ? undefined : 'Select one node.';
  const id = selected[0]?.id ?? '';
  return [
    { id: 'edit', text: 'Edit Configuration', disabledReason, onChoose: () => go(`/nodes/${id}/edit`) },
    {
      id: 'addresses',
      text: 'Edit Addresses',
      disabledReason,
      onChoose: () => go(`/nodes/${id}/edit?tab=persistence`),
    },
    { id: 'view', text: 'View Configuration', disabledReason, onChoose: () => go(`/nodes/${id}/configuration`) },
  ];
}

function Trouble({ polled: { error, value } }: { readonly polled: Polled<readonly NodeRow[]> }): ReactNode {
  if (error === undefined || error.status === 401) return null;
  return (
    <Alert type="error" header={error.isOffline ? 'No connection' : 'The list cannot be read'}>
      {error.message}
      {value !== undefined && ' The list below is from before.'}
    </Alert>
  );
}

interface EmptyProps {
  readonly polled: Polled<readonly NodeRow[]>;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

function Empty({ polled, isFiltered, onClear }: EmptyProps): ReactNode {
  if (polled.value === undefined) {
    return polled.error === undefined ? <Spinner size="large" /> : <Box color="text-body-secondary">Not loaded</Box>;
  }
  if (isFiltered) {
    return (
      <SpaceBetween size="s" alignItems="center">
        <Box>No node matches the filter.</Box>
        <Button onClick={onClear}>Clear the filter</Button>
      </SpaceBetween>
    );
  }
  return <Box>There are no stateful nodes yet. Create one, or import a running instance.</Box>;
}
