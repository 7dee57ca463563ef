/** What EC2 has of the node, as EC2 shows it now. */
import { useCallback, type ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { pathOf } from '../../../api/node';
import type { Resource } from '../../../api/node-types';
import { useReading } from '../../../api/reading';
import { Copyable } from '../../../app/copyable';
import { FactsTable, type FactsColumn } from '../../../app/facts-table';
import { Problem } from '../../../app/problem';
import { Time } from '../../../app/times';
import { useConnection } from '../../../session/session';
import type { NodeTabProps } from '../node-tab';

const KINDS: Readonly<Record<Resource['kind'], string>> = {
  interface: 'Network interface',
  elasticIp: 'Elastic IP',
  instance: 'Instance',
  volume: 'Volume',
};
/** What persists comes first. */
const ORDER: readonly Resource['kind'][] = ['interface', 'elasticIp', 'volume', 'instance'];

const KEPT: Readonly<Record<Resource['kind'], string>> = {
  interface: 'Across replacements',
  elasticIp: 'Across replacements',
  instance: 'Until it is replaced',
  volume: 'As its device mapping says',
};

const COLUMNS: readonly FactsColumn<Resource>[] = [
  { header: 'Resource', cell: ({ kind }) => KINDS[kind] },
  { header: 'ID', cell: ({ id, kind }) => <Copyable value={id} name={`the ID of the ${KINDS[kind].toLowerCase()}`} /> },
  {
    header: 'State in EC2',
    cell: ({ state, isInUse }) => <StatusIndicator type={isInUse ? 'success' : 'stopped'}>{state}</StatusIndicator>,
  },
  { header: 'Used by', cell: ({ usedBy }) => <span className="hf-mono">{usedBy.join(', ') || '–'}</span> },
  {
    header: 'Kept',
    cell: ({ kind, isLeft, expiresAt }) => {
      if (isLeft)
        return expiresAt === null ? (
          'Left for good'
        ) : (
          <>
            Until <Time at={expiresAt} />
          </>
        );
      return KEPT[kind];
    },
  },
];

export function PersistedResources({ node }: NodeTabProps): ReactNode {
  const connection = useConnection();
  const { id, instanceId, operation } = node;
  const read = useCallback(
    async (signal: AbortSignal) => (await connection.read<Resource>(`${pathOf(id)}/resources`, signal)).items,
    [connection, id],
  );
  // Each read asks EC2 several times, so it is repeated only when an operation has begun or ended.
  const { value, error, isLoading, refresh } = useReading(read, `${instanceId} ${operation?.startedAt}`);
  const rows = value === undefined ? [] : [...value].sort((one, other) => place(one) - place(other));
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={<Button iconName="refresh" ariaLabel="Read again from EC2" loading={isLoading} onClick={refresh} />}
        >
          Persisted resources
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Problem error={error} header="The resources cannot be read" isOld={value !== undefined} />
        {value === undefined ? (
          error === undefined && <Spinner />
        ) : (
          <FactsTable
            label="Persisted resources"
            columns={COLUMNS}
            rows={rows}
            idOf={(row) => row.id}
            empty="EC2 has nothing of this node yet."
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

const place = ({ kind }: Resource): number => ORDER.indexOf(kind);
