/** How an import goes. */
import { useCallback, useRef, useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import { useLocation } from 'wouter';
import { itemsOf, type Page, type Schemas } from '../../api/connection';
import { ApiError } from '../../api/errors';
import { PollState } from '../../api/poll-state';
import { usePolled } from '../../api/polling';
import { useNotices } from '../../app/notices';
import { Time } from '../../app/times';
import { useConnection } from '../../session/session';
import { canCancel, isMoving, stepsOf, type StepState } from './import-request';

type Migration = Schemas['Migration'];

const LOOKS: Readonly<Record<StepState, StepsProps.Status>> = {
  done: 'success',
  'under-way': 'in-progress',
  failed: 'error',
  cancelled: 'stopped',
  'to-come': 'pending',
};

export function ImportProgress({ id }: { readonly id: string }): ReactNode {
  const { read } = useConnection();
  const polled = usePolled(
    useCallback(
      (signal: AbortSignal) => read<Migration>(`/aws/ec2/managedInstance/migration/${encodeURIComponent(id)}`, signal),
      [read, id],
    ),
    ({ items }: Page<Migration>) => items.some(({ state }) => isMoving(state)),
  );
  const migration = polled.value?.items[0];
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description={id} actions={<PollState polled={polled} />}>
        Import of {migration?.managedInstanceName ?? 'an instance'}
      </Header>
      {polled.error !== undefined && polled.error.status !== 401 && (
        <Alert type="error" header="The import cannot be read">
          {polled.error.message}
        </Alert>
      )}
      {migration === undefined ? (
        polled.error === undefined && <Spinner size="large" />
      ) : (
        <Progress migration={migration} onChange={polled.refresh} />
      )}
    </SpaceBetween>
  );
}

interface ProgressProps {
  readonly migration: Migration;
  readonly onChange: () => void;
}

function Progress({ migration, onChange }: ProgressProps): ReactNode {
  const { state, stateDescription, errorReason, managedInstanceId, originalInstanceId } = migration;
  const [, go] = useLocation();
  const reached = useRef('MIGRATE_START');
  if (isMoving(state)) reached.current = state;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              Of {originalInstanceId}, since <Time at={migration.createdAt} />
            </>
          }
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {canCancel(state) && <CancelImport migration={migration} onDone={onChange} />}
              <Button
                variant={state === 'MIGRATE_FINISH' ? 'primary' : 'normal'}
                disabled={state === 'MIGRATE_CANCEL'}
                onClick={() => go(`/nodes/${managedInstanceId}`)}
              >
                Show the node
              </Button>
            </SpaceBetween>
          }
        >
          {stateDescription}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {errorReason !== null && (
          <Alert type="error" header="The import has stopped">
            {errorReason} While the node exists, a recycle of it continues the import.
          </Alert>
        )}
        <div aria-live="polite">
          <Steps
            ariaLabel="Steps of the import"
            steps={stepsOf(state, reached.current).map(({ title, description, state: step }) => ({
              header: title,
              details: <Box color="text-body-secondary">{description}</Box>,
              status: LOOKS[step],
              statusIconAriaLabel: step,
            }))}
          />
        </div>
      </SpaceBetween>
    </Container>
  );
}

/** Takes everything back, so no confirmation is needed. */
function CancelImport({
  migration,
  onDone,
}: {
  readonly migration: Migration;
  readonly onDone: () => void;
}): ReactNode {
  const { client } = useConnection();
  const notices = useNotices();
  const [isSending, setSending] = useState(false);
  const cancel = async (): Promise<void> => {
    setSending(true);
    try {
      const params = { path: { migrationId: migration.migrationId } };
      await itemsOf(client.PUT('/aws/ec2/managedInstance/migration/{migrationId}/cancel', { params }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      notices.show(`cancel ${migration.migrationId}`, {
        type: 'error',
        header: 'Not cancelled',
        content: error.message,
      });
    } finally {
      setSending(false);
      onDone();
    }
  };
  return (
    <Button loading={isSending} onClick={() => void cancel()}>
      Cancel the import
    </Button>
  );
}
